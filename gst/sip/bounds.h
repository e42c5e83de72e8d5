// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

namespace rc::sip {

// Bounds of our own, against a server gone mad; RingCentral's messages are below 4 KiB.
constexpr size_t kMaxMessageBytes = 64 * 1024;
constexpr size_t kMaxHeaders = 128;
constexpr size_t kMaxHeaderLineBytes = 8 * 1024;  // folded lines together
constexpr size_t kMaxForks = 16;                  // early dialogs and answers of one call of ours
constexpr size_t kMaxBodyParts = 16;
constexpr size_t kMaxBodyDepth = 4;            // of multiparts within multiparts
constexpr size_t kMaxBoundaryCharacters = 70;  // RFC 2046 5.1.1

}  // namespace rc::sip
