// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server.h"

namespace standin {

// What a client must have in its environment to use an account of the stand-in. Its state folder
// is one of our own, gone with the object: nothing pretended gets among the user's own lines.
class ClientEnvironment {
 public:
  // The server must have been started; account: one of its own.
  ClientEnvironment(const Server& server, const Account& account);
  ~ClientEnvironment();
  ClientEnvironment(const ClientEnvironment&) = delete;
  ClientEnvironment& operator=(const ClientEnvironment&) = delete;

  // Lines "export NAME='value'", for a shell to read.
  std::string shell_text() const;
  // That text in a file that only its owner may read; false, with errno, if it can't be made.
  bool write(const std::string& path) const;
  // A copy of this process's environment with it, for g_spawn; to be freed with g_strfreev.
  char** apply() const;

 private:
  std::string state_;
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace standin
