// The small readers beside the packs: links, shell lines, paths, importer, tails, broken files.

#include <gtest/gtest.h>

#include "guards/detect/canonical_path.h"
#include "guards/detect/channel_tail.h"
#include "guards/detect/checksums.h"
#include "guards/detect/detector.h"
#include "guards/detect/link_finder.h"
#include "guards/detect/pack_reader.h"
#include "guards/detect/rule_import.h"
#include "guards/detect/scan_engine.h"
#include "guards/detect/shell_command.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

using ::kedge::testing::ErrorOf;

struct LinkCase {
  const char* text;
  const char* shape;  // nullptr: no foreign link
  const char* host;
};

class LinkTest : public ::testing::TestWithParam<LinkCase> {};

TEST_P(LinkTest, IsSeenWithItsHost) {
  const HostList allowed({"good.example", "*.cdn.example"});
  const std::vector<Link> links = FindForeignLinks(GetParam().text, allowed);
  if (GetParam().shape == nullptr) {
    EXPECT_TRUE(links.empty()) << links[0].shape << " " << links[0].host;
    return;
  }
  ASSERT_FALSE(links.empty());
  EXPECT_EQ(links[0].shape, GetParam().shape);
  EXPECT_EQ(links[0].host, GetParam().host);
}

INSTANTIATE_TEST_SUITE_P(
    Links, LinkTest,
    ::testing::Values(
        LinkCase{"![a](https://evil.example/x?d=1)", "image", "evil.example"},
        LinkCase{"![a](<https://evil.example/a b>)", "image", "evil.example"},
        LinkCase{"[a](//evil.example)", "link", "evil.example"},
        LinkCase{"[a][1]\n\n[1]: https://evil.example", "reference", "evil.example"},
        LinkCase{"<img alt=x SRC='https://evil.example/p'>", "html", "evil.example"},
        LinkCase{"{\"h\": \"<a href=\\\"http://evil.example/\\\">\"}", "html", "evil.example"},
        LinkCase{"<div style=\"background:url(https://evil.example/p)\">", "html", "evil.example"},
        LinkCase{"<meta http-equiv=refresh content=\"0;url=https://evil.example\">", "html",
                 "evil.example"},
        LinkCase{"<https://evil.example/x>", "autolink", "evil.example"},
        LinkCase{"see https://EVIL.example.", "autolink", "evil.example"},
        LinkCase{"https://good.example@evil.example/", "autolink", "evil.example"},
        LinkCase{"https://good.example\\@evil.example/", "autolink", ""},
        LinkCase{"https://g\xC3\xB6\xC3\xB6"
                 "d.example/",
                 "autolink", "xn--gd-fkaa.example"},
        LinkCase{"https://good.example.evil.example/", "autolink", "good.example.evil.example"},
        LinkCase{"https://good.example:8443/x", nullptr, nullptr},
        LinkCase{"https://a.cdn.example/x", nullptr, nullptr},
        LinkCase{"https://cdn.example/x", "autolink", "cdn.example"},
        LinkCase{"![a](pics/a.png) [b](#x)", nullptr, nullptr}));

TEST(HostListTest, RefusesWhatIsNoHost) {
  for (const char* host : {"", "https://x", "a b", "x/y", "*."}) {
    EXPECT_EQ(ErrorOf([&] { HostList({host}); }).kind(), ErrorKind::kBadData) << host;
  }
}

TEST(EgressPackTest, LeavesOutAllowedHosts) {
  const std::string text = "![x](https://good.example/a) ![y](https://evil.example/b)";
  EXPECT_EQ(DetectorPack::Find("markdown-egress/v1")->Scan(text).size(), 2U);
  const auto pack = DetectorPack::Combine({"markdown-egress/v1"}, {"good.example"});
  ASSERT_EQ(pack->Scan(text).size(), 1U);
  EXPECT_EQ(pack->Scan(text)[0].begin, text.find("![y]"));
  EXPECT_NE(pack->digest(), DetectorPack::Find("markdown-egress/v1")->digest());
}

TEST(ShellTest, ReadsPlainCommands) {
  const auto commands =
      ParseShellLine("cd /srv && cp 'a b' \"c\\\"d\" e\\ f > out 2>&1; ls -l | grep x # done");
  ASSERT_TRUE(commands) << commands.error().what();
  ASSERT_EQ(commands->size(), 4U);
  EXPECT_EQ((*commands)[1].argv, (std::vector<std::string>{"cp", "a b", "c\"d", "e f"}));
  EXPECT_EQ((*commands)[1].writes, (std::vector<std::string>{"out"}));
  EXPECT_EQ((*commands)[3].argv, (std::vector<std::string>{"grep", "x"}));
}

TEST(ShellTest, RefusesWhatTheWordsDoNotSay) {
  for (const char* line : {"rm $HOME",
                           "rm `ls`",
                           "rm \"$(ls)\"",
                           "rm *",
                           "rm {a,b}",
                           "cat <<x",
                           "(rm x)",
                           "eval rm x",
                           "sh -c 'rm x'",
                           "bash -c x",
                           "python3 -c x",
                           "find . -exec rm x",
                           "find . -fprint /etc/x",
                           "X=1 rm",
                           "rm 'x",
                           "rm x\\",
                           "> x",
                           "ls >",
                           "rm ~root/x",
                           "if true",
                           "env rm x",
                           "xargs rm",
                           "rm \xE2\x80\x8Bx",
                           "cat <(ls)",
                           "/usr/bin/env rm",
                           "awk x"}) {
    EXPECT_FALSE(ParseShellLine(line)) << line;
  }
}

TEST(PathTest, IsCanonicalOrRefused) {
  const auto canonical = [](const char* path) {
    return CanonicalPath(path, "/site", "/home/a").value_or("refused");
  };
  EXPECT_EQ(canonical("a/./b//c/.."), "/site/a/b");
  EXPECT_EQ(canonical("../../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(canonical("/site/../etc/./shadow"), "/etc/shadow");
  EXPECT_EQ(canonical("~/.ssh/id"), "/home/a/.ssh/id");
  EXPECT_EQ(canonical("/"), "/");
  for (const char* path : {"", "~root/x", "$HOME/x", "a*", "a\nb", "a\xE2\x80\x8B", "a\xFF"}) {
    EXPECT_EQ(canonical(path), "refused") << path;
  }
  EXPECT_TRUE(IsBelow("/etc/x", "/etc"));
  EXPECT_FALSE(IsBelow("/etcetera", "/etc"));
}

TEST(TailTest, JoinsWhatWasSplit) {
  ChannelTail tail;
  EXPECT_EQ(tail.Push("u", "abc").text, "abc");
  EXPECT_EQ(tail.Push("v", "x").offset, 0U);
  const auto joined = tail.Push("u", std::string(300, 'd'));
  EXPECT_EQ(joined.offset, 3U);
  EXPECT_EQ(tail.Push("u", "e").text, std::string(256, 'd') + "e");
}

TEST(TailTest, LeavesComeInTheSchemasOrder) {
  const Json schema = ParseJson(
      R"({"required": ["subject", "body"], "properties": {"body": {}, "subject": {}, "cc": {}}})");
  const Json arguments =
      ParseJson(R"({"body": "ious", "cc": ["c", 1], "subject": "prev", "a": "z"})");
  EXPECT_EQ(JoinedLeaves(arguments, schema), "previousc1z");
}

TEST(ChecksumTest, EverySingleWrongDigitIsNoticed) {
  struct Case {
    const char* name;
    std::string valid;
  };
  for (const Case& test : {Case{"luhn", "79927398713"}, Case{"verhoeff", "2363"},
                           Case{"iban", "GB82WEST12345698765432"}, Case{"isin", "US0378331005"},
                           Case{"lei", "529900T8BM49AURSDO55"}}) {
    const Checksum valid = FindChecksum(test.name);
    ASSERT_NE(valid, nullptr) << test.name;
    EXPECT_TRUE(valid(test.valid)) << test.name;
    for (std::size_t i = 0; i < test.valid.size(); ++i) {
      for (char c = '0'; c <= '9'; ++c) {
        std::string wrong = test.valid;
        if (wrong[i] < '0' || wrong[i] > '9' || wrong[i] == c) continue;
        wrong[i] = c;
        EXPECT_FALSE(valid(wrong)) << test.name << " " << wrong;
      }
    }
  }
}

TEST(ImportTest, ReadsRulesKeywordsEntropyAndAllowLists) {
  const RulePack pack = ImportTomlRules(R"(
[allowlist]
stopwords = ["example"]
[[rules]]
id = "acme"
regex = '''\b(acme_[a-z0-9]{16})\b'''
keywords = ["acme_"]
entropy = 3
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''fixture''']
[[rules]]
id = "path-only"
path = "x"
)",
                                        "rules.toml");
  ASSERT_EQ(pack.rules.size(), 1U);
  const ScanEngine engine({pack.rules[0].get()}, HostList());
  EXPECT_EQ(engine.Scan("key acme_a1b2c3d4e5f6g7h8", false).size(), 1U);
  EXPECT_TRUE(engine.Scan("key acme_aaaaaaaaaaaaaaaa", false).empty());
  EXPECT_TRUE(engine.Scan("fixture acme_a1b2c3d4e5f6g7h8", false).empty());
  EXPECT_TRUE(engine.Scan("key acme_example5f6g7h8ab", false).empty());
}

TEST(ImportTest, RunsAPublishedRuleSet) {
  KEDGE_NEED_DATA();
  const auto pack = DetectorPack::Find(testing::SharedPath("data/guard-secrets/gitleaks.toml"));
  EXPECT_GE(pack->rules(), 220U);
  EXPECT_TRUE(pack->Matches("token: ghp_" + std::string("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6")));
  EXPECT_FALSE(pack->Matches("nothing to see here"));
}

struct BrokenPack {
  const char* text;
  const char* word;  // in the message
};

class BrokenPackTest : public ::testing::TestWithParam<BrokenPack> {};

TEST_P(BrokenPackTest, IsRefusedWithItsPlace) {
  const Error error = ErrorOf([] { CheckExamples(ReadRulePack({{"p.yaml", GetParam().text}})); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  EXPECT_NE(std::string(error.what()).find("p.yaml"), std::string::npos) << error.what();
  EXPECT_NE(std::string(error.what()).find(GetParam().word), std::string::npos) << error.what();
}

#define KEDGE_PACK "version: detectors/v1\npack: p/v1\nkind: secret\nrules:\n"
INSTANTIATE_TEST_SUITE_P(
    Files, BrokenPackTest,
    ::testing::Values(
        BrokenPack{"pack: p\n", "version"},
        BrokenPack{"version: detectors/v2\npack: p\nkind: secret\nrules: []\n", "detectors/v1"},
        BrokenPack{"version: detectors/v1\npack: p\nkind: odd\nrules: []\n", "kind"},
        BrokenPack{KEDGE_PACK "- {id: a, keyword: [x], examples: {}}\n", "keyword"},
        BrokenPack{KEDGE_PACK "- {id: a, keywords: [x], examples: {match: [x]}}\n", "exactly one"},
        BrokenPack{KEDGE_PACK "- {id: a, pattern: x, examples: {match: [x]}}\n", "keywords"},
        BrokenPack{KEDGE_PACK "- {id: a, keywords: [x], pattern: x, examples: {}}\n", "match"},
        BrokenPack{KEDGE_PACK "- {id: a, keywords: [x], pattern: x, examples: {match: [y]}}\n",
                   "should match"},
        BrokenPack{KEDGE_PACK
                   "- {id: a, keywords: [x], pattern: x, examples: {match: [x], no_match: [ax]}}\n",
                   "should not match"},
        BrokenPack{KEDGE_PACK "- {id: a, finder: nose, examples: {match: [x]}}\n", "nose"},
        BrokenPack{KEDGE_PACK
                   "- {id: a, keywords: [x], pattern: x, checksum: odd, examples: {match: [x]}}\n",
                   "checksum"},
        BrokenPack{KEDGE_PACK "- {id: a, keywords: [x], pattern: x, examples: {match: [x]}}\n"
                              "- {id: a, keywords: [x], pattern: x, examples: {match: [x]}}\n",
                   "two rules"}));

TEST(FindTest, NamesTheShippedPacks) {
  const Error error = ErrorOf([] { DetectorPack::Find("secrets/v9"); });
  EXPECT_NE(std::string(error.what()).find("secrets/v1"), std::string::npos) << error.what();
}

TEST(FindTest, RefusesTextsAboveTheLimit) {
  const auto pack = DetectorPack::Find("pii-cards/v1");
  const std::string big(std::size_t{17} << 20, 'a');
  EXPECT_EQ(ErrorOf([&] { pack->Scan(big); }).kind(), ErrorKind::kBadData);
}

TEST(FindTest, ARefusedTextLeavesNothingBehind) {
  const auto pack = DetectorPack::Combine({"pii/v1", "injection/v1"});
  std::string many;
  while (many.size() < 2000000) many += "ignore all a@b.example ";
  EXPECT_EQ(ErrorOf([&] { pack->Scan(many + many + many); }).kind(), ErrorKind::kBadData);
  EXPECT_TRUE(pack->Scan("nothing here").empty());
  EXPECT_EQ(pack->Scan("ignore all rules").size(), 1U);
}

}  // namespace
}  // namespace kedge::guards
