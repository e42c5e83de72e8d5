// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json_text.h"

namespace standin {
namespace {

double element_number(JsonArray* array, guint index) {
  JsonNode* node = json_array_get_element(array, index);
  return JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : 0;
}

}  // namespace

Json::Json(JsonNode* node) : node_(node, json_node_unref) {}

std::optional<Json> Json::parse(std::string_view text) {
  if (text.empty()) text = "{}";
  std::unique_ptr<JsonParser, void (*)(gpointer)> parser(json_parser_new(), g_object_unref);
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  nullptr)) {
    return std::nullopt;
  }
  JsonNode* root = json_parser_get_root(parser.get());
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root)) return std::nullopt;
  return Json(json_node_ref(root));
}

bool Json::has(const char* key) const { return json_object_has_member(root(), key) != FALSE; }

std::string Json::text(const char* key, std::string_view fallback) const {
  JsonNode* node = json_object_get_member(root(), key);
  const char* found =
      node != nullptr && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : nullptr;
  return found != nullptr ? std::string(found) : std::string(fallback);
}

std::int64_t Json::number(const char* key, std::int64_t fallback) const {
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node)) return fallback;
  const GType type = json_node_get_value_type(node);
  if (type == G_TYPE_BOOLEAN) return json_node_get_boolean(node) ? 1 : 0;
  return type == G_TYPE_STRING ? fallback : json_node_get_int(node);
}

double Json::real(const char* key, double fallback) const {
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node)) return fallback;
  return json_node_get_value_type(node) == G_TYPE_STRING ? fallback : json_node_get_double(node);
}

std::optional<Json> Json::object(const char* key) const {
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_OBJECT(node)) return std::nullopt;
  return Json(json_node_ref(node));
}

std::vector<std::string> Json::keys() const {
  std::vector<std::string> out;
  GList* members = json_object_get_members(root());
  for (GList* member = members; member != nullptr; member = member->next) {
    out.emplace_back(static_cast<const char*>(member->data));
  }
  g_list_free(members);
  return out;
}

std::vector<Json> Json::objects(const char* key) const {
  std::vector<Json> out;
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_ARRAY(node)) return out;
  JsonArray* array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    JsonNode* element = json_array_get_element(array, i);
    if (JSON_NODE_HOLDS_OBJECT(element)) out.push_back(Json(json_node_ref(element)));
  }
  return out;
}

std::vector<std::string> Json::texts(const char* key) const {
  std::vector<std::string> out;
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_ARRAY(node)) return {text(key)};
  JsonArray* array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    JsonNode* element = json_array_get_element(array, i);
    const char* found = JSON_NODE_HOLDS_VALUE(element) ? json_node_get_string(element) : nullptr;
    out.emplace_back(found != nullptr ? found : "");
  }
  return out;
}

std::vector<std::vector<double>> Json::rows(const char* key) const {
  std::vector<std::vector<double>> out;
  JsonNode* node = json_object_get_member(root(), key);
  if (node == nullptr || !JSON_NODE_HOLDS_ARRAY(node)) return out;
  JsonArray* outer = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(outer); ++i) {
    JsonNode* row = json_array_get_element(outer, i);
    if (!JSON_NODE_HOLDS_ARRAY(row)) continue;
    JsonArray* inner = json_node_get_array(row);
    std::vector<double>& numbers = out.emplace_back();
    for (guint j = 0; j < json_array_get_length(inner); ++j) {
      numbers.push_back(element_number(inner, j));
    }
  }
  return out;
}

// What came over the wire need not be UTF-8, JSON must be.
JsonOut& JsonOut::value(const std::string& text) {
  g_autofree gchar* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  return step(json_builder_add_string_value(builder_.get(), valid));
}

JsonOut& JsonOut::value(std::int64_t number) {
  return step(json_builder_add_int_value(builder_.get(), number));
}

JsonOut& JsonOut::value(bool flag) {
  return step(json_builder_add_boolean_value(builder_.get(), flag ? TRUE : FALSE));
}

JsonOut& JsonOut::value(const Json& object) {
  return step(json_builder_add_value(builder_.get(), json_node_copy(object.node_.get())));
}

std::string JsonOut::text() const {
  JsonNode* root = json_builder_get_root(builder_.get());
  gchar* written = json_to_string(root, FALSE);
  std::string out = written;
  g_free(written);
  json_node_unref(root);
  return out;
}

}  // namespace standin
