// Every mistake in a policy is one error that names file, line and field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/guards/policies.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

using ::testing::HasSubstr;

// Line 1 is `version`; the rule's first line is line 9.
constexpr char kHead[] = R"(version: guards/v1
tools:
  look: {effect: read}
  drop:
    effect: write
    group: admin
    arguments: {type: object, properties: {who: {type: string}, rows: {type: integer}}, additionalProperties: false}
rules:
)";

constexpr char kExamples[] = R"(  examples:
    deny: [[{call: drop, args: {who: a}}]]
    allow: [[{result: look}, {call: drop, args: {who: a}}]]
)";

struct Broken {
  std::string name;
  std::string text;
  std::int64_t line;
  std::string field;
  std::string message;
};

void ExpectRefused(const Broken& broken) {
  SCOPED_TRACE(broken.name);
  try {
    ReadPolicy(Document::FromYaml(broken.text, "policy.yaml"), "/nowhere");
    ADD_FAILURE() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_EQ(error.file(), "policy.yaml");
    EXPECT_EQ(error.line(), broken.line) << error.what();
    EXPECT_EQ(error.field(), broken.field) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(broken.message));
  }
}

// A rule in which one line is replaced.
std::string RuleWith(const std::string& severity, const std::string& match,
                     const std::string& condition, const std::string& examples = kExamples) {
  return std::string(kHead) + "- id: r\n  severity: " + severity + "\n  match: " + match + "\n  " +
         condition + "\n" + examples;
}

constexpr char kGood[] = "require: {before: {tool: look}}";

TEST(BrokenPolicy, TheUnbrokenOneIsAccepted) {
  EXPECT_NO_THROW(
      ReadPolicy(Document::FromYaml(RuleWith("high", "{tool: drop}", kGood), "p"), "."));
}

TEST(BrokenPolicy, WholeFile) {
  const std::string tools = "tools: {look: {effect: read}}\n";
  const Broken cases[] = {
      {"no version", tools + "rules: []\n", 1, "version", "missing"},
      {"other version", "version: guards/v2\n" + tools + "rules: []\n", 1, "version", "guards/v1"},
      {"misspelt key", "version: guards/v1\nruels: []\n" + tools, 2, "ruels", "rules"},
      {"no tools", "version: guards/v1\ntools: {}\nrules: []\n", 2, "tools", "at least one tool"},
      {"no rules key", "version: guards/v1\n" + tools, 1, "rules", "missing"},
      {"bad default",
       "version: guards/v1\ndefaults: {unknown_tool: allow}\n" + tools + "rules: []\n", 2,
       "defaults.unknown_tool", "deny"},
      {"errors may not pass",
       "version: guards/v1\ndefaults: {on_error: warn}\n" + tools + "rules: []\n", 2,
       "defaults.on_error", "deny"},
      {"bad mode", "version: guards/v1\ndefaults: {mode: off}\n" + tools + "rules: []\n", 2,
       "defaults.mode", "shadow"},
      {"bad effect", "version: guards/v1\ntools:\n  look: {effect: reads}\nrules: []\n", 3,
       "tools.look.effect", "read"},
      {"tool key", "version: guards/v1\ntools:\n  look: {effect: read, alias: x}\nrules: []\n", 3,
       "tools.look.alias", "aliases"},
      {"alias twice",
       "version: guards/v1\ntools:\n  a: {effect: read, aliases: [x]}\n"
       "  b: {effect: read, aliases: [x]}\nrules: []\n",
       4, "tools.b.aliases[0]", "already names the tool 'a'"},
      {"schema of a tool",
       "version: guards/v1\ntools:\n  a:\n    effect: read\n    arguments:\n"
       "      type: object\n      properties:\n        x: {maxlength: 3}\nrules: []\n",
       8, "tools.a.arguments.properties.x.maxlength", "unknown keyword 'maxlength'"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, RuleHead) {
  const std::string match = "{tool: drop}";
  const std::string head = kHead;
  const std::string body =
      std::string("  severity: high\n  match: {tool: drop}\n  ") + kGood + "\n" + kExamples;
  const Broken cases[] = {
      {"no id", head + "- severity: high\n  match: {tool: drop}\n  " + kGood + "\n" + kExamples, 9,
       "rules[0].id", "missing"},
      {"odd id", head + "- id: a b\n" + body, 9, "rules[0].id", "letters"},
      {"reserved id", head + "- id: event\n" + body, 9, "rules[0].id", "built-in"},
      {"duplicate id", head + "- id: r\n" + body + "- id: r\n" + body, 16, "rules[1].id",
       "another rule has the id 'r' (line 9)"},
      {"bad severity", RuleWith("severe", match, kGood), 10, "rules[0].severity", "critical"},
      {"bad verdict", RuleWith("high", match, std::string("verdict: redact\n  ") + kGood), 12,
       "rules[0].verdict", "deny"},
      {"unknown key", RuleWith("high", match, std::string("requires: {}\n  ") + kGood), 12,
       "rules[0].requires", "require"},
      {"hard shadow",
       RuleWith("high", match, std::string("hard: true\n  mode: shadow\n  ") + kGood), 12,
       "rules[0].hard", "shadow"},
      {"nothing asked", RuleWith("high", match, "why: because"), 9, "rules[0]", "needs a word"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, Match) {
  const auto with = [](const std::string& match) { return RuleWith("high", match, kGood); };
  const Broken cases[] = {
      {"empty", with("{}"), 11, "rules[0].match", "which events"},
      {"unknown tool", with("{tool: drpo}"), 11, "rules[0].match.tool", "did you mean 'drop'?"},
      {"unknown in list", with("{tool: [look, bake]}"), 11, "rules[0].match.tool[1]",
       "unknown tool 'bake'"},
      {"empty list", with("{tool: []}"), 11, "rules[0].match.tool", "at least one"},
      {"unknown group", with("{tool_group: admins}"), 11, "rules[0].match.tool_group", "'admin'"},
      {"unknown effect", with("{effect: writes}"), 11, "rules[0].match.effect", "write"},
      {"contradiction", with("{tool: look, effect: write}"), 11, "rules[0].match",
       "selects no tool"},
      {"vain exception", with("{tool: drop, except: look}"), 11, "rules[0].match.except",
       "not selected anyway"},
      {"unknown event", with("{event: tool_calls}"), 11, "rules[0].match.event", "tool_call"},
      {"tool of a message", with("{event: user_message, tool: drop}"), 11, "rules[0].match",
       "have a tool"},
      {"unknown key", with("{tools: drop}"), 11, "rules[0].match.tools", "tool"},
      {"bad schema", with("{tool: drop, args: {maximum: high}}"), 11, "rules[0].match.args.maximum",
       "expected a number"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, Words) {
  const auto with = [](const std::string& condition) {
    return RuleWith("high", "{tool: drop}", condition);
  };
  const auto message = [](const std::string& condition) {
    return RuleWith("high", "{event: user_message}", condition);
  };
  const std::string require = "rules[0].require.";
  const Broken cases[] = {
      {"unknown word", with("require: {befor: {tool: look}}"), 12, require + "befor",
       "did you mean 'before'? (known in require: any_of, args, at_most, before, compare, latest, "
       "must_follow, origin, readers)"},
      {"unknown word to forbid", with("forbid: {flows: {from: [inbox]}}"), 12,
       "rules[0].forbid.flows",
       "did you mean 'flow'? (known in forbid: after, args, detect, flow)"},
      {"wrong side", with("forbid: {before: {tool: look}}"), 12, "rules[0].forbid.before",
       "belongs into require"},
      {"before nothing", with("require: {before: {same: /who}}"), 12, require + "before",
       "say which tool"},
      {"before unknown", with("require: {before: {tool: loook}}"), 12, require + "before.tool",
       "did you mean 'look'?"},
      {"before key", with("require: {before: {tool: look, sames: /who}}"), 12,
       require + "before.sames", "same"},
      {"pointer", with("require: {before: {tool: look, same: who}}"), 12, require + "before.same",
       "JSON Pointer"},
      {"pointer escape", with("require: {before: {tool: look, same: /a~b}}"), 12,
       require + "before.same", "JSON Pointer"},
      {"argument the tool lacks", with("require: {before: {tool: look, same: /whom}}"), 12,
       require + "before.same", "'drop' has no argument /whom; did you mean /who?"},
      {"argument of args", with("require: {args: {properties: {whose: {type: string}}}}"), 12,
       require + "args.properties.whose", "has no argument /whose"},
      {"unanchored pattern", with("require: {args: {properties: {who: {pattern: 'a$'}}}}"), 12,
       require + "args.properties.who.pattern", "must begin with ^"},
      {"half-anchored pattern", with("require: {args: {properties: {who: {pattern: '^a|b'}}}}"), 12,
       require + "args.properties.who.pattern", "alternatives in a group"},
      {"unanchored deep inside",
       with("require: {args: {anyOf: [{properties: {who: {pattern: 'a'}}}]}}"), 12,
       require + "args.anyOf[0].properties.who.pattern", "must begin with ^"},
      {"bad pattern", with("require: {args: {properties: {who: {pattern: '^('}}}}"), 12,
       require + "args.properties.who.pattern", "missing )"},
      {"schema keyword", with("require: {args: {propertys: {}}}"), 12, require + "args.propertys",
       "unknown keyword"},
      {"args of a message", message("require: {args: {}}"), 12, require + "args", "tool calls"},
      {"same of a message", message("require: {before: {tool: look, same: /who}}"), 12,
       require + "before.same", "tool calls"},
      {"bound of nothing", with("require: {at_most: []}"), 12, require + "at_most", "at least one"},
      {"neither n nor sum", with("require: {at_most: {per: session}}"), 12, require + "at_most",
       "either n or sum"},
      {"both", with("require: {at_most: {n: 1, sum: 'args:/rows', max: '1', per: session}}"), 12,
       require + "at_most", "either n or sum"},
      {"no period", with("require: {at_most: {n: 1}}"), 12, require + "at_most.per", "missing"},
      {"other period", with("require: {at_most: {n: 1, per: day}}"), 12, require + "at_most.per",
       "session"},
      {"negative bound", with("require: {at_most: {n: -1, per: session}}"), 12,
       require + "at_most.n", "0"},
      {"sum without max", with("require: {at_most: {sum: 'args:/rows', per: session}}"), 12,
       require + "at_most.max", "missing"},
      {"n with max", with("require: {at_most: {n: 1, max: '2', per: session}}"), 12,
       require + "at_most.max", "belongs to sum"},
      {"sum of no place", with("require: {at_most: {sum: /rows, max: '1', per: session}}"), 12,
       require + "at_most.sum", "args:/"},
      {"sum of no argument", with("require: {at_most: {sum: 'args:/row', max: '1', per: session}}"),
       12, require + "at_most.sum", "did you mean /rows?"},
      {"bad limit", with("require: {at_most: {sum: 'args:/rows', max: '1,000', per: session}}"), 12,
       require + "at_most.max", "amount"},
      {"counts what", with("require: {at_most: {n: 1, per: session, of: wins}}"), 12,
       require + "at_most.of", "attempts"},
      {"other tools", with("require: {at_most: {n: 1, per: session, tool: look}}"), 12,
       require + "at_most", "matches none"},
      {"same what", with("require: {at_most: {n: 1, per: session, same: [tools]}}"), 12,
       require + "at_most.same[0]", "tool, args or a JSON Pointer"},
      {"successes of a message", message("require: {at_most: {n: 1, per: session, of: successes}}"),
       12, require + "at_most.of", "tool calls only"},
      {"latest what",
       with("require: {latest: {event: tool_call, matches: '^y', since: "
            "last_assistant_message}}"),
       12, require + "latest.event", "user_message"},
      {"latest since", with("require: {latest: {event: user_message, matches: '^y'}}"), 12,
       require + "latest.since", "missing"},
      {"latest unanchored",
       with("require: {latest: {event: user_message, matches: 'yes', since: "
            "last_assistant_message}}"),
       12, require + "latest.matches", "must begin with ^"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

// Labels, facts, lists and packs; and rules that cannot be meant together.
TEST(BrokenPolicy, DataFlow) {
  const auto with = [](const std::string& condition) {
    return RuleWith("high", "{tool: drop}", condition);
  };
  const std::string require = "rules[0].require.";
  const std::string forbid = "rules[0].forbid.";
  const Broken cases[] = {
      {"unknown label", with("require: {origin: {of: /who, any: [usr]}}"), 12,
       require + "origin.any[0]", "did you mean 'user'?"},
      {"origin of no argument", with("require: {origin: {of: /whom, any: user}}"), 12,
       require + "origin.of", "did you mean /who?"},
      {"no identity", with("require: {origin: {of: identity, any: user}}"), 12,
       require + "origin.of", "gives tool 'drop' no identity"},
      {"allow and deny",
       with("require: {origin: {of: /who, any: user}}\n  otherwise: {only: {user: "
            "deny}}"),
       13, "rules[0].otherwise.only.user", "on the same point"},
      {"otherwise alone", with(std::string(kGood) + "\n  otherwise: {unseen: ask}"), 13,
       "rules[0].otherwise", "belongs to the word origin"},
      {"unknown list", with("require: {origin: {of: /who, any: user, in: allow:friends}}"), 12,
       require + "origin.in", "no list 'friends'"},
      {"flow nowhere", with("forbid: {flow: {from: user}}"), 12, forbid + "flow", "to"},
      {"unknown fact", with("require: {compare: {left: 'args:/rows', op: <, right: 'fact:t:/n'}}"),
       12, require + "compare.right", "no tool remembers anything as 't'"},
      {"unknown operator", with("require: {compare: {left: 'args:/rows', op: =, right: 1}}"), 12,
       require + "compare.op", "<="},
      {"result of a call", with("require: {compare: {left: 'result:/n', op: <, right: 1}}"), 12,
       require + "compare.left", "tool_result"},
      {"one alternative", with("require: {any_of: [{before: {tool: look}}]}"), 12,
       require + "any_of", "two alternatives"},
      {"unknown pack", with("forbid: {detect: {packs: [secrets/v0]}}"), 12,
       forbid + "detect.packs[0]", "secrets/v1"},
      {"readers of nothing", with("require: {readers: {include: /who}}"), 12, require + "readers",
       "never apply"},
      {"obliges to nothing", with("require: {must_follow: {within: 3}}"), 12,
       require + "must_follow", "say what must follow"},
      {"class that spells a word",
       with("require: {args: {properties: {who: {pattern: "
            "'^[^domain.com]+$'}}}}"),
       12, require + "args.properties.who.pattern", "spells a word"},
      {"key called on", with("require: {args: {properties: {on: {type: boolean}}}}"), 12,
       require + "args.properties.on", "other YAML readers"},
      {"redact what has no place", with("verdict: redact\n  " + std::string(kGood)), 12,
       "rules[0].verdict", "cut out"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, RulesTogether) {
  const std::string body =
      std::string("  severity: high\n  match: {tool: drop}\n  ") + kGood + "\n" + kExamples;
  const std::string denies_all =
      "- id: never\n  severity: high\n  match: {tool: drop}\n  forbid: {args: {}}\n"
      "  examples: {deny: [[{call: drop}]], allow: [[{call: look}]]}\n";
  const std::string contrary =
      "- id: contrary\n  severity: high\n  match: {tool: drop}\n  forbid: {after: {tool: look}}\n"
      "  examples: {deny: [[{result: look}, {call: drop}]], allow: [[{call: drop}]]}\n";
  const std::string head = kHead;
  const Broken cases[] = {{"twice", head + "- id: r\n" + body + "- id: s\n" + body, 16, "rules[1]",
                           "says the same as rule 'r'"},
                          {"denied anyway", head + denies_all + "- id: r\n" + body, 14, "rules[1]",
                           "can never matter: rule 'never'"},
                          {"contradiction", head + "- id: r\n" + body + contrary, 12,
                           "rules[0].require.before", "requires what rule 'contrary'"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, Examples) {
  const auto with = [](const std::string& examples) {
    return RuleWith("high", "{tool: drop}", kGood,
                    examples.empty() ? "" : "  examples:\n" + examples);
  };
  const std::string deny = "    deny: [[{call: drop}]]\n";
  const std::string allow = "    allow: [[{result: look}, {call: drop}]]\n";
  const std::string place = "rules[0].examples.";
  const Broken cases[] = {
      {"none", with(""), 9, "rules[0].examples", "missing"},
      {"no allowed one", with(deny), 13, place + "allow", "missing"},
      {"no violating one", with(allow), 13, place + "deny", "missing"},
      {"empty list", with(deny + "    allow: []\n"), 15, place + "allow", "at least one"},
      {"wrong verdict", with(allow + "    ask: [[{call: drop}]]\n"), 15, place + "ask", "deny"},
      {"allowed one breaks the rule", with(deny + "    allow: [[{call: drop}]]\n"), 15,
       place + "allow[0]", "should be allowed, but event 1 breaks the rule"},
      {"violating one does not", with(allow + "    deny: [[{result: look}, {call: drop}]]\n"), 15,
       place + "deny[0]", "should break the rule at its last event"},
      {"violating one breaks too early", with(allow + "    deny: [[{call: drop}, {call: drop}]]\n"),
       15, place + "deny[0]", "already at event 1"},
      {"allowed one is beside the point", with(deny + "    allow: [[{call: look}]]\n"), 15,
       place + "allow[0]", "no event that the rule is about"},
      {"unknown tool", with(allow + "    deny: [[{result: lok}, {call: drop}]]\n"), 15,
       place + "deny[0]", "unknown tool 'lok'"},
      {"impossible arguments", with(allow + "    deny: [[{call: drop, args: {when: now}}]]\n"), 15,
       place + "deny[0]", "break the tool's schema"},
      {"odd event", with(allow + "    deny: [[{tool: drop}]]\n"), 15, place + "deny[0][0]",
       "expected one of user"},
      {"event key", with(allow + "    deny: [[{call: drop, arguments: {}}]]\n"), 15,
       place + "deny[0][0].arguments", "args"},
      {"arguments", with(allow + "    deny: [[{call: drop, args: [1]}]]\n"), 15,
       place + "deny[0][0].args", "mapping"},
      {"empty episode", with(allow + "    deny: [[]]\n"), 15, place + "deny[0]", "at least one"},
      {"path outside", with(allow + "    deny: [../x.json]\n"), 15, place + "deny[0]", "inside"},
      {"absolute path", with(allow + "    deny: [/etc/passwd]\n"), 15, place + "deny[0]",
       "inside"}};
  for (const Broken& broken : cases) ExpectRefused(broken);
}

TEST(BrokenPolicy, MissingFilesAreNamed) {
  const testing::TempFolder folder;
  EXPECT_THROW(Policy::Load(folder.File("none.yaml")), Error);
  testing::WriteFile(folder.File("p.yaml"),
                     RuleWith("high", "{tool: drop}", kGood,
                              "  examples: {deny: [ex/none.json], allow: [ex/none.json]}\n"));
  try {
    Policy::Load(folder.File("p.yaml"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMissingInput);
    EXPECT_THAT(error.what(), HasSubstr("ex/none.json"));
  }
}

// An error inside of an example must not count as the violation that it should show.
TEST(BrokenPolicy, AnEvaluationErrorIsNoExampleOfAViolation) {
  ExpectRefused(
      {"absent key",
       RuleWith("high", "{tool: drop}", "require: {before: {tool: look, same: /who}}",
                "  examples:\n    deny: [[{call: drop}]]\n"
                "    allow: [[{result: look, args: {who: a}}, {call: drop, args: {who: a}}]]\n"),
       14, "rules[0].examples.deny[0]", "error:absent_argument"});
}

}  // namespace
}  // namespace kedge::guards
