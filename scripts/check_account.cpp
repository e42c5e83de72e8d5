// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rc-check-account: says in words whether the account in the environment can have calls.
#include <glib.h>

#include <cstdio>
#include <memory>
#include <string>

#include "core/main_clock.h"
#include "core/redact.h"
#include "phone/account_check.h"
#include "phone/settings_check.h"

namespace {

constexpr const char* kSummary =
    "Logs in, provisions, registers and un-registers with the account in the environment, and says "
    "what is right and what is missing, one line each:\n"
    "  ok       logged in to https://platform.ringcentral.com by JWT, app ...\n"
    "  MISSING  permission \"VoIP Calling\": ... what to do about it\n"
    "Exit status 0: calls can work; 1: something is missing; 2: wrong usage.";
constexpr const char* kEnvironment =
    "Environment, each also with _FILE appended, for a file that holds the value:\n"
    "  RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET, RINGCENTRAL_JWT_TOKEN\n"
    "  RINGCENTRAL_SERVER_URL  (https://platform.ringcentral.com)\n"
    "  RINGCENTRAL_CA_FILE     PEM of the only authorities to trust\n"
    "A phone that runs with the same account on this machine is un-registered, too, until its next "
    "refresh within a minute.";

struct Arguments {
  std::string state_folder, stun_server;
};

bool parse_arguments(int argc, char** argv, Arguments& arguments) {
  g_autofree gchar* state = nullptr;
  g_autofree gchar* stun = nullptr;
  const GOptionEntry entries[] = {
      {"state-folder", 0, 0, G_OPTION_ARG_FILENAME, &state,
       "Where the line's device is remembered, as rcsignal's property", "FOLDER"},
      {"stun-server", 0, 0, G_OPTION_ARG_STRING, &stun,
       "Instead of those that RingCentral names, as rcsignal's property", "HOST:PORT"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  g_autoptr(GOptionContext) context = g_option_context_new("- can this account have calls?");
  g_option_context_set_summary(context, kSummary);
  g_option_context_set_description(context, kEnvironment);
  g_option_context_add_main_entries(context, entries, nullptr);
  g_autoptr(GError) error = nullptr;
  const bool parsed = g_option_context_parse(context, &argc, &argv, &error) == TRUE;
  if (!parsed || argc > 1) {
    std::fprintf(stderr, "rc-check-account: %s\n", parsed ? "no arguments" : error->message);
    return false;
  }
  arguments = {state != nullptr ? state : "", stun != nullptr ? stun : ""};
  return true;
}

void print(const rc::phone::AccountCheck::Finding& finding) {
  std::printf("%s  %s\n", finding.ok ? "ok     " : "MISSING", rc::redact(finding.text).c_str());
  std::fflush(stdout);
}

rc::Result<rc::phone::Settings> settings_of(const Arguments& arguments) {
  auto credentials = rc::rest::complete_credentials({}, rc::rest::process_environment());
  if (!credentials.ok()) return credentials.error();
  rc::phone::Settings settings;
  settings.credentials = std::move(credentials).value();
  settings.state_folder = arguments.state_folder;
  settings.stun_server = arguments.stun_server;
  return rc::phone::check_settings(std::move(settings));
}

bool check(const rc::phone::Settings& settings) {
  const std::unique_ptr<GMainLoop, void (*)(GMainLoop*)> loop(g_main_loop_new(nullptr, FALSE),
                                                              g_main_loop_unref);
  rc::MainClock clock(g_main_context_default());
  bool good = false;
  rc::phone::AccountCheck check(clock, settings, print);
  check.run([&](bool all_right) {
    good = all_right;
    g_main_loop_quit(loop.get());
  });
  g_main_loop_run(loop.get());
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse_arguments(argc, argv, arguments)) return 2;
  gst_init(nullptr, nullptr);
  const auto settings = settings_of(arguments);
  if (!settings.ok()) print({false, "settings: " + settings.error().message});
  const bool good = settings.ok() && check(settings.value());
  std::printf("%s\n", good ? "This account can have calls." : "Calls cannot work yet.");
  return good ? 0 : 1;
}
