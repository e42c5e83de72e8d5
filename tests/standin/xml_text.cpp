// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The little XML of P-rc headers and agent messages.
#include <algorithm>
#include <map>

#include "sip_text.h"

namespace standin {
namespace {

std::string xml_unescape(std::string_view text) {
  static const std::map<std::string_view, char> kEntities = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  while (!text.empty()) {
    const auto entity = std::find_if(kEntities.begin(), kEntities.end(),
                                     [&](const auto& e) { return starts_with(text, e.first); });
    out += entity == kEntities.end() ? text[0] : entity->second;
    text.remove_prefix(entity == kEntities.end() ? 1 : entity->first.size());
  }
  return out;
}

}  // namespace

std::string xml_attribute(std::string_view xml, std::string_view element, std::string_view name) {
  const auto start = xml.find("<" + std::string(element) + " ");
  if (start == std::string_view::npos) return {};
  const auto tag = xml.substr(start, xml.find('>', start) - start);
  const auto attribute = tag.find(" " + std::string(name) + "=\"");
  if (attribute == std::string_view::npos) return {};
  const auto value = tag.substr(attribute + name.size() + 3);
  return xml_unescape(value.substr(0, value.find('"')));
}

// Byte for byte: a name need not be UTF-8.
std::string xml_escape(std::string_view text) {
  static const std::map<char, std::string_view> kEntities = {
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
  std::string out;
  for (const char c : text) {
    const auto entity = kEntities.find(c);
    entity == kEntities.end() ? out.append(1, c) : out.append(entity->second);
  }
  return out;
}

}  // namespace standin
