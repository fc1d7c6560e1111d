// The official JSON Schema test suite, as Debian packages it (json-schema-test-suite).
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/text/json_schema.h"
#include "tests/testing/needs.h"

namespace kedge::text {
namespace {

constexpr char kSuite[] = "/usr/share/json-schema-test-suite/tests/";

// Groups outside the subset: Compile must refuse them. README.md says why.
const std::set<std::string> kRefused = {
    "definitions.json: valid definition",
    "definitions.json: invalid definition",
    "dependencies.json: dependencies",
    "dependencies.json: dependencies with empty array",
    "dependencies.json: multiple dependencies",
    "dependencies.json: multiple dependencies subschema",
    "dependencies.json: dependencies with boolean subschemas",
    "ref.json: escaped pointer ref",  // keeps schemas under made-up keywords
    "ref.json: relative pointer ref to array",
    "ref.json: remote ref, containing refs itself",
    "ref.json: Recursive references between schemas",
    "refRemote.json: remote ref",
    "refRemote.json: fragment within remote ref",
    "refRemote.json: ref within remote ref",
    "refRemote.json: base URI change",
    "refRemote.json: base URI change - change folder",
    "refRemote.json: base URI change - change folder in subschema",
    "refRemote.json: root ref in remote ref",
};

// Where 2020-12 decided otherwise than draft 7: siblings of $ref count.
const std::set<std::string> kOtherMeaning = {"ref.json: ref overrides any sibling keywords"};

// Draft 7 writes tuples as `items: [...]` with `additionalItems`; 2020-12, and this subset, as
// `prefixItems` with `items`. The meaning is the same.
Json WithPrefixItems(const Json& schema) {
  if (schema.is_array()) {
    Json out = Json::array();
    for (const Json& element : schema) out.push_back(WithPrefixItems(element));
    return out;
  }
  if (!schema.is_object()) return schema;
  Json out = Json::object();
  for (const auto& [key, value] : schema.items()) out[key] = WithPrefixItems(value);
  if (!schema.contains("items") || !schema["items"].is_array()) {
    out.erase("additionalItems");
    return out;
  }
  out["prefixItems"] = out["items"];
  out.erase("items");
  if (out.contains("additionalItems")) out["items"] = out["additionalItems"];
  out.erase("additionalItems");
  return out;
}

struct Count {
  int groups = 0;
  int tests = 0;
  std::set<std::string> refused;
};

void RunGroup(const std::string& name, const Json& group, Count& count) {
  if (kOtherMeaning.count(name) != 0) return;
  ++count.groups;
  std::optional<JsonSchema> schema;
  try {
    schema = JsonSchema::Compile(WithPrefixItems(group["schema"]), name);
  } catch (const Error& error) {
    count.refused.insert(name);
    EXPECT_EQ(kRefused.count(name), 1U) << error.what();
    return;
  }
  for (const Json& test : group["tests"]) {
    ++count.tests;
    const bool expected = test["valid"].get<bool>();
    EXPECT_EQ(schema->Validate(test["data"]).empty(), expected) << name << ": " << test.dump();
    EXPECT_EQ(schema->IsValid(test["data"]), expected) << name << ": " << test.dump();
  }
}

Count RunDraft(const std::string& draft) {
  Count count;
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kSuite + draft)) {
    if (entry.path().extension() == ".json") files.insert(entry.path().string());
  }
  for (const std::string& file : files) {
    const Json groups = ParseJson(ReadFile(file), file);
    for (const Json& group : groups) {
      RunGroup(std::filesystem::path(file).filename().string() + ": " +
                   group["description"].get<std::string>(),
               group, count);
    }
  }
  return count;
}

#define NEED_SUITE()                                                                \
  KEDGE_NEED("data", std::filesystem::is_directory(std::string(kSuite) + "draft7"), \
             "package json-schema-test-suite is not installed")

TEST(JsonSchemaSuite, DraftSeven) {
  NEED_SUITE();
  const Count count = RunDraft("draft7");
  EXPECT_EQ(count.refused, kRefused);
  EXPECT_GE(count.tests, 340);
  RecordProperty("tests", count.tests);
}

TEST(JsonSchemaSuite, DraftSix) {
  NEED_SUITE();
  const Count count = RunDraft("draft6");
  EXPECT_EQ(count.refused, kRefused);
  EXPECT_GE(count.tests, 320);
}

}  // namespace
}  // namespace kedge::text
