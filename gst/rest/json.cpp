// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/json.h"

#include <json-glib/json-glib.h>

#include "core/ref.h"
#include "core/text.h"
#include "rest/http.h"

namespace rc::rest {

// Keeps the whole document alive: a JsonNode inside belongs to its parent.
struct Json::Node {
  std::shared_ptr<JsonNode> root;
  JsonNode* node;
};

namespace {

// json-glib also reads comments and JavaScript; only JSON's own characters are let through, so that
// brackets cannot hide from the count below.
bool is_json_outside_strings(char c) {
  return g_ascii_isalnum(c) ||
         std::string_view("{}[]:,+-. \t\r\n").find(c) != std::string_view::npos;
}

// Where the string that begins at `start` ends (its closing quote), or the text's end.
size_t end_of_string(std::string_view text, size_t start) {
  size_t i = start + 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i;
}

bool is_shallow_json(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i);
      continue;
    }
    if (!is_json_outside_strings(c)) return false;
    if ((c == '[' || c == '{') && ++depth > kMaxJsonDepth) return false;
    if ((c == ']' || c == '}') && depth-- == 0) return false;
  }
  return true;
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxBodyBytes || !is_shallow_json(text)) {
    return Error{Errc::kProtocol, "The server's answer is not JSON of a sensible size"};
  }
  auto parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  nullptr) ||
      json_parser_get_root(parser.get()) == nullptr) {
    return Error{Errc::kProtocol, "The server's answer is not JSON"};
  }
  std::shared_ptr<JsonNode> root(json_parser_steal_root(parser.get()), json_node_unref);
  return Json(std::make_shared<Node>(Node{root, root.get()}));
}

bool Json::is_object() const { return node_ != nullptr && JSON_NODE_HOLDS_OBJECT(node_->node); }

Json Json::operator[](const char* member) const {
  if (!is_object()) return {};
  JsonNode* child = json_object_get_member(json_node_get_object(node_->node), member);
  return child == nullptr ? Json() : Json(std::make_shared<Node>(Node{node_->root, child}));
}

std::vector<Json> Json::items() const {
  std::vector<Json> out;
  if (node_ == nullptr || !JSON_NODE_HOLDS_ARRAY(node_->node)) return out;
  JsonArray* array = json_node_get_array(node_->node);
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    out.push_back(
        Json(std::make_shared<Node>(Node{node_->root, json_array_get_element(array, i)})));
  }
  return out;
}

std::optional<std::string> Json::text() const {
  if (node_ == nullptr || !JSON_NODE_HOLDS_VALUE(node_->node)) return std::nullopt;
  const GType type = json_node_get_value_type(node_->node);
  if (type == G_TYPE_STRING) return json_node_get_string(node_->node);
  if (type == G_TYPE_INT64) return std::to_string(json_node_get_int(node_->node));
  return std::nullopt;
}

std::optional<int64_t> Json::number() const {
  const auto digits = text();
  if (!digits) return std::nullopt;
  const auto value = parse_number(*digits, INT64_MAX);
  return value ? std::optional(static_cast<int64_t>(*value)) : std::nullopt;
}

std::optional<bool> Json::boolean() const {
  if (node_ == nullptr || !JSON_NODE_HOLDS_VALUE(node_->node)) return std::nullopt;
  if (json_node_get_value_type(node_->node) == G_TYPE_BOOLEAN) {
    return json_node_get_boolean(node_->node) != FALSE;
  }
  const std::string word = to_lower(text().value_or(""));
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

std::string json_quote(std::string_view text) {
  auto node = std::unique_ptr<JsonNode, decltype(&json_node_unref)>(json_node_new(JSON_NODE_VALUE),
                                                                    json_node_unref);
  Owned<char> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  json_node_set_string(node.get(), valid.get());
  Owned<char> quoted(json_to_string(node.get(), FALSE));
  return quoted.get();
}

}  // namespace rc::rest
