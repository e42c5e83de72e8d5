// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::rest {

// What a line remembers between runs, none of it secret: its instance id (a new one at each start
// would run into RingCentral's limit of five contacts) and its device id (provisioning with it
// keeps the device). Folder 0700, files 0600, replaced by rename, symbolic links not followed.
// Blocking file access of a few hundred bytes; any thread.
class StateFolder {
 public:
  // An empty path means $XDG_STATE_HOME/gst-ringcentral, else ~/.local/state/gst-ringcentral.
  // Makes the folder. kConfig: it cannot be made, or others may write in it.
  static Result<StateFolder> open(std::string path);

  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&& other) noexcept;
  ~StateFolder();

  // `key` is line_key(). The UUID of this line, made at the first call.
  Result<std::string> instance_id(const std::string& key) const;

  // Empty if none is remembered.
  std::string device_id(const std::string& key) const;
  Result<void> save_device_id(const std::string& key, const std::string& id) const;

 private:
  explicit StateFolder(int folder) : folder_(folder) {}
  std::optional<std::string> read(const std::string& name) const;
  Result<void> write(const std::string& name, std::string_view content) const;

  int folder_;  // descriptor
};

}  // namespace rc::rest
