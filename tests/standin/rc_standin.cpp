// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rc-standin: the stand-in as a program. Prints one JSON line and runs until it is told to stop.
#include <glib-unix.h>

#include <cstdio>
#include <string>

#include "faults.h"
#include "server.h"

namespace {

struct Arguments {
  gboolean trace = FALSE;
  gboolean until_stdin_closes = FALSE;
};

std::string describe_faults() {
  std::string text =
      "Control API (JSON over HTTP, \"Authorization: Bearer <control_token>\"): see README.md.\n"
      "Faults, set with POST <control>/faults {\"name\":value}:\n";
  for (const auto& fault : standin::fault_table()) {
    text += "  " + std::string(fault.name) + std::string(27 - fault.name.size(), ' ') +
            std::string(fault.help) + "\n";
  }
  return text;
}

bool parse_arguments(int argc, char** argv, Arguments& arguments) {
  const GOptionEntry entries[] = {
      {"trace", 0, 0, G_OPTION_ARG_NONE, &arguments.trace, "Write SIP messages to stderr", nullptr},
      {"until-stdin-closes", 0, 0, G_OPTION_ARG_NONE, &arguments.until_stdin_closes,
       "Stop when stdin is closed (a test's child)", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  g_autoptr(GOptionContext) context = g_option_context_new("- a RingCentral in a box");
  g_option_context_set_description(context, describe_faults().c_str());
  g_option_context_add_main_entries(context, entries, nullptr);
  g_autoptr(GError) error = nullptr;
  if (g_option_context_parse(context, &argc, &argv, &error)) return true;
  std::fprintf(stderr, "rc-standin: %s\n", error->message);
  return false;
}

gboolean quit(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

gboolean quit_at_end_of_input(gint fd, GIOCondition, gpointer loop) {
  char unread[256];
  if (read(fd, unread, sizeof unread) > 0) return G_SOURCE_CONTINUE;
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_REMOVE;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse_arguments(argc, argv, arguments)) return 2;
  standin::Server server({arguments.trace != FALSE, true});
  if (!server.start()) {
    std::fprintf(stderr, "rc-standin: %s\n", server.error().c_str());
    return 1;
  }
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
  g_unix_signal_add(SIGTERM, quit, loop);
  g_unix_signal_add(SIGINT, quit, loop);
  if (arguments.until_stdin_closes != FALSE) {
    g_unix_fd_add(0, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR), quit_at_end_of_input,
                  loop);
  }
  std::printf("%s\n", server.description().c_str());
  std::fflush(stdout);
  g_main_loop_run(loop);
  server.stop();
  return 0;
}
