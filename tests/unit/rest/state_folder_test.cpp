// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/state_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "rest/http.h"

namespace rc::rest {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class StateFolderTest : public ::testing::Test {
 protected:
  StateFolderTest() {
    char path[] = "/tmp/rc-state-XXXXXX";
    top = ::mkdtemp(path);
    path_ = top / "deep" / "state";
  }
  ~StateFolderTest() override { fs::remove_all(top); }

  StateFolder open() {
    auto folder = StateFolder::open(path_);
    EXPECT_TRUE(folder.ok());
    return std::move(folder).value();
  }
  static SipAccount account() {
    SipAccount account;
    account.username = "101";
    account.password = "S3CR3T \"\\";
    account.authorization_id = "802";
    account.domain = "sip.example.com";
    account.outbound_proxy = "127.0.0.1:8083";
    account.sip_error_codes = {408};
    account.polling_interval = 1h;
    return account;
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  const std::string key = std::string(64, 'a');
  const std::chrono::system_clock::time_point now{1'000'000s};
  fs::path top;
  fs::path path_;
};

TEST_F(StateFolderTest, KeepsAnAccount) {
  ASSERT_TRUE(open().save_account(key, account(), now).ok());
  const auto loaded = open().load_account(key, now);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->username, "101");
  EXPECT_EQ(loaded->password, account().password);
  EXPECT_EQ(loaded->outbound_proxy, "127.0.0.1:8083");
  EXPECT_FALSE(open().load_account(std::string(64, 'b'), now));
}

TEST_F(StateFolderTest, ShowsItToTheOwnerOnly) {
  ASSERT_TRUE(open().save_account(key, account(), now).ok());
  EXPECT_EQ(mode_of(path_), 0700U);
  EXPECT_EQ(mode_of(path_ / (key + ".account")), 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(path_), fs::directory_iterator()), 1)
      << "temporary files stay behind";
}

TEST_F(StateFolderTest, DropsAnAccountOfTheWrongAge) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_account(key, account(), now).ok());
  EXPECT_TRUE(folder.load_account(key, now + 1h));
  EXPECT_FALSE(folder.load_account(key, now + 1h + 1s));
  EXPECT_FALSE(folder.load_account(key, now - 1s)) << "the clock was set back";
}

TEST_F(StateFolderTest, ForgetsWhatTheServerRefused) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_account(key, account(), now).ok());
  folder.forget_account(key);
  folder.forget_account(key);
  EXPECT_FALSE(folder.load_account(key, now));
}

TEST_F(StateFolderTest, IgnoresDamagedFiles) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_account(key, account(), now).ok());
  for (const std::string& content : {std::string(), std::string("{}"), std::string(9999, '['),
                                     std::string(kMaxBodyBytes, ' ')}) {
    std::ofstream(path_ / (key + ".account")) << content;
    EXPECT_FALSE(folder.load_account(key, now));
  }
}

TEST_F(StateFolderTest, TrustsNoFileThatOthersCouldHaveMade) {
  const StateFolder folder = open();
  ASSERT_TRUE(folder.save_account(key, account(), now).ok());
  const fs::path file = path_ / (key + ".account");
  ::chmod(file.c_str(), 0644);
  EXPECT_FALSE(folder.load_account(key, now));
  ::chmod(file.c_str(), 0600);
  EXPECT_TRUE(folder.load_account(key, now));
  fs::rename(file, top / "elsewhere");
  fs::create_symlink(top / "elsewhere", file);
  EXPECT_FALSE(folder.load_account(key, now));
}

TEST_F(StateFolderTest, ReplacesALinkInsteadOfWritingThroughIt) {
  const StateFolder folder = open();
  std::ofstream(top / "victim") << "untouched";
  fs::create_symlink(top / "victim", path_ / (key + ".account"));
  ASSERT_TRUE(folder.save_account(key, account(), now).ok());
  std::string content;
  std::ifstream(top / "victim") >> content;
  EXPECT_EQ(content, "untouched");
  EXPECT_TRUE(folder.load_account(key, now));
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

TEST_F(StateFolderTest, KeepsOneInstanceIdPerLine) {
  const auto id = open().instance_id(key);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id.value().size(), 36U);
  EXPECT_EQ(open().instance_id(key).value(), id.value());
  EXPECT_NE(open().instance_id(std::string(64, 'b')).value(), id.value());
  EXPECT_EQ(mode_of(path_ / (key + ".instance")), 0600U);
}

}  // namespace
}  // namespace rc::rest
