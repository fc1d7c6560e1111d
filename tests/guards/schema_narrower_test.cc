#include "guards/schema_narrower.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {
namespace {

struct NarrowerCase {
  const char* narrow;
  const char* wide;
  Answer answer;
};

class SchemaNarrowerTest : public ::testing::TestWithParam<NarrowerCase> {};

TEST_P(SchemaNarrowerTest, Decides) {
  const Narrowness found = IsNarrower(Json::parse(GetParam().narrow), Json::parse(GetParam().wide));
  EXPECT_EQ(found.answer, GetParam().answer) << found.where << ": " << found.why;
  EXPECT_EQ(found.answer == Answer::kYes, found.why.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, SchemaNarrowerTest,
    ::testing::Values(
        NarrowerCase{"{}", "{}", Answer::kYes},
        NarrowerCase{R"({"type": "string"})", "{}", Answer::kYes},
        NarrowerCase{"{}", R"({"type": "string"})", Answer::kNo},
        NarrowerCase{R"({"type": "integer"})", R"({"type": "number"})", Answer::kYes},
        NarrowerCase{R"({"type": "number"})", R"({"type": "integer"})", Answer::kNo},
        NarrowerCase{R"({"enum": ["a"]})", R"({"enum": ["a", "b"]})", Answer::kYes},
        NarrowerCase{R"({"enum": ["a", "c"]})", R"({"enum": ["a", "b"]})", Answer::kNo},
        NarrowerCase{R"({"enum": [1, 2]})", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{R"({"enum": [1, 3]})", R"({"maximum": 2})", Answer::kNo},
        NarrowerCase{R"({"enum": [1, 3], "maximum": 1})", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{R"({"maximum": 1})", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{R"({"maximum": 2})", R"({"exclusiveMaximum": 2})", Answer::kNo},
        NarrowerCase{R"({"exclusiveMaximum": 2})", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{R"({"type": "string"})", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{R"({"pattern": "^a"})", R"({"pattern": "^a"})", Answer::kYes},
        NarrowerCase{R"({"pattern": "^ab"})", R"({"pattern": "^a"})", Answer::kUnknown},
        NarrowerCase{R"({"minLength": 3})", R"({"minLength": 2})", Answer::kYes},
        NarrowerCase{R"({"required": ["a", "b"]})", R"({"required": ["a"]})", Answer::kYes},
        NarrowerCase{R"({"required": ["b"]})", R"({"required": ["a"]})", Answer::kNo},
        NarrowerCase{R"({"properties": {"a": {"maximum": 1}}, "additionalProperties": false})",
                     R"({"properties": {"a": {"maximum": 5}}})", Answer::kYes},
        NarrowerCase{R"({"properties": {"a": {}}})", R"({"properties": {"a": {"maximum": 5}}})",
                     Answer::kNo},
        NarrowerCase{R"({"properties": {"b": {}}, "additionalProperties": false})",
                     R"({"additionalProperties": false})", Answer::kNo},
        NarrowerCase{R"({"patternProperties": {"^x": true}, "additionalProperties": false})",
                     R"({"additionalProperties": false})", Answer::kUnknown},
        NarrowerCase{R"({"items": {"maximum": 1}, "maxItems": 2})", R"({"items": {"maximum": 3}})",
                     Answer::kYes},
        NarrowerCase{R"({"contains": {"const": 1}, "minContains": 0})",
                     R"({"contains": {"const": 1}})", Answer::kUnknown},
        NarrowerCase{R"({"allOf": [{"maximum": 1}, {"minimum": 0}]})",
                     R"({"allOf": [{"maximum": 2}]})", Answer::kYes},
        NarrowerCase{R"({"allOf": [{"maximum": 1}]})", R"({"maximum": 2})", Answer::kUnknown},
        NarrowerCase{R"({"anyOf": [{"const": 1}, {"const": 2}]})", R"({"maximum": 2})",
                     Answer::kYes},
        NarrowerCase{R"({"not": {"const": 1}})", R"({"not": {"const": 1}})", Answer::kYes},
        NarrowerCase{R"({"$ref": "#/$defs/a", "$defs": {"a": {}}})",
                     R"({"$ref": "#/$defs/a", "$defs": {"a": {"maximum": 1}}})", Answer::kUnknown},
        NarrowerCase{"false", R"({"maximum": 2})", Answer::kYes},
        NarrowerCase{"true", R"({"maximum": 2})", Answer::kNo}));

TEST(SchemaNarrower, RefusesWhatIsNoSchema) {
  EXPECT_THROW(IsNarrower(Json{{"type", 3}}, Json::object()), Error);
  EXPECT_THROW(IsNarrower(Json::object(), Json{{"pattern", "("}}), Error);
}

Json RandomValue(Random& dice, int depth) {
  switch (dice.Below(depth > 0 ? 6 : 4)) {
    case 0:
      return static_cast<std::int64_t>(dice.Below(5));
    case 1:
      return std::string(dice.Below(4), "ab"[dice.Below(2)]);
    case 2:
      return dice.Bernoulli(0.5);
    case 3:
      return static_cast<double>(dice.Below(9)) / 2;
    case 4: {
      Json list = Json::array();
      for (std::uint64_t n = dice.Below(4); n > 0; --n)
        list.push_back(RandomValue(dice, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (const char* name : {"a", "b", "x"}) {
        if (dice.Bernoulli(0.5)) object[name] = RandomValue(dice, depth - 1);
      }
      return object;
    }
  }
}

Json RandomSchema(Random& dice, int depth) {
  if (dice.Below(12) == 0) return dice.Bernoulli(0.5);
  Json schema = Json::object();
  const auto number = [&] { return static_cast<std::int64_t>(dice.Below(4)); };
  for (std::uint64_t n = dice.Below(4); n > 0; --n) {
    switch (dice.Below(depth > 0 ? 18 : 11)) {
      case 0:
        schema["type"] = std::vector<const char*>{"integer", "number", "string",
                                                  "object",  "array",  "boolean"}[dice.Below(6)];
        break;
      case 1:
        schema["enum"] = {RandomValue(dice, 0), RandomValue(dice, 0), RandomValue(dice, 1)};
        break;
      case 2:
        schema["minimum"] = number();
        break;
      case 3:
        schema["maximum"] = number();
        break;
      case 4:
        schema["exclusiveMinimum"] = number();
        break;
      case 5:
        schema["minLength"] = number();
        break;
      case 6:
        schema["maxLength"] = number();
        break;
      case 7:
        schema["pattern"] = dice.Bernoulli(0.5) ? "^a" : "b$";
        break;
      case 8:
        schema["required"] = dice.Bernoulli(0.5) ? Json{"a"} : Json{"a", "b"};
        break;
      case 9:
        schema[dice.Bernoulli(0.5) ? "maxItems" : "minItems"] = number();
        break;
      case 10:
        schema["uniqueItems"] = dice.Bernoulli(0.5);
        break;
      case 11:
        schema["properties"][dice.Bernoulli(0.5) ? "a" : "b"] = RandomSchema(dice, depth - 1);
        break;
      case 12:
        schema["additionalProperties"] = RandomSchema(dice, depth - 1);
        break;
      case 13:
        schema["items"] = RandomSchema(dice, depth - 1);
        break;
      case 14:
        schema["allOf"] = {RandomSchema(dice, depth - 1), RandomSchema(dice, depth - 1)};
        break;
      case 15:
        schema["anyOf"] = {RandomSchema(dice, depth - 1), RandomSchema(dice, depth - 1)};
        break;
      case 16:
        schema["patternProperties"]["^x"] = RandomSchema(dice, depth - 1);
        break;
      default:
        schema["contains"] = RandomSchema(dice, depth - 1);
        if (dice.Bernoulli(0.5)) schema["minContains"] = number();
    }
  }
  return schema;
}

// A schema near another one, so that many pairs really are narrower.
Json Variation(const Json& schema, Random& dice) {
  if (!schema.is_object() || dice.Below(4) == 0) return schema;
  Json varied = schema;
  const Json extra = RandomSchema(dice, 1);
  if (extra.is_object()) {
    for (const auto& [keyword, value] : extra.items()) varied[keyword] = value;
  }
  return varied;
}

// The validator is the judge: a yes must hold for every value that can be tried.
TEST(SchemaNarrower, AYesHoldsForRandomValues) {
  Random dice(7);
  int yes = 0;
  for (int pair = 0; pair < 6000; ++pair) {
    const Json wide = RandomSchema(dice, 2);
    const Json narrow = Variation(wide, dice);
    if (IsNarrower(narrow, wide).answer != Answer::kYes) continue;
    yes += narrow != wide;
    const auto inner = text::JsonSchema::Compile(narrow);
    const auto outer = text::JsonSchema::Compile(wide);
    for (int trial = 0; trial < 60; ++trial) {
      const Json value = RandomValue(dice, 2);
      ASSERT_TRUE(!inner.IsValid(value) || outer.IsValid(value))
          << narrow << " is no narrower than " << wide << ": " << value;
    }
  }
  EXPECT_GT(yes, 500);
}

}  // namespace
}  // namespace kedge::guards
