// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tls_files.h"

#include <glib.h>
#include <glib/gstdio.h>

#include <array>

namespace rc::sip {

TlsFiles::TlsFiles() {
  char* folder = g_dir_make_tmp("rc-tls-XXXXXX", nullptr);
  g_assert_nonnull(folder);
  folder_ = folder;
  g_free(folder);
}

TlsFiles::~TlsFiles() {
  for (const std::string& file : files_) g_unlink(file.c_str());
  g_rmdir(folder_.c_str());
}

std::string TlsFiles::make(const std::string& subject_alt_name) {
  const std::string file = folder_ + "/" + std::to_string(files_.size()) + ".pem";
  const std::string extension = "subjectAltName=" + subject_alt_name;
  std::array<const char*, 18> command = {"openssl",
                                         "req",
                                         "-x509",
                                         "-newkey",
                                         "ec",
                                         "-pkeyopt",
                                         "ec_paramgen_curve:P-256",
                                         "-nodes",
                                         "-days",
                                         "2",
                                         "-subj",
                                         "/CN=test",
                                         "-addext",
                                         extension.c_str(),
                                         "-keyout",
                                         file.c_str(),
                                         nullptr,
                                         nullptr};
  char* certificate = nullptr;
  int status = 0;
  const auto flags = static_cast<GSpawnFlags>(G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL);
  const gboolean ran = g_spawn_sync(nullptr, const_cast<char**>(command.data()), nullptr, flags,
                                    nullptr, nullptr, &certificate, nullptr, &status, nullptr);
  g_assert_true(ran && status == 0);
  files_.push_back(file);
  char* key = nullptr;
  g_assert_true(g_file_get_contents(file.c_str(), &key, nullptr, nullptr));
  const std::string both = std::string(key) + certificate;
  g_assert_true(g_file_set_contents(file.c_str(), both.c_str(), -1, nullptr));
  g_free(key);
  g_free(certificate);
  return file;
}

}  // namespace rc::sip
