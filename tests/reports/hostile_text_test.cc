#include <gmock/gmock.h>

#include <regex>

#include "harness/core/utf8.h"
#include "harness/process/run_once.h"
#include "reports/xml_text.h"
#include "tests/reports/samples.h"
#include "tests/testing/needs.h"

namespace kedge::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Text {
  const char* name;
  std::string text;

  friend void PrintTo(const Text& text, std::ostream* out) { *out << text.name; }
};

const Text kTexts[] = {
    {"script", "<script>alert(1)</script>"},
    {"attribute", "\" onmouseover=\"alert(1)"},
    {"apostrophe", "' onload='x"},
    {"cdata_end", "]]><x>"},
    {"comment", "--><!-- "},
    {"entity", "&lt;&amp;&#60;"},
    {"nul", std::string("a\0b", 3)},
    {"escape", "\x1b[31mred\x1b[0m"},
    {"bidi", "user\xE2\x80\xAEnimda"},
    {"invalid_utf8", "a\xff\xc0\x80\xed\xa0\x80z"},
    {"noncharacter", "\xEF\xBF\xBE\xEF\xBF\xBF"},
    {"newlines", "a\r\nb\n| c | d"},
    {"style", "</style><img src=http://x/>"},
    {"markdown", "![x](http://x) [y](z) `c` |cell| *b* @someone"},
};

/// Every file that a run and a gate write about `text`, by name.
std::vector<std::pair<std::string, std::string>> AllReports(const std::string& text) {
  const testing::TempFolder folder;
  // What a verdict holds comes from files that were checked when they were loaded; a trace holds
  // whatever an agent said.
  const gate::Verdict verdict = VerdictSaying(ReplaceInvalidUtf8(text));
  ReportContext context = SampleContext();
  context.title = context.generated_at = context.version = text;
  context.traces = [&](auto...) { return TraceSaying(text); };
  WriteGateHtml(folder.File("gate.html"), verdict, context);
  RunReport run({folder.File("run.html"), folder.File("run.xml"), folder.File("run.jsonl")},
                {text, text, text, text, text});
  run.Add(TraceSaying(text));
  run.Finish();
  return {{"gate.html", testing::ReadWholeFile(folder.File("gate.html"))},
          {"run.html", testing::ReadWholeFile(folder.File("run.html"))},
          {"run.xml", testing::ReadWholeFile(folder.File("run.xml"))},
          {"run.jsonl", testing::ReadWholeFile(folder.File("run.jsonl"))},
          {"gate.xml", GateJUnit(verdict)},
          {"gate.md", GateMarkdown(verdict)},
          {"gate.txt", GateText(verdict)}};
}

/// The tags of a page, without text and attribute values.
std::string Markup(const std::string& page) {
  std::string markup;
  bool in_tag = false, in_value = false;
  for (const char c : page) {
    if (!in_tag) {
      in_tag = c == '<';
    } else if (c == '"') {
      in_value = !in_value;
    } else if (in_value) {
      continue;
    }
    if (in_tag) markup += c;
    if (c == '>') in_tag = false;
  }
  return markup;
}

class HostileTextTest : public ::testing::TestWithParam<Text> {};

TEST_P(HostileTextTest, NoReportHoldsARawControlCharacterOrInvalidUtf8) {
  for (const auto& [name, bytes] : AllReports(GetParam().text)) {
    EXPECT_TRUE(IsValidUtf8(bytes)) << name;
    // JSON escapes control characters itself and keeps the agent's words otherwise.
    if (name == "run.jsonl") {
      EXPECT_EQ(bytes.find_first_of(std::string("\0\x1b\r", 3)), std::string::npos) << name;
    } else {
      EXPECT_EQ(EscapeControls(bytes), bytes) << name;
    }
  }
}

TEST_P(HostileTextTest, PagesStayBalancedAndRunNothing) {
  // Nothing that runs, loads or leads elsewhere; not even where the policy would stop it.
  const std::regex tag("<(script|img|iframe|link|object|embed|form|base|a|x)[ />]");
  const std::regex attribute(" (on[a-z]+|src|href|srcset|action|style)=");
  for (const auto& [name, bytes] : AllReports(GetParam().text)) {
    if (!name.ends_with(".html")) continue;
    EXPECT_EQ(Unbalanced(bytes), "") << name;
    const std::string markup = Markup(bytes);
    EXPECT_FALSE(std::regex_search(markup, tag)) << name;
    EXPECT_FALSE(std::regex_search(markup, attribute)) << name;
    EXPECT_THAT(bytes, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    const std::string style = bytes.substr(0, bytes.find("</style>"));
    EXPECT_THAT(style, Not(HasSubstr("url("))) << name;
    EXPECT_THAT(style, Not(HasSubstr("@import"))) << name;
  }
}

TEST_P(HostileTextTest, JUnitIsValidAgainstItsSchema) {
  KEDGE_NEED("xmllint", !testing::FindProgram("xmllint").empty(), "xmllint is not installed");
  const testing::TempFolder folder;
  for (const auto& [name, bytes] : AllReports(GetParam().text)) {
    if (!name.ends_with(".xml")) continue;
    testing::WriteFile(folder.File(name), bytes);
    process::ProcessOptions options;
    options.argv = {"xmllint",
                    "--noout",
                    "--nonet",
                    "--schema",
                    testing::SourcePath("tests/reports/junit.xsd"),
                    folder.File(name)};
    const process::RunResult result = process::RunOnce(options, "", std::chrono::seconds(30));
    EXPECT_TRUE(result.status.ok()) << name << "\n" << result.stderr_tail << bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, HostileTextTest, ::testing::ValuesIn(kTexts),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(HostileTextTest, ALongTextIsCutAndItsLengthTold) {
  const std::string text(1 << 20, 'x');
  const testing::TempFolder folder;
  trace::Trace trace = SampleTrace("champion", "t", false);
  trace.steps[0].text = text;
  RunReport run({folder.File("r.html"), folder.File("r.xml"), ""}, {});
  run.Add(trace);
  run.Finish();
  const std::string html = testing::ReadWholeFile(folder.File("r.html"));
  EXPECT_LT(html.size(), 20'000u);
  EXPECT_THAT(html, HasSubstr("x… (1048576 bytes in all)"));

  RunReport worst({folder.File("r.html"), "", ""}, {});
  trace::Trace all = TraceSaying(text);
  all.key = {};
  worst.Add(all);
  worst.Finish();
  EXPECT_LT(testing::ReadWholeFile(folder.File("r.html")).size(), 40'000u);
}

TEST(MarkdownTest, OutsideTextCannotBecomeMarkup) {
  gate::Verdict verdict = SampleVerdict(gate::VerdictKind::kBlock);
  verdict.reasons = {{"a|b", "it's <b> & *x* `y` [z](u) #1 @all ~~s~~ $m$\n# new line \\"}};
  EXPECT_THAT(GateMarkdown(verdict),
              HasSubstr("- **a\\|b**: it's &lt;b&gt; &amp; \\*x\\* \\`y\\` \\[z\\](u) \\#1 "
                        "@<!-- -->all \\~\\~s\\~\\~ \\$m\\$ \\# new line \\\\\n"));
}

TEST(XmlEscapeTest, KnownValues) {
  EXPECT_EQ(XmlEscape("a<b>&\"'\n\t"), "a&lt;b&gt;&amp;&quot;&#39;\n\t");
  EXPECT_EQ(XmlEscape(std::string("\0\x1b", 2)), "\\u{0}\\u{1B}");
  EXPECT_EQ(XmlEscape("\xff"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace kedge::reports
