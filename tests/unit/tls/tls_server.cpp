// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tls_server.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace rc::tls {
namespace {

// The rest of the line that begins with `start`; blocks until it comes.
std::string read_line(int fd, const std::string& start) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1) {
    if (c != '\n') {
      line += c;
    } else if (line.rfind(start, 0) == 0) {
      return line.substr(start.size());
    } else {
      line.clear();
    }
  }
  return {};
}

}  // namespace

TlsServer::TlsServer(const std::string& pem, const std::vector<std::string>& options) {
  std::vector<std::string> words = {
      "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", pem, "-key", pem};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  const auto flags = static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                              G_SPAWN_STDERR_TO_DEV_NULL);
  g_assert_true(g_spawn_async_with_pipes(nullptr, command.data(), nullptr, flags, nullptr, nullptr,
                                         &pid_, nullptr, &output_, nullptr, nullptr));
  address_ = read_line(output_, "ACCEPT ");
  g_assert_false(address_.empty());
}

TlsServer::~TlsServer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  g_spawn_close_pid(pid_);
  close(output_);
}

}  // namespace rc::tls
