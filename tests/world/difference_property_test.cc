#include <gtest/gtest.h>

#include <map>

#include "harness/core/random.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

constexpr Session::Options kNoNoise{false, false};

// Everything that counts as the end state, read the slow way.
std::string DumpScored(Session& session) {
  std::string text;
  for (const char* table : {"members", "books", "loans"}) {
    text += DumpJson(session.Query(std::string("SELECT * FROM ") + table + " ORDER BY 1")) + "\n";
  }
  return text;
}

void RandomCall(Session& session, Random& random) {
  const auto member = [&] { return "M000" + std::to_string(1 + random.Below(2)); };
  const auto book = [&] { return "B000" + std::to_string(1 + random.Below(3)); };
  switch (random.Below(6)) {
    case 0:
      session.Call("lend_book", {{"member_id", member()}, {"book_id", book()}});
      break;
    case 1: {
      // The loan that was added last, if one was: often undoes the call before.
      const Json last = session.Query("SELECT max(loan_id) AS id FROM loans")[0]["id"];
      if (last > 90) session.Call("return_books", {{"loan_ids", Json::array({last})}});
      break;
    }
    case 2:
      session.Call("return_books", {{"loan_ids", {1 + random.Below(2), 1 + random.Below(2)}}});
      break;
    case 3:
      session.Call("change_email",
                   {{"member_id", member()}, {"email", random.Bernoulli(0.5) ? "a@b" : "c@d"}});
      break;
    case 4:
      session.Call("waive_fee", {{"member_id", member()}, {"cents", 25}});
      break;
    default:
      session.Call("verify_member", {{"member_id", member()}});  // changes an unscored table only
  }
}

TEST(Difference, IsEqualExactlyWhenTheTablesAre) {
  Session session(World::Load(testing::SourcePath("tests/world/testdata/library"), {}));
  Random random(77);
  std::map<std::string, std::string> dump_of;        // by difference
  std::map<std::string, std::string> difference_of;  // by dump
  std::map<std::string, Difference> parsed;
  for (int round = 0; round < 1500; ++round) {
    session.Begin(static_cast<std::uint64_t>(round), kNoNoise);
    for (std::uint64_t i = random.Below(5); i > 0; --i) RandomCall(session, random);
    const Difference difference = session.difference();
    const std::string text = DumpJson(ToJson(difference));
    const std::string dump = DumpScored(session);
    parsed.emplace(text, difference);
    // A function in both directions: equal differences, equal tables.
    EXPECT_EQ(dump_of.emplace(text, dump).first->second, dump) << text;
    EXPECT_EQ(difference_of.emplace(dump, text).first->second, text);
  }
  EXPECT_GT(dump_of.size(), 50u);    // many end states
  EXPECT_LT(dump_of.size(), 1200u);  // reached in more than one way
  int compared = 0;
  for (const auto& [text, difference] : parsed) {
    for (const auto& [other_text, other] : parsed) {
      if (++compared % 7 != 0 && text != other_text) continue;
      EXPECT_EQ(Compare(difference, other).empty(), text == other_text);
      EXPECT_EQ(difference == other, text == other_text);
    }
  }
}

}  // namespace
}  // namespace kedge::world
