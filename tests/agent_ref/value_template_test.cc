#include "agent_ref/value_template.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

std::optional<Json> Values(const std::string& name) {
  if (name == "n") return Json(7);
  if (name == "t") return Json("text");
  return std::nullopt;
}

std::optional<Json> Render(const char* json) {
  return ValueTemplate::Parse(Document::FromJson(json, "t").root()).Render(Values);
}

TEST(ValueTemplate, FillsPlaceholdersAndKeepsTypes) {
  EXPECT_EQ(Render(R"("{n}")"), Json(7));
  EXPECT_EQ(Render(R"("{n} of {t}")"), Json("7 of text"));
  EXPECT_EQ(Render(R"("a {{brace}")"), Json("a {brace}"));
  EXPECT_EQ(Render(R"({"a": ["{n}", 1, true], "b": {"c": "{t}"}})"),
            ParseJson(R"({"a": [7, 1, true], "b": {"c": "text"}})"));
}

TEST(ValueTemplate, AnUnknownValueMakesItUnknown) {
  EXPECT_EQ(Render(R"(["{n}", "{x}"])"), std::nullopt);
  EXPECT_EQ(Render(R"("say {x}")"), std::nullopt);
}

TEST(ValueTemplate, BrokenTemplatesAreErrors) {
  for (const char* json : {R"("{")", R"("{n")", R"("{}")", R"("{a b}")", R"("{n.x}")"}) {
    EXPECT_THROW(Render(json), Error) << json;
  }
}

}  // namespace
}  // namespace kedge::agent_ref
