#include "harness/text/json_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Json Parse(std::string_view text) { return Json::parse(text); }

JsonSchema Schema(std::string_view text) { return JsonSchema::Compile(Parse(text)); }

std::vector<std::string> Problems(std::string_view schema, std::string_view value) {
  std::vector<std::string> out;
  for (const SchemaProblem& problem : Schema(schema).Validate(Parse(value))) {
    out.push_back(problem.instance_pointer + " " + problem.keyword);
  }
  return out;
}

constexpr char kRefund[] = R"({
  "type": "object",
  "properties": {
    "order_id": {"type": "string", "pattern": "^W[0-9]{6}$"},
    "amount": {"type": "string", "pattern": "^[0-9]+\\.[0-9]{2}$"},
    "items": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true,
              "items": {"type": "object", "properties": {"sku": {"type": "string"},
                        "count": {"type": "integer", "minimum": 1}},
                        "required": ["sku"], "additionalProperties": false}},
    "reason": {"enum": ["damaged", "unwanted"]}},
  "required": ["order_id", "reason"],
  "additionalProperties": false})";

TEST(JsonSchema, AcceptsAGoodCall) {
  EXPECT_THAT(Problems(kRefund, R"({"order_id":"W000001","amount":"12.00","reason":"damaged",
                                    "items":[{"sku":"a/b","count":2},{"sku":"c"}]})"),
              IsEmpty());
}

TEST(JsonSchema, NamesEveryProblemWithItsPlace) {
  EXPECT_THAT(Problems(kRefund, R"({"order_id":7,"amount":"12","extra":1,
                         "items":[{"count":0},{"sku":"c","colour":"red"},{"sku":"x"},{"sku":"x"}]})"),
              ElementsAre("/amount pattern", "/extra additionalProperties", "/items maxItems",
                          "/items/0/count minimum", "/items/0 required",
                          "/items/1/colour additionalProperties", "/items uniqueItems",
                          "/order_id type", " required"));
}

TEST(JsonSchema, MessagesSayWhatWasFoundAndWhatIsAllowed) {
  const struct {
    std::string schema, value, message;
  } cases[] = {{R"({"type":["string","null"]})", "7", "expected null or a string, found 7"},
               {R"({"enum":["a","b"]})", R"("c")", R"("c" is not one of "a", "b")"},
               {R"({"const":1})", "[1,2]", "expected 1, found an array of 2"},
               {R"({"maximum":3})", "4.5", "4.5 is not at most 3"},
               {R"({"multipleOf":0.01})", "1.005", "1.005 is not a multiple of 0.01"},
               {R"({"maxLength":2})", R"("äöü")", "3 characters; at most 2 allowed"},
               {R"({"required":["x"]})", "{}", "'x' is missing"},
               {R"({"pattern":"^a"})", R"("b\u001b")", R"("b\u001b" does not match '^a')"},
               {R"({"contains":{"const":1},"maxContains":1})", "[1,1]", "at most 1 allowed"}};
  for (const auto& c : cases) {
    const auto problems = Schema(c.schema).Validate(Parse(c.value));
    ASSERT_EQ(problems.size(), 1U) << c.schema;
    EXPECT_THAT(problems[0].message, HasSubstr(c.message));
  }
}

// What the published suite of draft 7 cannot speak of; from the text of draft 2020-12.
TEST(JsonSchema, LaterKeywords) {
  const char* at_most_two = R"({"contains":{"type":"string"},"minContains":0,"maxContains":2})";
  EXPECT_THAT(Problems(at_most_two, R"([])"), IsEmpty());
  EXPECT_THAT(Problems(at_most_two, R"(["a",1,"b"])"), IsEmpty());
  EXPECT_THAT(Problems(at_most_two, R"(["a","b","c"])"), ElementsAre(" maxContains"));
  EXPECT_THAT(Problems(R"({"contains":{"const":1},"minContains":2})", "[1]"),
              ElementsAre(" minContains"));
  EXPECT_THAT(Problems(R"({"minContains":2})", "[1]"), IsEmpty());  // nothing without contains
  EXPECT_THAT(Problems(R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})",
                       R"(["a",1,"b"])"),
              ElementsAre("/2 type"));
  // Siblings of $ref count.
  EXPECT_THAT(
      Problems(R"({"$defs":{"t":{"type":"string"}},"$ref":"#/$defs/t","maxLength":1})", R"("ab")"),
      ElementsAre(" maxLength"));
}

TEST(JsonSchema, NumbersBeyondDoublesAreCompared) {
  EXPECT_THAT(Problems(R"({"maximum":9007199254740992})", "9007199254740993"),
              ElementsAre(" maximum"));
  EXPECT_THAT(Problems(R"({"enum":[18446744073709551615]})", "-1"), ElementsAre(" enum"));
  EXPECT_THAT(Problems(R"({"multipleOf":2})", "9007199254740993"), ElementsAre(" multipleOf"));
  EXPECT_THAT(Problems(R"({"multipleOf":2})", "-9223372036854775808"), IsEmpty());
  EXPECT_THAT(Problems(R"({"type":"integer"})", "1e300"), IsEmpty());
}

TEST(JsonSchema, BadSchemasAreRefusedWithTheirPlace) {
  const struct {
    std::string schema, field, message;
  } cases[] = {
      {R"({"tpye":"string"})", "/tpye", "unknown keyword 'tpye'"},
      {R"({"properties":{"a":{"maxlength":3}}})", "/properties/a/maxlength", "unknown keyword"},
      {R"({"$defs":{"unused":{"typ":1}}})", "/$defs/unused/typ", "unknown keyword"},
      {R"({"type":"text"})", "/type", "unknown type"},
      {R"({"type":[]})", "/type", "type name"},
      {R"({"enum":[]})", "/enum", "array with a value"},
      {R"({"minimum":"1"})", "/minimum", "expected a number"},
      {R"({"multipleOf":0})", "/multipleOf", "above 0"},
      {R"({"minLength":-1})", "/minLength", "whole number"},
      {R"({"maxItems":1.5})", "/maxItems", "whole number"},
      {R"({"maxItems":1e300})", "/maxItems", "whole number"},
      {R"({"pattern":"("})", "/pattern", "missing )"},
      {R"x({"patternProperties":{"(?!a)":{}}})x", "/patternProperties/(?!a)", "invalid perl"},
      {R"({"properties":[]})", "/properties", "object of schemas"},
      {R"({"properties":{"a":3}})", "/properties/a", "a schema is"},
      {R"({"required":["a","a"]})", "/required", "named twice"},
      {R"({"required":"a"})", "/required", "array of names"},
      {R"({"items":[{}]})", "/items", "prefixItems"},
      {R"({"allOf":[]})", "/allOf", "array with a schema"},
      {R"({"not":[]})", "/not", "a schema is"},
      {R"({"uniqueItems":1})", "/uniqueItems", "true or false"},
      {R"({"$ref":"other.json"})", "/$ref", "inside this document"},
      {R"({"$ref":"#/no/such"})", "/$ref", "points nowhere"},
      {R"({"$ref":"#name"})", "/$ref", "inside this document"},
      {R"({"items":{"$id":"x"}})", "/items/$id", "unknown keyword"},
      {R"({"$ref":"#"})", "/", "refers to itself"},
      {R"({"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}})", "",
       "refers to itself"},
      {R"("string")", "/", "a schema is"},
      {"null", "/", "a schema is"}};
  for (const auto& c : cases) {
    try {
      JsonSchema::Compile(Parse(c.schema), "tools.yaml");
      ADD_FAILURE() << c.schema;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_EQ(error.file(), "tools.yaml");
      EXPECT_TRUE(c.field.empty() || error.field() == c.field) << error.field();
      EXPECT_THAT(error.what(), HasSubstr(c.message));
    }
  }
}

TEST(JsonSchema, ReferencesAreEscapedPointers) {
  const char* schema = R"({"$defs":{"a~b":{"type":"integer"},"c/d":{"type":"string"},
      "e%f":{"type":"null"}},"properties":{"x":{"$ref":"#/$defs/a~0b"},
      "y":{"$ref":"#/$defs/c~1d"},"z":{"$ref":"#/$defs/e%25f"}}})";
  EXPECT_THAT(Problems(schema, R"({"x":1,"y":"s","z":null})"), IsEmpty());
  EXPECT_THAT(Problems(schema, R"({"x":"s","y":null,"z":1})"),
              ElementsAre("/x type", "/y type", "/z type"));
}

TEST(JsonSchema, RecursiveSchemasFollowTheValue) {
  const JsonSchema tree = Schema(
      R"({"properties":{"v":{"type":"integer"},"next":{"$ref":"#"}},"additionalProperties":false})");
  EXPECT_TRUE(tree.IsValid(Parse(R"({"v":1,"next":{"v":2,"next":{}}})")));
  const auto problems = tree.Validate(Parse(R"({"next":{"next":{"v":"x"}}})"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].instance_pointer, "/next/next/v");
}

// A schema that doubles the work at each level of the value must not be a way to hang the harness,
// and running out of checks must not read as a match inside `not`.
TEST(JsonSchema, WorkIsBounded) {
  Json value = 1;
  for (int i = 0; i < 60; ++i) value = Json{{"a", value}};
  const char* doubling = R"({"$defs":{"d":{"type":"object","allOf":[
      {"properties":{"a":{"anyOf":[{"$ref":"#/$defs/d"},{"$ref":"#/$defs/d"}]}}},
      {"properties":{"a":{"anyOf":[{"$ref":"#/$defs/d"},{"$ref":"#/$defs/d"}]}}}]}},
      "$ref":"#/$defs/d"})";
  const auto problems = Schema(doubling).Validate(value);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.back().keyword, "limit");
  Json negated = Parse(doubling);
  negated["not"] = {{"$ref", negated["$ref"]}};
  negated.erase("$ref");
  EXPECT_FALSE(JsonSchema::Compile(negated).IsValid(value));
  EXPECT_EQ(JsonSchema::Compile(negated).Decide(value), std::nullopt);
  EXPECT_EQ(JsonSchema::Compile(negated).Decide(Json::object()), false);
  EXPECT_EQ(JsonSchema::Compile(negated).Decide(1), true);
}

TEST(JsonSchema, DeepValuesAndSchemasAreRefusedNotCrashedOn) {
  Json deep = 1;
  for (int i = 0; i < 5000; ++i) deep = Json::array({std::move(deep)});
  const JsonSchema nested = Schema(R"({"items":{"$ref":"#"}})");
  const auto problems = nested.Validate(deep);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].keyword, "limit");
  Json schema = true;
  for (int i = 0; i < 200; ++i) schema = Json{{"not", std::move(schema)}};
  EXPECT_THROW(JsonSchema::Compile(schema), Error);
}

TEST(JsonSchema, TheListOfProblemsIsBounded) {
  Json value = Json::array();
  for (int i = 0; i < 10000; ++i) value.push_back(i);
  EXPECT_EQ(Schema(R"({"items":{"type":"string"}})").Validate(value).size(), 64U);
}

TEST(JsonSchema, LargeArraysAreCheckedForDuplicatesQuickly) {
  Json value = Json::array();
  for (int i = 0; i < 200000; ++i) value.push_back((i * 7919) % 200003);
  EXPECT_TRUE(Schema(R"({"uniqueItems":true})").IsValid(value));
}

}  // namespace
}  // namespace kedge::text
