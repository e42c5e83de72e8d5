// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>

namespace rc::media {

// Whether the packet obeys RFC 6716 3.4: its frames are all there, none longer than 1275 bytes, at
// most 120 ms together. What is inside a frame cannot be wrong, it only sounds so.
//
// One packet that does not must never reach opusdec: with use-inband-fec, 1.22's keeps it as its
// last buffer when decoding fails and decodes it again for ever after, so that a single packet
// makes the rest of the call silent (measured).
bool is_opus_packet(std::span<const uint8_t> packet);

}  // namespace rc::media
