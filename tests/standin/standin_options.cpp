// SPDX-License-Identifier: LGPL-2.1-or-later
#include "standin_options.h"

#include <glib.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "faults.h"

namespace standin {
namespace {

constexpr char kSummary[] =
    "A RingCentral in a box on 127.0.0.1: log-in, SIP over secure WebSocket, three extensions\n"
    "(101, 102, 103) and calls with real media, without an account and without the Internet.\n"
    "\n"
    "Test a bot: run COMMAND in the environment of extension 101, and call it:\n"
    "\n"
    "  rc-standin --call 101 --say 'Hello, is there a table for two?' --record answer.wav \\\n"
    "    --wait 5 --dtmf 1# --hang-up -- my-bot\n"
    "\n"
    "What became of each call is one line of JSON; the status is 0 if COMMAND ended with 0 and\n"
    "every far end did all of its steps. Without COMMAND the first line on stdout tells URLs,\n"
    "CA file, control token and accounts; without far ends it runs until SIGINT or SIGTERM.";

std::string describe_faults() {
  std::string text =
      "Steps happen in the order of their options, from the moment the call is answered; then the\n"
      "far end hangs up. Options of a far end belong to the --call or --answer before them.\n"
      "The manual page rc-standin(1) has the words of a --script file and the fields of a result.\n"
      "\nFaults (NAME=NUMBER; before the first --call they hold from the start):\n";
  for (const auto& fault : fault_table()) {
    text += "  " + std::string(fault.name) + std::string(27 - fault.name.size(), ' ') +
            std::string(fault.help) + "\n";
  }
  return text;
}

gboolean refuse(GError** error, const std::string& problem) {
  g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s", problem.c_str());
  return FALSE;
}

std::string add_file(FarEndScript& script, const std::string& path) {
  g_autofree gchar* text = nullptr;
  gsize size = 0;
  g_autoptr(GError) error = nullptr;
  if (!g_file_get_contents(path.c_str(), &text, &size, &error)) return error->message;
  const std::string problem = add_json(script, std::string(text, size));
  return problem.empty() ? "" : path + ": " + problem;
}

// Every option of a far end: they count in their order, which is what callbacks keep.
gboolean take(const gchar* name, const gchar* text, gpointer data, GError** error) {
  auto& options = *static_cast<StandinOptions*>(data);
  const std::string word = name + std::strspn(name, "-");
  const std::string value = text != nullptr ? text : "";
  if (word == "call" || word == "answer") {
    FarEndScript& script = options.far_ends.emplace_back();
    (word == "call" ? script.call : script.answer) = value;
    return TRUE;
  }
  if (options.far_ends.empty() && word != "fault") {
    return refuse(error, "--" + word + " belongs to a far end: put --call or --answer before it");
  }
  FarEndScript& script = options.far_ends.empty() ? options.before : options.far_ends.back();
  const std::string problem = word == "script" ? add_file(script, value)
                              : is_step(word)  ? add_step(script, word, value)
                                               : set_value(script, word, value);
  return problem.empty() ? TRUE : refuse(error, problem);
}

GOptionEntry far_end_option(const char* name, const char* help, const char* value) {
  const int flags = value == nullptr ? G_OPTION_FLAG_NO_ARG : 0;
  return {name, 0, flags, G_OPTION_ARG_CALLBACK, reinterpret_cast<gpointer>(take), help, value};
}

void add_far_end_options(GOptionContext* context, StandinOptions& options) {
  const GOptionEntry entries[] = {
      far_end_option("call", "Call an extension when it is registered: 101", "EXTENSION"),
      far_end_option("answer", "Answer when the client dials this number", "NUMBER"),
      far_end_option("from", "The caller's number (+12025550166)", "NUMBER"),
      far_end_option("name", "The caller's name", "NAME"),
      far_end_option("codec", "opus, pcmu or pcma only (all)", "CODEC"),
      far_end_option("record", "Write what the client says into a WAV file", "FILE"),
      far_end_option("ring", "So long the caller waits for an answer (60)", "SECONDS"),
      far_end_option("script", "Take steps and values from a JSON file", "FILE"),
      far_end_option("say", "Step: say a sentence", "TEXT"),
      far_end_option("play", "Step: play a WAV file", "FILE"),
      far_end_option("tones", "Step: play tones: 440:500,0:200,880:500", "HZ:MS,..."),
      far_end_option("dtmf", "Step: press keys: 12#", "KEYS"),
      far_end_option("wait", "Step: wait", "SECONDS"),
      far_end_option("until-hang-up", "Step: wait until the client hangs up", "SECONDS"),
      far_end_option("hang-up", "Step: hang up", nullptr),
      far_end_option("fault", "Step: set a fault", "NAME=N"),
      far_end_option("socket", "Step: the client's socket breaks: cut or freeze", "HOW"),
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  auto* group = g_option_group_new("far-end", "Far ends of calls:", "Show the options of far ends",
                                   &options, nullptr);
  g_option_group_add_entries(group, entries);
  g_option_context_add_group(context, group);
}

bool parse_known(int argc, char** argv, StandinOptions& options) {
  gboolean help = FALSE;
  gboolean trace = FALSE;
  gboolean until_stdin_closes = FALSE;
  g_autofree gchar* account = nullptr;
  g_autofree gchar* env_file = nullptr;
  g_autofree gchar* results_file = nullptr;
  const GOptionEntry entries[] = {
      {"env", 0, 0, G_OPTION_ARG_FILENAME, &env_file,
       "Write the client's environment for a shell: . FILE", "FILE"},
      {"account", 0, 0, G_OPTION_ARG_STRING, &account, "Whose environment it is (101)",
       "EXTENSION"},
      {"results", 0, 0, G_OPTION_ARG_FILENAME, &results_file, "Write results there (stdout)",
       "FILE"},
      {"trace", 0, 0, G_OPTION_ARG_NONE, &trace, "Write SIP messages to stderr", nullptr},
      {"until-stdin-closes", 0, 0, G_OPTION_ARG_NONE, &until_stdin_closes,
       "Stop when stdin is closed (a test's child)", nullptr},
      {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "This text", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  g_autoptr(GOptionContext) context = g_option_context_new("[-- COMMAND [ARGUMENT...]]");
  g_option_context_set_help_enabled(context, FALSE);  // it would hide the far ends' options
  g_option_context_set_summary(context, kSummary);
  g_option_context_set_description(context, describe_faults().c_str());
  g_option_context_add_main_entries(context, entries, nullptr);
  add_far_end_options(context, options);
  g_autoptr(GError) error = nullptr;
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    std::fprintf(stderr, "rc-standin: %s\n", error->message);
    return false;
  }
  if (help != FALSE) {
    g_autofree gchar* text = g_option_context_get_help(context, FALSE, nullptr);
    std::fputs(text, stdout);
    std::exit(0);
  }
  if (argc > 1) {
    std::fprintf(stderr, "rc-standin: \"%s\" is no option; a command comes after --\n", argv[1]);
    return false;
  }
  options.trace = trace != FALSE;
  options.until_stdin_closes = until_stdin_closes != FALSE;
  if (account != nullptr) options.account = account;
  if (env_file != nullptr) options.env_file = env_file;
  if (results_file != nullptr) options.results_file = results_file;
  return true;
}

}  // namespace

std::optional<StandinOptions> parse_options(int argc, char** argv) {
  StandinOptions options;
  int own = 0;
  while (own < argc && std::strcmp(argv[own], "--") != 0) ++own;
  std::vector<char*> known(argv, argv + own);
  known.push_back(nullptr);
  if (!parse_known(own, known.data(), options)) return std::nullopt;
  for (int i = own + 1; i < argc; ++i) options.command.emplace_back(argv[i]);
  return options;
}

}  // namespace standin
