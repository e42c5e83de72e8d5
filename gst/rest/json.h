// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace rc::rest {

constexpr size_t kMaxJsonDepth = 64;

// A JSON value, read only; cheap to copy. What is absent or of another type reads as absent, so a
// hostile answer needs no checks on the way down: json["device"]["id"].text().
class Json {
 public:
  Json() = default;  // absent
  // kProtocol if it is no JSON, larger than kMaxBodyBytes or nested deeper than kMaxJsonDepth (100
  // 000 nested "[" overflow json-glib's stack: measured, 1.6.6).
  static Result<Json> parse(std::string_view text);

  Json operator[](const char* member) const;
  std::vector<Json> items() const;  // of an array; empty for anything else
  bool is_object() const;
  std::optional<std::string> text() const;  // a string; a number as its decimal digits
  std::optional<int64_t> number() const;    // an integer, or a string that is one
  std::optional<bool> boolean() const;      // also "True" / "false": what older servers send

 private:
  struct Node;
  explicit Json(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

std::string json_quote(std::string_view text);  // a JSON string literal, quotes included

}  // namespace rc::rest
