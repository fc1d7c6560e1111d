#include "agent_ref/value_template.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

std::optional<Json> ValueOf(const std::string& name) {
  if (name == "n") return Json(7);
  if (name == "t") return Json("text");
  return std::nullopt;
}

std::optional<Json> Rendered(const char* json) {
  return ValueTemplate::Parse(Document::FromJson(json, "t").root()).Render(ValueOf);
}

TEST(ValueTemplate, FillsPlaceholdersAndKeepsTypes) {
  EXPECT_EQ(Rendered(R"("{n}")"), Json(7));
  EXPECT_EQ(Rendered(R"("{n} of {t}")"), Json("7 of text"));
  EXPECT_EQ(Rendered(R"("a {{brace}")"), Json("a {brace}"));
  EXPECT_EQ(Rendered(R"({"a": ["{n}", 1, true], "b": {"c": "{t}"}})"),
            ParseJson(R"({"a": [7, 1, true], "b": {"c": "text"}})"));
}

TEST(ValueTemplate, AnUnknownValueMakesItUnknown) {
  EXPECT_EQ(Rendered(R"(["{n}", "{x}"])"), std::nullopt);
  EXPECT_EQ(Rendered(R"("say {x}")"), std::nullopt);
}

TEST(ValueTemplate, BrokenTemplatesAreErrors) {
  for (const char* json : {R"("{")", R"("{n")", R"("{}")", R"("{a b}")", R"("{n.x}")"}) {
    EXPECT_THROW(Rendered(json), Error) << json;
  }
}

}  // namespace
}  // namespace kedge::agent_ref
