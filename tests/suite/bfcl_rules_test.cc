#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/suite/bfcl/call_matcher.h"
#include "harness/suite/bfcl/calls_text.h"
#include "harness/suite/bfcl/category.h"
#include "harness/suite/bfcl/language.h"

namespace kedge::suite::bfcl {
namespace {

Expected Simple(Language language, const char* functions, const char* answers) {
  Expected expected;
  expected.language = language;
  expected.functions = ParseJson(functions);
  expected.answers = ParseJson(answers);
  return expected;
}

constexpr char kFunctions[] =
    R"([{"name": "geo.area", "parameters": {"type": "dict", "properties": {
  "side": {"type": "integer"}, "scale": {"type": "float"}, "unit": {"type": "string"},
  "points": {"type": "array", "items": {"type": "float"}},
  "style": {"type": "dict", "properties": {}}}, "required": ["side"]}}])";
constexpr char kAnswers[] = R"([{"geo.area": {"side": [3, 4], "scale": ["", 2.0],
  "unit": ["", "Square Metre"], "points": ["", [1.0, 2.5]],
  "style": ["", {"color": ["red", "blue"], "width": ["", 2]}]}}])";

struct Case {
  const char* text;
  const char* error_type;
};

class BfclRules : public ::testing::TestWithParam<Case> {};

// The verdicts follow from the leaderboard's rules, not from this implementation.
TEST_P(BfclRules, GiveTheVerdict) {
  const auto calls = CallsFromText(Language::kPython, GetParam().text);
  ASSERT_TRUE(calls.has_value()) << GetParam().text;
  const Expected expected = Simple(Language::kPython, kFunctions, kAnswers);
  EXPECT_EQ(MatchCalls(expected, *calls).error_type, GetParam().error_type) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BfclRules,
    ::testing::Values(
        Case{"[geo.area(side=3)]", ""}, Case{"geo_area(side=4)", ""},
        Case{"[area(side=3)]", "simple_function_checker:wrong_func_name"},
        Case{"[geo.area(scale=2.0)]", "simple_function_checker:missing_required"},
        Case{"[geo.area(side=3, colour='red')]", "simple_function_checker:unexpected_param"},
        Case{"[geo.area(side=5)]", "value_error:others"},
        Case{"[geo.area(side='3')]", "type_error:simple"},
        Case{"[geo.area(side=3.0)]", "type_error:simple"},
        // An integer does for a float, but not inside of a list.
        Case{"[geo.area(side=3, scale=2)]", ""}, Case{"[geo.area(side=3, points=[1.0, 2.5])]", ""},
        Case{"[geo.area(side=3, points=[1.0, 9.5])]", "value_error:list/tuple"},
        Case{"[geo.area(side=3, unit='square-metre')]", ""},
        Case{"[geo.area(side=3, unit='SQUARE. metre')]", ""},
        Case{"[geo.area(side=3, unit='metre')]", "value_error:string"},
        Case{"[geo.area(side=3, style={'color': 'Red'})]", ""},
        Case{"[geo.area(side=3, style={'color': 'green'})]", "value_error:dict_value"},
        Case{"[geo.area(side=3, style={'width': 2})]", "value_error:dict_key"},
        Case{"[geo.area(side=3, style={'color': 'red', 'x': 1})]", "value_error:dict_key"},
        Case{"[geo.area(side=3), geo.area(side=3)]", "simple_function_checker:wrong_count"}));

TEST(Bfcl, ElementsOfAListKeepTheirType) {
  const Expected expected = Simple(Language::kPython,
                                   R"([{"name": "f", "parameters": {"properties":
                 {"a": {"type": "array", "items": {"type": "float"}}}, "required": ["a"]}}])",
                                   R"([{"f": {"a": [[1.0, 3.0]]}}])");
  EXPECT_EQ(MatchCalls(expected, {{"f", {{"a", {1, 3}}}}}).error_type, "type_error:nested");
  EXPECT_EQ(MatchCalls(expected, {{"f", {{"a", {1.0, 3.0}}}}}).error_type, "");
}

TEST(Bfcl, ReadsSourceTextOfTheLanguage) {
  const auto read = [](Language language, const char* source, const char* type,
                       const char* element = "") {
    return FromSource(language, source, type, element);
  };
  EXPECT_EQ(read(Language::kJava, "42L", "long"), 42);
  EXPECT_EQ(read(Language::kJava, "42", "long"), "42");  // no literal of the type: a text
  EXPECT_EQ(read(Language::kJava, "7", "integer"), 7);
  EXPECT_EQ(read(Language::kJava, "0.5", "double"), 0.5);
  EXPECT_EQ(read(Language::kJava, "true", "boolean"), true);
  EXPECT_EQ(read(Language::kJava, "True", "boolean"), "True");
  EXPECT_EQ(read(Language::kJava, "new int[]{2, 7}", "Array", "integer"), Json({2, 7}));
  EXPECT_EQ(read(Language::kJava, "new ArrayList<String>(Arrays.asList(\"a, b\", \"c\"))",
                 "ArrayList", "String"),
            Json({"a, b", "c"}));
  EXPECT_EQ(read(Language::kJava,
                 "new HashMap<String, Object>() {{ put(\"n\", 5); put(\"s\", "
                 "\"x;y\"); }}",
                 "HashMap"),
            Json({{"n", 5}, {"s", "x;y"}}));
  EXPECT_EQ(read(Language::kJava, "someMap", "HashMap"), "someMap");
  EXPECT_EQ(read(Language::kJavaScript, "[60, 30]", "array", "float"), Json({60.0, 30.0}));
  EXPECT_EQ(read(Language::kJavaScript, "{a: 'x', b: [1, true]}", "dict"),
            Json({{"a", "x"}, {"b", {1, true}}}));
  EXPECT_EQ(read(Language::kJavaScript, "'quoted'", "String"), "quoted");
}

TEST(Bfcl, TextThatIsNoListOfCallsIsNotDecoded) {
  for (const char* text : {"", "I need the case ID.", "[]", "[f(a=1), ]x", "f(a=1) g(b=2)", "f(1)",
                           "f(a=1, a=2)", "[f(a=1]", "f(", "1f(a=1)", "f(a=)"}) {
    EXPECT_FALSE(CallsFromText(Language::kPython, text).has_value()) << text;
  }
  EXPECT_FALSE(CallsFromResult(Language::kPython, Json::array({"prose"})).has_value());
  EXPECT_FALSE(CallsFromResult(Language::kPython, ParseJson(R"([{"f": "{\"a\": "}])")).has_value());
  EXPECT_TRUE(
      CallsFromResult(Language::kPython, ParseJson(R"([{"f": "{\"a\": 1}"}])")).has_value());
}

TEST(Bfcl, DeepNestingIsNotReadButEndsAtOnce) {
  const std::string deep = "[f(a=" + std::string(200'000, '[') + std::string(200'000, ']') + ")]";
  EXPECT_FALSE(CallsFromText(Language::kPython, deep).has_value());
  const std::string list(200'000, '[');
  EXPECT_EQ(FromSource(Language::kJava, list, "ArrayList", "any"), list);
}

TEST(Bfcl, PythonLiteralsKeepTheirTypes) {
  EXPECT_EQ(*PythonLiteral("(1, 2.0, 'a', None, True)"), Json({1, 2.0, "a", nullptr, true}));
  EXPECT_EQ(*PythonLiteral("{'a': [1], \"b\": -2}"), Json({{"a", {1}}, {"b", -2}}));
  EXPECT_EQ(*PythonLiteral(R"("it's \"so\"")"), Json("it's \"so\""));
  for (const char* text : {"name", "1 + 2", "f(x)", "{1: 2}", "[1", "true"}) {
    EXPECT_FALSE(PythonLiteral(text).has_value()) << text;
  }
}

TEST(Bfcl, UnknownCategoriesAndBrokenQuestionsAreErrors) {
  EXPECT_THROW(CategoryRules("multi_turn_base"), Error);
  const auto read = [](const char* functions, const char* answers) {
    Expected expected = CategoryRules("simple_python");
    const Document f = Document::FromJson(functions, "functions");
    const Document a = Document::FromJson(answers, "answers");
    ReadExpected(f.root(), a.root(), expected);
  };
  const char* functions =
      R"([{"name": "f", "parameters": {"properties": {"a": {"type": "integer"}}}}])";
  EXPECT_NO_THROW(read(functions, R"([{"f": {"a": [1]}}])"));
  for (const char* answers : {R"([])", R"([{}])", R"([{"g": {}}])", R"([{"f": {"a": 1}}])", R"({})",
                              R"([{"f": {"a": [1]}}, {"f": {"a": [1]}}])", R"([{"f": []}])"}) {
    EXPECT_THROW(read(functions, answers), Error) << answers;
  }
  for (const char* broken :
       {R"([])", R"([{"name": "f"}])", R"([{"name": "f", "parameters": {}}])",
        R"([{"name": "f", "parameters": {"properties": {"a": 1}}}])",
        R"([{"name": "f", "parameters": {"properties": {}, "required": 1}}])"}) {
    EXPECT_THROW(read(broken, R"([{"f": {"a": [1]}}])"), Error) << broken;
  }
}

}  // namespace
}  // namespace kedge::suite::bfcl
