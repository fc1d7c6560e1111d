#include "harness/loop/redaction.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/core/error.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::loop {
namespace {

constexpr const char* kMail = "mail ada@example.org";

TEST(RedactionTest, AKeyFileIsMadeForItsOwnerAndGivesTheSamePlaceholdersAgain) {
  const testing::TempFolder folder;
  const RedactionOptions options{{"default"}, folder.File("key")};
  const std::string first = MakeRedactor(options)->RedactText(kMail, "t");
  struct stat info {};
  ASSERT_EQ(stat(folder.File("key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(MakeRedactor(options)->RedactText(kMail, "t"), first);
  EXPECT_NE(MakeRedactor({{"default"}, ""})->RedactText(kMail, "t"), first) << "a random key";
}

TEST(RedactionTest, SaysWhatIsWrong) {
  const testing::TempFolder folder;
  EXPECT_EQ(MakeRedactor({}), nullptr);
  EXPECT_EQ(MakeRedactor({{"none"}, ""}), nullptr);
  const auto kind = [](const RedactionOptions& options) {
    return testing::ErrorOf([&] { MakeRedactor(options); }).kind();
  };
  EXPECT_EQ(kind({{}, folder.File("key")}), ErrorKind::kUsage) << "a key without packs";
  EXPECT_EQ(kind({{"none", "default"}, ""}), ErrorKind::kUsage);
  EXPECT_EQ(kind({{"pii/v99"}, ""}), ErrorKind::kBadData);
  EXPECT_EQ(kind({{"default"}, folder.File("no/such/folder/key")}), ErrorKind::kIo);
  testing::WriteFile(folder.File("short"), "abc\n");
  EXPECT_EQ(kind({{"default"}, folder.File("short")}), ErrorKind::kBadData);
}

TEST(RedactionTest, CountsAreText) {
  EXPECT_EQ(ToString(guards::Redactor::Counts{}), "nothing");
  EXPECT_EQ(ToString(guards::Redactor::Counts{{"email", 3}, {"iban", 1}}), "email 3, iban 1");
}

}  // namespace
}  // namespace kedge::loop
