// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/agent_message.h"

#include <glib.h>

#include <memory>

#include "core/text.h"

namespace rc::call {
namespace {

using Attributes = std::map<std::string, std::string>;

struct Parsed {
  std::map<std::string, Attributes> elements;  // by name: Hdr, Bdy
};

void start_element(GMarkupParseContext*, const char* name, const char** keys, const char** values,
                   gpointer data, GError**) {
  auto& attributes = static_cast<Parsed*>(data)->elements[name];
  for (; *keys != nullptr; ++keys, ++values) attributes[*keys] = *values;
}

constexpr GMarkupParser kParser = {start_element, nullptr, nullptr, nullptr, nullptr};

// GMarkup wants UTF-8; a caller's name in Latin-1 must not cost the whole message.
std::optional<Parsed> parse_markup(std::string_view xml) {
  const std::unique_ptr<char, decltype(&g_free)> valid(
      g_utf8_make_valid(xml.data(), static_cast<gssize>(xml.size())), g_free);
  Parsed parsed;
  const std::unique_ptr<GMarkupParseContext, decltype(&g_markup_parse_context_unref)> context(
      g_markup_parse_context_new(&kParser, static_cast<GMarkupParseFlags>(0), &parsed, nullptr),
      g_markup_parse_context_unref);
  if (!g_markup_parse_context_parse(context.get(), valid.get(), -1, nullptr) ||
      !g_markup_parse_context_end_parse(context.get(), nullptr))
    return std::nullopt;
  return parsed;
}

// What our reply puts into its request line: "&#13;&#10;" in the XML must not become another line.
bool is_address(const std::string& text) {
  return is_header_safe(text) && text.find_first_of(" <>\"") == std::string::npos;
}

std::string attribute(const std::string& name, const std::string& value) {
  const std::unique_ptr<char, decltype(&g_free)> escaped(g_markup_escape_text(value.c_str(), -1),
                                                         g_free);
  return " " + name + "=\"" + escaped.get() + "\"";
}

}  // namespace

std::optional<AgentMessage> AgentMessage::parse(std::string_view xml) {
  if (xml.empty() || xml.size() > kMaxBytes) return std::nullopt;
  auto parsed = parse_markup(xml);
  if (!parsed || !parsed->elements.contains("Hdr")) return std::nullopt;
  Attributes& header = parsed->elements["Hdr"];
  const auto command = parse_number(header["Cmd"], 999);
  if (!command) return std::nullopt;
  AgentMessage message;
  message.command = static_cast<int>(*command);
  message.session = header["SID"];
  message.request = header["Req"];
  message.from = header["From"];
  message.to = header["To"];
  if (!is_address(message.from) || !is_address(message.to)) return std::nullopt;
  message.body = std::move(parsed->elements["Bdy"]);
  return message;
}

std::string AgentMessage::to_xml() const {
  std::string xml = "<Msg><Hdr" + attribute("SID", session) + attribute("Req", request) +
                    attribute("From", from) + attribute("To", to) +
                    attribute("Cmd", std::to_string(command)) + "/><Bdy";
  for (const auto& [name, value] : body) xml += attribute(name, value);
  return xml + "/></Msg>";
}

AgentMessage AgentMessage::reply(Command reply_command, const std::string& client) const {
  return {reply_command, session, request, to, from, {{"Cln", client}}};
}

}  // namespace rc::call
