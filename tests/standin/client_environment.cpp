// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client_environment.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <filesystem>

namespace standin {

ClientEnvironment::ClientEnvironment(const Server& server, const Account& account) {
  g_autofree gchar* folder = g_dir_make_tmp("rc-standin-state-XXXXXX", nullptr);
  if (folder != nullptr) state_ = folder;
  values_ = {{"RINGCENTRAL_SERVER_URL", server.rest_url()},
             {"RINGCENTRAL_CA_FILE", server.ca_file()},
             {"RINGCENTRAL_CLIENT_ID", account.client_id},
             {"RINGCENTRAL_CLIENT_SECRET", account.client_secret},
             {"RINGCENTRAL_JWT_TOKEN", account.jwt},
             {"XDG_STATE_HOME", state_}};
}

ClientEnvironment::~ClientEnvironment() {
  std::error_code ignored;
  if (!state_.empty()) std::filesystem::remove_all(state_, ignored);
}

std::string ClientEnvironment::shell_text() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    g_autofree gchar* quoted = g_shell_quote(value.c_str());
    text += "export " + name + "=" + quoted + "\n";
  }
  return text;
}

// Written beside and renamed: who waits for the file sees all of it.
bool ClientEnvironment::write(const std::string& path) const {
  return g_file_set_contents_full(path.c_str(), shell_text().c_str(), -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT, 0600, nullptr) != FALSE &&
         g_chmod(path.c_str(), 0600) == 0;
}

char** ClientEnvironment::apply() const {
  char** environment = g_get_environ();
  for (const auto& [name, value] : values_) {
    environment = g_environ_setenv(environment, name.c_str(), value.c_str(), TRUE);
  }
  return environment;
}

}  // namespace standin
