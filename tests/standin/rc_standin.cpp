// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rc-standin: the stand-in as a program, with far ends that follow a script and the client to be
// tested as a child (rc-standin.1).
#include <glib-unix.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdio>
#include <list>
#include <memory>
#include <string>

#include "client_environment.h"
#include "far_end.h"
#include "server.h"
#include "standin_options.h"

namespace {

using standin::Account;
using standin::ClientEnvironment;
using standin::FarEnd;
using standin::Server;
using standin::StandinOptions;

// Thread: the main one, but for what a far end tells.
class Program {
 public:
  explicit Program(StandinOptions options)
      : options_(std::move(options)), server_({options_.trace, true}) {}
  ~Program();

  // False, after a line on stderr, when it can't.
  bool start();
  int run();

 private:
  static bool complain(const std::string& problem);
  bool set_faults();
  bool hand_out_environment();
  bool open_results();
  bool start_command();
  void start_far_ends();
  void on_outcome(const FarEnd::Outcome& outcome);
  void far_end_over();
  void on_signal(int number);
  void watch_signals();
  void watch_stdin();
  static void on_command_ended(GPid pid, gint wait_status, gpointer self);

  StandinOptions options_;
  Server server_;
  std::unique_ptr<ClientEnvironment> environment_;
  std::list<FarEnd> far_ends_;
  std::FILE* results_ = stdout;
  GMainLoop* loop_ = g_main_loop_new(nullptr, FALSE);
  GPid command_ = 0;
  std::size_t open_far_ends_ = 0;
  std::atomic<bool> failed_{false};
  int status_ = 0;
};

Program::~Program() {
  far_ends_.clear();
  server_.stop();
  if (results_ != stdout && results_ != nullptr) std::fclose(results_);
  g_main_loop_unref(loop_);
}

bool Program::complain(const std::string& problem) {
  std::fprintf(stderr, "rc-standin: %s\n", problem.c_str());
  return false;
}

bool Program::start() {
  watch_signals();
  if (options_.until_stdin_closes) watch_stdin();
  if (!server_.start()) return complain(server_.error());
  if (!set_faults() || !hand_out_environment() || !open_results()) return false;
  // A command of ours has stdout for itself.
  if (options_.command.empty()) {
    std::printf("%s\n", server_.description().c_str());
    std::fflush(stdout);
  }
  start_far_ends();
  return options_.command.empty() || start_command();
}

bool Program::set_faults() {
  for (const auto& step : options_.before.steps) {
    const auto reply = server_.control("POST", step.path, step.body);
    if (reply.status >= 300) return complain(reply.body);
  }
  return true;
}

bool Program::hand_out_environment() {
  for (const auto& account : server_.accounts()) {
    if (account.extension != options_.account) continue;
    environment_ = std::make_unique<ClientEnvironment>(server_, account);
  }
  if (environment_ == nullptr) return complain("there is no account " + options_.account);
  if (options_.env_file.empty() || environment_->write(options_.env_file)) return true;
  return complain(options_.env_file + " cannot be written: " + g_strerror(errno));
}

bool Program::open_results() {
  if (options_.results_file.empty()) return true;
  results_ = std::fopen(options_.results_file.c_str(), "we");
  return results_ != nullptr ||
         complain(options_.results_file + " cannot be written: " + g_strerror(errno));
}

bool Program::start_command() {
  std::vector<char*> argv;
  for (auto& word : options_.command) argv.push_back(word.data());
  argv.push_back(nullptr);
  g_auto(GStrv) environment = environment_->apply();
  g_autoptr(GError) error = nullptr;
  const auto flags = static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                              G_SPAWN_CHILD_INHERITS_STDIN);
  if (!g_spawn_async(nullptr, argv.data(), environment, flags, nullptr, nullptr, &command_,
                     &error)) {
    return complain(error->message);
  }
  g_child_watch_add(command_, on_command_ended, this);
  return true;
}

void Program::start_far_ends() {
  open_far_ends_ = options_.far_ends.size();
  for (const auto& script : options_.far_ends) {
    far_ends_.emplace_back(server_, script).start([this](const FarEnd::Outcome& outcome) {
      on_outcome(outcome);
    });
  }
}

// Thread: the far end's. One write a line: those of several far ends do not mix.
void Program::on_outcome(const FarEnd::Outcome& outcome) {
  if (!outcome.completed) failed_ = true;
  const std::string line = outcome.json + "\n";
  std::fwrite(line.data(), 1, line.size(), results_);
  std::fflush(results_);
  g_idle_add(
      [](gpointer self) -> gboolean {
        static_cast<Program*>(self)->far_end_over();
        return G_SOURCE_REMOVE;
      },
      this);
}

// The last one ends the program; with a command it is the command's end that counts, too.
void Program::far_end_over() {
  --open_far_ends_;
  if (open_far_ends_ == 0 && command_ == 0) g_main_loop_quit(loop_);
}

void Program::on_command_ended(GPid pid, gint wait_status, gpointer data) {
  auto* self = static_cast<Program*>(data);
  g_spawn_close_pid(pid);
  self->command_ = 0;
  self->status_ = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
  for (auto& far_end : self->far_ends_) far_end.give_up();
  if (self->open_far_ends_ == 0) g_main_loop_quit(self->loop_);
}

// A terminal sends SIGINT to the command as well; with a second one gst-launch-1.0 would leave its
// file unfinished.
void Program::on_signal(int number) {
  if (command_ == 0) return g_main_loop_quit(loop_);
  if (number == SIGTERM) kill(command_, SIGTERM);
}

void Program::watch_stdin() {
  g_unix_fd_add(
      0, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP | G_IO_ERR),
      [](gint fd, GIOCondition, gpointer loop) -> gboolean {
        char unread[256];
        if (read(fd, unread, sizeof unread) > 0) return G_SOURCE_CONTINUE;
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_REMOVE;
      },
      loop_);
}

void Program::watch_signals() {
  const auto watch = [this](int number, GSourceFunc function) {
    g_unix_signal_add(number, function, this);
  };
  watch(SIGTERM, [](gpointer self) -> gboolean {
    static_cast<Program*>(self)->on_signal(SIGTERM);
    return G_SOURCE_CONTINUE;
  });
  watch(SIGINT, [](gpointer self) -> gboolean {
    static_cast<Program*>(self)->on_signal(SIGINT);
    return G_SOURCE_CONTINUE;
  });
}

int Program::run() {
  g_main_loop_run(loop_);
  far_ends_.clear();
  if (status_ != 0) return status_;
  return failed_ ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto options = standin::parse_options(argc, argv);
  if (!options) return 2;
  Program program(std::move(*options));
  return program.start() ? program.run() : 1;
}
