#include "harness/world/external_data.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/core/error.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

using testing::TempFolder;
using testing::WriteFile;

/// A world whose rows are in a folder of their own.
class ExternalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("KEDGE_DATA_ANIMAL_FILES");
    Write("world.yaml", WorldYaml("animals.json"));
    Write("schema.sql", "CREATE TABLE animal (name TEXT PRIMARY KEY, legs INTEGER);");
    Write("seed.sql",
          "INSERT INTO animal SELECT value ->> 'name', value ->> 'legs' "
          "FROM json_each(data('animals'));");
    Write("tools.yaml", kTools);
    WriteFile(data_.File("animals.json"), R"([{"name": "dog", "legs": 4}])");
    WriteFile(data_.File("rules.md"), "Be kind.");
  }

  static std::string WorldYaml(const std::string& file) {
    return "format: kedge-world/1\nworld: zoo\npolicy: {data: rules}\ndata:\n  animal-files:\n"
           "    about: a folder with animals.json\n    files: {animals: " +
           file + ", rules: rules.md}\n";
  }

  void Write(const std::string& name, const std::string& text) {
    WriteFile(world_.File(name), text);
  }

  std::shared_ptr<const World> Load(const std::map<std::string, std::string>& data) {
    WorldOptions options;
    options.data = data;
    return World::Load(world_.path(), options);
  }

  std::string Problem(const std::map<std::string, std::string>& data) {
    try {
      Load(data);
    } catch (const Error& error) {
      return std::to_string(error.exit_code()) + " " + error.what();
    }
    return "";
  }

  static constexpr char kTools[] =
      "tools:\n- name: legs\n  description: Count legs.\n  effect: read\n"
      "  arguments: {type: object, properties: {name: {type: string}}}\n"
      "  result: {query: \"SELECT legs, calc('1 + 1') AS sum FROM animal WHERE name = :name\"}\n";
  TempFolder world_, data_;
};

TEST_F(ExternalDataTest, RowsAndRulesComeFromTheFolder) {
  const auto world = Load({{"animal-files", data_.path()}});
  EXPECT_EQ(world->policy(), "Be kind.");
  Session session(world);
  session.Begin(1);
  EXPECT_EQ(session.Call("legs", {{"name", "dog"}}).content, (Json{{"legs", 4}, {"sum", "2.0"}}));
}

TEST_F(ExternalDataTest, TheDataIsPartOfTheDigest) {
  const std::string before = Load({{"animal-files", data_.path()}})->digest();
  EXPECT_EQ(Load({{"animal-files", data_.path()}})->digest(), before);
  WriteFile(data_.File("rules.md"), "Be very kind.");
  EXPECT_NE(Load({{"animal-files", data_.path()}})->digest(), before);
}

TEST_F(ExternalDataTest, TheEnvironmentMayNameTheFolder) {
  setenv("KEDGE_DATA_ANIMAL_FILES", data_.path().c_str(), 1);
  EXPECT_EQ(Problem({}), "");
  EXPECT_NE(Problem({{"animal-files", "/nowhere"}}), "") << "what is passed comes first";
  unsetenv("KEDGE_DATA_ANIMAL_FILES");
}

TEST_F(ExternalDataTest, MissingDataIsAMissingInput) {
  const std::string problem = Problem({});
  EXPECT_EQ(problem.substr(0, 2), "66");
  EXPECT_NE(problem.find("--data animal-files=FOLDER"), std::string::npos) << problem;
  EXPECT_NE(problem.find("a folder with animals.json"), std::string::npos) << problem;
  EXPECT_EQ(Problem({{"animal-files", "/nowhere"}}).substr(0, 2), "66");
}

TEST_F(ExternalDataTest, BrokenDeclarationsAreErrors) {
  for (const char* file : {"../animals.json", "/etc/hostname", "\"\""}) {
    Write("world.yaml", WorldYaml(file));
    EXPECT_EQ(Problem({{"animal-files", data_.path()}}).substr(0, 2), "65") << file;
  }
  Write("world.yaml", WorldYaml("animals.json"));
  Write("seed.sql", "INSERT INTO animal SELECT data('plants'), 1;");
  EXPECT_NE(Problem({{"animal-files", data_.path()}}).find("lists no data file"),
            std::string::npos);
  Write("seed.sql", "INSERT INTO animal SELECT value, 1 FROM json_each(data('rules'));");
  EXPECT_NE(Problem({{"animal-files", data_.path()}}).find("seed.sql:1"), std::string::npos);
}

TEST_F(ExternalDataTest, ToolsDoNotSeeTheFiles) {
  Write("tools.yaml",
        "tools:\n- name: peek\n  description: Peek.\n  effect: read\n"
        "  result: {query: \"SELECT data('animals') AS all_of_it\"}\n");
  EXPECT_NE(Problem({{"animal-files", data_.path()}}).find("no such function"), std::string::npos);
}

}  // namespace
}  // namespace kedge::world
