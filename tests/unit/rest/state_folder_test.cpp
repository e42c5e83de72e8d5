// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/state_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rc::rest {
namespace {

namespace fs = std::filesystem;

class StateFolderTest : public ::testing::Test {
 protected:
  StateFolderTest() {
    char path[] = "/tmp/rc-state-XXXXXX";
    top = ::mkdtemp(path);
    path_ = top / "deep" / "state";
    device = path_ / (key + ".device");
  }
  ~StateFolderTest() override { fs::remove_all(top); }

  StateFolder open() {
    auto folder = StateFolder::open(path_);
    EXPECT_TRUE(folder.ok());
    return std::move(folder).value();
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  long files() const {
    return std::distance(fs::directory_iterator(path_), fs::directory_iterator());
  }

  const std::string key = std::string(64, 'a');
  fs::path top;
  fs::path path_;
  fs::path device;
};

TEST_F(StateFolderTest, KeepsOneInstanceIdPerLine) {
  const auto id = open().instance_id(key);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id.value().size(), 36U);
  EXPECT_EQ(open().instance_id(key).value(), id.value());
  EXPECT_NE(open().instance_id(std::string(64, 'b')).value(), id.value());
}

TEST_F(StateFolderTest, KeepsTheDeviceUntilItIsForgotten) {
  EXPECT_EQ(open().device_id(key), "");
  ASSERT_TRUE(open().save_device_id(key, "802").ok());
  EXPECT_EQ(open().device_id(key), "802");
  EXPECT_EQ(open().device_id(std::string(64, 'b')), "");
  ASSERT_TRUE(open().save_device_id(key, "").ok());
  EXPECT_EQ(open().device_id(key), "");
}

TEST_F(StateFolderTest, ShowsItToTheOwnerOnly) {
  const mode_t mask = ::umask(0);
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_device_id(key, "802").ok());
  ASSERT_TRUE(folder.instance_id(key).ok());
  ::umask(mask);
  EXPECT_EQ(mode_of(path_), 0700U);
  EXPECT_EQ(mode_of(device), 0600U);
  EXPECT_EQ(mode_of(path_ / (key + ".instance")), 0600U);
  EXPECT_EQ(files(), 2) << "temporary files stay behind";
}

TEST_F(StateFolderTest, DropsTheSecretsOfEarlierVersions) {
  const StateFolder folder = open();
  std::ofstream(path_ / (key + ".account")) << "S3CR3T";
  ASSERT_TRUE(folder.instance_id(key).ok());
  EXPECT_FALSE(fs::exists(path_ / (key + ".account")));
}

TEST_F(StateFolderTest, WritesOnlyWhatIsNew) {
  ASSERT_TRUE(open().save_device_id(key, "802").ok());
  const auto before = fs::last_write_time(device);
  ASSERT_TRUE(open().save_device_id(key, "802").ok());
  EXPECT_EQ(fs::last_write_time(device), before);
}

TEST_F(StateFolderTest, IgnoresDamagedFiles) {
  const StateFolder folder = open();
  for (const std::string& content : {std::string(), std::string("a\nb"), std::string("\0", 1),
                                     std::string(129, '8'), std::string(1024 * 1024, '8')}) {
    ASSERT_TRUE(folder.save_device_id(key, "802").ok());
    std::ofstream(device) << content;
    EXPECT_EQ(folder.device_id(key), "") << content.substr(0, 20);
  }
}

TEST_F(StateFolderTest, TrustsNoFileThatOthersCouldHaveMade) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_device_id(key, "802").ok());
  ::chmod(device.c_str(), 0644);
  EXPECT_EQ(folder.device_id(key), "");
  ::chmod(device.c_str(), 0600);
  EXPECT_EQ(folder.device_id(key), "802");
  fs::rename(device, top / "elsewhere");
  fs::create_symlink(top / "elsewhere", device);
  EXPECT_EQ(folder.device_id(key), "");
  fs::remove(device);
  ASSERT_EQ(::mkfifo(device.c_str(), 0600), 0);
  EXPECT_EQ(folder.device_id(key), "") << "and does not wait for a writer";
}

TEST_F(StateFolderTest, ReplacesALinkInsteadOfWritingThroughIt) {
  const StateFolder folder = open();
  std::ofstream(top / "victim") << "untouched";
  fs::create_symlink(top / "victim", device);
  ASSERT_TRUE(folder.save_device_id(key, "802").ok());
  std::string content;
  std::ifstream(top / "victim") >> content;
  EXPECT_EQ(content, "untouched");
  EXPECT_EQ(folder.device_id(key), "802");
}

TEST_F(StateFolderTest, RefusesFoldersOfOthers) {
  fs::create_directories(path_);
  ::chmod(path_.c_str(), 0777);
  EXPECT_FALSE(StateFolder::open(path_).ok());
  ::chmod(path_.c_str(), 0700);
  fs::create_directory_symlink(path_, top / "link");
  EXPECT_FALSE(StateFolder::open(top / "link").ok());
  std::ofstream(top / "file") << "x";
  EXPECT_FALSE(StateFolder::open(top / "file").ok());
}

TEST_F(StateFolderTest, RefusesWhatAnotherUserOwns) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  constexpr uid_t kNobody = 65534;
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_device_id(key, "802").ok());
  ASSERT_EQ(::chown(device.c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(folder.device_id(key), "");
  ASSERT_EQ(::chown(path_.c_str(), kNobody, kNobody), 0);
  const auto opened = StateFolder::open(path_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Errc::kConfig);
  EXPECT_NE(opened.error().message.find("another user"), std::string::npos);
}

}  // namespace
}  // namespace rc::rest
