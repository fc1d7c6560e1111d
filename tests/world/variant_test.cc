#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

/// A world whose one tool answers by the number of its variant.
class VariantTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write("world.yaml", "format: kedge-world/1\nworld: dial\n");
    Write("schema.sql", "CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER);");
    Write("seed.sql", "INSERT INTO setting VALUES ('limit', 10 + variant());");
    Write("policy.md", "None.");
    Write("tools.yaml",
          "tools:\n- name: limit\n  description: The limit.\n  effect: read\n"
          "  arguments: {type: object, properties: {}}\n"
          "  result: {query: \"SELECT value, variant() AS variant FROM setting\"}\n");
  }

  void Write(const std::string& name, const std::string& text) {
    testing::WriteFile(folder_.File(name), text);
  }

  std::shared_ptr<const World> Load(std::uint64_t variant, std::uint64_t population_seed = 1) {
    WorldOptions options;
    options.population_seed = population_seed;
    options.variant = variant;
    return World::Load(folder_.path(), options);
  }

 private:
  testing::TempFolder folder_;
};

TEST_F(VariantTest, SeedScriptsAndToolsSeeIt) {
  for (const std::uint64_t variant : {std::uint64_t{0}, std::uint64_t{7}}) {
    Session session(Load(variant));
    session.Begin(1);
    EXPECT_EQ(session.Call("limit", Json::object()).content,
              (Json{{"value", 10 + variant}, {"variant", variant}}));
  }
}

TEST_F(VariantTest, DrawsFromItAreTheSameInEveryPopulation) {
  Write("seed.sql",
        "INSERT INTO setting VALUES ('limit', variant_rnd_int(0, 1000000, 'limit')), "
        "('stock', rnd_int(0, 1000000, 'limit')), ('pick', variant_pick(1000000, 'limit')), "
        "('rnd', CAST(1000000 * variant_rnd('limit') AS INTEGER));");
  const auto settings = [&](std::uint64_t variant, std::uint64_t seed) {
    Session session(Load(variant, seed));
    Json values = Json::object();
    for (const Json& row : session.Query("SELECT name, value FROM setting")) {
      values[row["name"].get<std::string>()] = row["value"];
    }
    return values;
  };
  const Json here = settings(3, 1), elsewhere = settings(3, 2), other = settings(4, 1);
  EXPECT_NE(here["stock"], elsewhere["stock"]);
  EXPECT_EQ(here["stock"], other["stock"]);
  for (const char* name : {"limit", "pick", "rnd"}) {
    EXPECT_EQ(here[name], elsewhere[name]) << name;
    EXPECT_NE(here[name], other[name]) << name;
  }
}

TEST_F(VariantTest, NamesAnotherWorld) {
  EXPECT_EQ(Load(3)->digest(), Load(3)->digest());
  EXPECT_NE(Load(3)->digest(), Load(0)->digest());
  EXPECT_NE(Load(3)->digest(), Load(4)->digest());
}

TEST_F(VariantTest, IsOneNumberInSqlAndJson) {
  EXPECT_NO_THROW(Load(std::uint64_t{1} << 53));
  EXPECT_THROW(Load((std::uint64_t{1} << 53) + 1), Error);
}

}  // namespace
}  // namespace kedge::world
