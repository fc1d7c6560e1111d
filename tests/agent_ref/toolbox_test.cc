#include "agent_ref/toolbox.h"

#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

Argument Of(const char* type, std::vector<Json> allowed = {}) {
  Argument argument;
  argument.json_type = type;
  argument.allowed = std::move(allowed);
  return argument;
}

TEST(Fit, TurnsValuesIntoWhatTheSchemaWants) {
  EXPECT_EQ(Fit(Of("string"), "a"), Json("a"));
  EXPECT_EQ(Fit(Of("string"), 12), Json("12"));
  EXPECT_EQ(Fit(Of("integer"), "12"), Json(12));
  EXPECT_EQ(Fit(Of("number"), "12.5"), Json(12.5));
  EXPECT_EQ(Fit(Of("array"), "a"), Json::array({"a"}));
  EXPECT_EQ(Fit(Of("string", {"Low", "High"}), "high"), Json("High"));
  EXPECT_EQ(Fit(Of(""), true), Json(true));
}

TEST(Fit, NullWhenItCannotBe) {
  EXPECT_TRUE(Fit(Of("integer"), "12.5").is_null());
  EXPECT_TRUE(Fit(Of("integer"), "a").is_null());
  EXPECT_TRUE(Fit(Of("string"), true).is_null());
  EXPECT_TRUE(Fit(Of("string", {"Low"}), "high").is_null());
}

TEST(Toolbox, ReadsSchemasAndTypes) {
  world::ToolSpec spec;
  spec.name = "t";
  spec.writes = true;
  spec.arguments = ParseJson(R"({"type": "object", "required": ["a"], "properties": {
      "a": {"type": "string"}, "b": {"const": 5}, "c": {"type": "integer", "default": 1}}})");
  spec.argument_types = {{"a", "thing"}};
  spec.result_types = {{"x", "other"}};
  const Toolbox box({spec});
  const Tool* tool = box.Find("t");
  ASSERT_NE(tool, nullptr);
  EXPECT_EQ(tool->arguments[0].type, "thing");
  EXPECT_TRUE(tool->arguments[0].required);
  EXPECT_EQ(tool->arguments[1].type, "b");
  EXPECT_EQ(tool->arguments[1].allowed, std::vector<Json>{5});
  EXPECT_EQ(tool->arguments[2].fallback, 1);
  EXPECT_TRUE(tool->Takes("thing"));
  EXPECT_TRUE(tool->Takes("a"));
  EXPECT_TRUE(tool->Offers("other"));
  EXPECT_FALSE(tool->Offers("x"));
  EXPECT_TRUE(box.IsFor({spec}));
  spec.description = "changed";
  EXPECT_FALSE(box.IsFor({spec}));
  EXPECT_EQ(box.Find("u"), nullptr);
}

// Schemas come from outside: odd ones must not throw.
TEST(Toolbox, BearsOddSchemas) {
  world::ToolSpec spec;
  spec.name = "t";
  for (const char* schema :
       {"null", "[]", "{}", R"({"properties": 5})", R"({"required": "a", "properties": {"a": 1}})",
        R"({"properties": {"a": {"enum": 3, "type": ["string", "null"]}}})"}) {
    spec.arguments = ParseJson(schema);
    EXPECT_EQ(Toolbox({spec}).tools().size(), 1u) << schema;
  }
}

}  // namespace
}  // namespace kedge::agent_ref
