#include "harness/world/text_template.h"

#include <gtest/gtest.h>

namespace kedge::world {
namespace {

TEST(TextTemplate, FillsInNamesAndLeavesOtherBracesAlone) {
  const Json values = {{"a", "x"},  {"n", 3},        {"f", 2.5},
                       {"b", true}, {"l", {1, "y"}}, {"z", nullptr}};
  const struct {
    const char* text;
    const char* rendered;
  } cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"{a}", "x"},
      {"{a}{a}-{n}", "xx-3"},
      {"{f} {b} {l}", "2.5 true [1,\"y\"]"},
      {"[{z}] [{missing}]", "[] []"},
      {"{{a}} is {a}", "{a} is x"},
      {R"(^\d{3}[{]x{2,}$)", R"(^\d{3}[{]x{2,}$)"},
      {R"({"k": {"v": 1}})", R"({"k": {"v": 1}})"},
      {"{", "{"},
      {"{a", "{a"},
      {"{ a }", "{ a }"},
      {"{{", "{{"},
      {"{{a}", "{x"},
      {"}{a}}", "}x}"},
  };
  for (const auto& c : cases) EXPECT_EQ(TextTemplate(c.text).Render(values), c.rendered) << c.text;
}

TEST(TextTemplate, OnePlaceholderKeepsItsType) {
  const Json values = {{"n", 3}, {"l", {1}}};
  EXPECT_EQ(TextTemplate("{n}").RenderValue(values), 3);
  EXPECT_EQ(TextTemplate("{l}").RenderValue(values), Json({1}));
  EXPECT_EQ(TextTemplate("{n} ").RenderValue(values), "3 ");
  EXPECT_EQ(TextTemplate("{n}{n}").RenderValue(values), "33");
  EXPECT_EQ(TextTemplate("{missing}").RenderValue(values), nullptr);
  EXPECT_EQ(TextTemplate("{{n}}").RenderValue(values), "{n}");
}

TEST(TextTemplate, ListsItsNames) {
  EXPECT_EQ(TextTemplate("{b} {a} {b} {{c}} {1}").names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(PlaceholdersIn(Json{{"{key}", {"{x}", {{"k", "{y} {x}"}}, 3}}}),
            (std::vector<std::string>{"x", "y"}));
}

TEST(RenderJson, ReachesEveryStringButNoKey) {
  const Json value = {{"{k}", {"{n}", "n={n}", 7, {{"deep", "{n}"}}}}};
  EXPECT_EQ(RenderJson(value, {{"n", 2}, {"k", "no"}}),
            Json({{"{k}", {2, "n=2", 7, {{"deep", 2}}}}}));
}

}  // namespace
}  // namespace kedge::world
