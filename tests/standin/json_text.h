// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// A JSON object that was read. Missing keys and wrong types give the fallback.
class Json {
 public:
  // Nothing unless text is one JSON object; "" counts as {}.
  static std::optional<Json> parse(std::string_view text);

  bool has(const char* key) const;
  std::string text(const char* key, std::string_view fallback = "") const;
  // Numbers, and booleans as 0 and 1.
  std::int64_t number(const char* key, std::int64_t fallback = 0) const;
  double real(const char* key, double fallback = 0) const;
  bool flag(const char* key, bool fallback = false) const { return number(key, fallback) != 0; }
  std::optional<Json> object(const char* key) const;
  std::vector<std::string> keys() const;
  // The objects of a list; what is none is left out.
  std::vector<Json> objects(const char* key) const;
  // A list of strings, or one string as a list of one.
  std::vector<std::string> texts(const char* key) const;
  // "tones":[[440,500],[0,20]] -> rows of numbers.
  std::vector<std::vector<double>> rows(const char* key) const;

 private:
  friend class JsonOut;
  explicit Json(JsonNode* node);
  JsonObject* root() const { return json_node_get_object(node_.get()); }
  std::shared_ptr<JsonNode> node_;
};

// Writes JSON: begin/end pairs, key() before each value inside an object.
class JsonOut {
 public:
  JsonOut() : builder_(json_builder_new(), g_object_unref) {}
  JsonOut& begin() { return step(json_builder_begin_object(builder_.get())); }
  JsonOut& end() { return step(json_builder_end_object(builder_.get())); }
  JsonOut& begin_list() { return step(json_builder_begin_array(builder_.get())); }
  JsonOut& end_list() { return step(json_builder_end_array(builder_.get())); }
  JsonOut& key(const char* name) {
    return step(json_builder_set_member_name(builder_.get(), name));
  }
  JsonOut& value(const std::string& text);
  JsonOut& value(std::int64_t number);
  JsonOut& value(bool flag);
  JsonOut& value(const Json& object);
  template <typename T>
  JsonOut& add(const char* name, T what) {
    return key(name).value(what);
  }
  JsonOut& add(const char* name, const char* what) { return key(name).value(std::string(what)); }
  std::string text() const;

 private:
  JsonOut& step(JsonBuilder*) { return *this; }
  std::unique_ptr<JsonBuilder, void (*)(gpointer)> builder_;
};

}  // namespace standin
