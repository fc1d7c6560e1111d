// A damaged policy file is refused with an Error or is a policy; nothing else happens.
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/guards/policies.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

std::string Damage(std::string text, Random& random) {
  constexpr std::string_view kBytes = "{}[]:,'\"\n -#&*!|>%@`~/\\^$()0aZ\x00\xff\t";
  for (std::uint64_t n = random.Below(4) + 1; n > 0 && !text.empty(); --n) {
    const std::size_t at = random.Below(text.size());
    switch (random.Below(4)) {
      case 0:
        text.erase(at, random.Below(30) + 1);
        break;
      case 1:
        text.insert(at, 1, kBytes[random.Below(kBytes.size())]);
        break;
      case 2:
        text[at] = static_cast<char>(random.Below(256));
        break;
      default:
        text.insert(at, text.substr(random.Below(text.size()), random.Below(200)));
    }
  }
  return text;
}

TEST(DamagedPolicy, IsRefusedOrIsAPolicy) {
  const std::string good =
      kedge::testing::ReadWholeFile(kedge::testing::SourcePath("guards/policies/retail.yaml"));
  Random random(7);
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    try {
      const auto policy =
          ReadPolicy(Document::FromYaml(Damage(good, random), "p.yaml"), "/nowhere");
      EXPECT_EQ(policy->digest.size(), 64U);
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(error.kind() == ErrorKind::kBadData || error.kind() == ErrorKind::kMissingInput)
          << error.what();
      EXPECT_FALSE(error.file().empty()) << error.what();
    }
  }
  EXPECT_GT(refused, 750);
}

}  // namespace
}  // namespace kedge::guards
