// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/state_folder.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "core/random.h"
#include "core/text.h"

namespace rc::rest {
namespace {

constexpr size_t kMaxFileBytes = 1024;
constexpr size_t kMaxDeviceIdBytes = 128;
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthers = 077;
constexpr mode_t kOthersWrite = 022;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Error unusable(const std::string& path, const std::string& why) {
  return Error{Errc::kConfig, "The state folder " + clean_text(path) + " cannot be used: " + why};
}

std::string default_path() { return std::string(g_get_user_state_dir()) + "/gst-ringcentral"; }

bool is_private(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & kOthers) == 0;
}

std::optional<std::string> read_all(int file) {
  std::string content(kMaxFileBytes, '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(file, content.data() + filled, content.size() - filled);
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  content.resize(filled);
  return content;
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = ::write(file, content.data(), content.size());
    if (done < 0) return false;
    content.remove_prefix(static_cast<size_t>(done));
  }
  return ::fsync(file) == 0;  // or a power cut leaves an empty file behind the new name
}

std::string device_file(const std::string& key) { return key + ".device"; }

bool is_uuid(const std::string& text) { return g_uuid_string_is_valid(text.c_str()) != FALSE; }

}  // namespace

Result<StateFolder> StateFolder::open(std::string path) {
  if (path.empty()) path = default_path();
  if (g_mkdir_with_parents(path.c_str(), 0700) != 0) {
    return unusable(path, g_strerror(errno));
  }
  File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!folder.is_open() || ::fstat(folder.get(), &status) != 0) {
    return unusable(path, g_strerror(errno));
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & kOthersWrite) != 0) {
    return unusable(path, "it belongs to another user or others may write in it");
  }
  return StateFolder(folder.release());
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : folder_(std::exchange(other.folder_, -1)) {}

StateFolder& StateFolder::operator=(StateFolder&& other) noexcept {
  std::swap(folder_, other.folder_);
  return *this;
}

StateFolder::~StateFolder() {
  if (folder_ >= 0) ::close(folder_);
}

std::optional<std::string> StateFolder::read(const std::string& name) const {
  const File file(::openat(folder_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open() || !is_private(file.get())) return std::nullopt;
  return read_all(file.get());
}

Result<void> StateFolder::write(const std::string& name, std::string_view content) const {
  const std::string temporary = "." + random_token(16);
  const File file(::openat(folder_, temporary.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (file.is_open() && write_all(file.get(), content) &&
      ::renameat(folder_, temporary.c_str(), folder_, name.c_str()) == 0) {
    return {};
  }
  const std::string why = g_strerror(errno);
  ::unlinkat(folder_, temporary.c_str(), 0);
  return Error{Errc::kConfig, "Cannot write to the state folder: " + why};
}

Result<std::string> StateFolder::instance_id(const std::string& key) const {
  // Where earlier versions kept the SIP password.
  ::unlinkat(folder_, (key + ".account").c_str(), 0);
  const std::string name = key + ".instance";
  const auto known = read(name);
  if (known && is_uuid(std::string(trim(*known)))) return std::string(trim(*known));
  const std::string fresh = random_uuid();
  const auto written = write(name, fresh + "\n");
  if (!written.ok()) return written.error();
  // Another process may have been first or last: what the file says now is what both will use.
  const auto settled = read(name);
  return settled ? std::string(trim(*settled)) : fresh;
}

std::string StateFolder::device_id(const std::string& key) const {
  const std::string id(trim(read(device_file(key)).value_or("")));
  return id.size() <= kMaxDeviceIdBytes && is_header_safe(id) ? id : std::string();
}

Result<void> StateFolder::save_device_id(const std::string& key, const std::string& id) const {
  if (id == device_id(key)) return {};
  return write(device_file(key), id + "\n");
}

}  // namespace rc::rest
