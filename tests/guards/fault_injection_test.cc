// Every word, every kind of event, every way to be unsound: never ALLOW.
#include <gtest/gtest.h>

#include <cmath>
#include <new>
#include <stdexcept>

#include "harness/core/error.h"
#include "tests/guards/policies.h"

namespace kedge::guards {
namespace {

// A warning rule for each word that reads arguments: an error must deny nevertheless.
constexpr char kWords[] = R"(
version: guards/v1
tools:
  read: {effect: read, remember: {as: f, key: /k}, result: {label: r, readers: /who}}
  act: {effect: write, identity: [/k]}
rules:
- id: after
  severity: low
  verdict: warn
  match: {tool: act}
  forbid: {after: {tool: act, same: /k}}
  examples: {warn: [[{result: act, args: {k: 1}}, {call: act, args: {k: 1}}]], allow: [[{call: act, args: {k: 1}}]]}
- id: any-of
  severity: low
  verdict: warn
  match: {tool: act}
  require: {any_of: [{before: {tool: read, same: /k}}, {compare: {left: 'args:/n', op: '>', right: 1}}]}
  examples: {warn: [[{call: act, args: {k: 1, n: 1}}]], allow: [[{call: act, args: {k: 1, n: 2}}]]}
- id: at-most
  severity: low
  verdict: warn
  match: {tool: act}
  require: {at_most: {sum: 'args:/n', max: '5', per: session}}
  examples: {warn: [[{call: act, args: {n: 6}}]], allow: [[{call: act, args: {n: 1}}]]}
- id: before
  severity: low
  verdict: warn
  match: {tool: act}
  require: {before: {tool: read, same: /k}}
  examples: {warn: [[{call: act, args: {k: 1}}]], allow: [[{result: read, args: {k: 1}}, {call: act, args: {k: 1}}]]}
- id: compare
  severity: low
  verdict: warn
  match: {tool: act}
  require: {compare: {left: 'args:/n', op: <, right: 'fact:f[args:/k]:/v'}}
  examples:
    warn: [[{result: read, args: {k: 1}, value: {v: 1}}, {call: act, args: {k: 1, n: 1}}]]
    allow: [[{result: read, args: {k: 1}, value: {v: 2}}, {call: act, args: {k: 1, n: 1}}]]
- id: origin
  severity: low
  verdict: warn
  match: {tool: act}
  require: {origin: {of: identity, any: user}}
  examples: {warn: [[{call: act, args: {k: word}}]], allow: [[{user: word}, {call: act, args: {k: word}}]]}
- id: readers
  severity: low
  verdict: warn
  match: {tool: act}
  require: {readers: {include: /to}}
  examples:
    warn: [[{result: read, value: {who: ann}}, {call: act, args: {to: bob}}]]
    allow: [[{result: read, value: {who: ann}}, {call: act, args: {to: ann}}]]
)";

// Calls that a rule of each word cannot judge: an argument is missing or of a wrong kind.
TEST(FaultInjection, WordsDenyWhatTheyCannotRead) {
  const struct {
    const char* rule;
    Json arguments;
    const char* code;
  } cases[] = {
      {"after", {{"n", 1}}, "absent_argument"},
      {"any-of", {{"x", 1}}, "absent_argument"},
      {"any-of", {{"k", 7}, {"n", "many"}}, "type_clash"},
      {"at-most", {{"k", 1}}, "absent_argument"},
      {"at-most", {{"k", 1}, {"n", "-1"}}, "bad_amount"},
      {"at-most", {{"k", 1}, {"n", Json::array()}}, "bad_amount"},
      {"before", {{"n", 1}}, "absent_argument"},
      {"compare", {{"k", 1}}, "absent_argument"},
      {"compare", {{"k", "none"}, {"n", 1}}, "absent_fact"},
      {"compare", {{"k", "empty"}, {"n", 1}}, "absent_field"},
      {"compare", {{"k", "text"}, {"n", 1}}, "type_clash"},
      {"origin", {{"n", 1}}, "absent_argument"},
      {"origin", {{"k", nullptr}}, "absent_argument"},
      {"origin", {{"k", {true}}}, "type_clash"},
      {"readers", {{"k", 1}}, "absent_argument"},
  };
  for (const auto& one : cases) {
    LoadedPolicy loaded(kWords);
    for (const auto& [key, value] :
         {std::pair<const char*, Json>{"empty", {{"who", "ann"}}}, {"text", {{"v", "x"}}}}) {
      Event read = MakeResult("read", {{"k", key}});
      read.result = value;
      loaded.evaluator.Observe(read);
    }
    const Decision decision = loaded.evaluator.Observe(MakeCall("act", one.arguments));
    EXPECT_EQ(decision.verdict, Verdict::kDeny) << one.rule << " " << one.arguments;
    const bool found = std::any_of(decision.findings.begin(), decision.findings.end(),
                                   [&](const Finding& finding) {
                                     return finding.rule == one.rule && finding.error == one.code &&
                                            finding.verdict == Verdict::kDeny;
                                   });
    EXPECT_TRUE(found) << one.rule << " " << one.code << " " << one.arguments << ": "
                       << Summary(decision);
  }
}

Json Deep() {
  Json deep = 1;
  for (int i = 0; i < 70; ++i) deep = Json::array({std::move(deep)});
  return deep;
}

// Every kind of event with every kind of damage, under a policy that reads results.
TEST(FaultInjection, DamagedEventsOfEveryKindAreDenied) {
  const Json values[] = {"\xFF",
                         Json{{"\xC3", 1}},
                         Json{{"k", std::nan("")}},
                         Json{{"k", Deep()}},
                         Json{{"k", std::string(5 << 20, 'x')}},
                         Json{{"k", Json::binary({1})}}};
  const std::string texts[] = {"\xFF", "\xED\xA0\x80", std::string(5 << 20, 'x')};
  LoadedPolicy loaded(kWords);
  int denied = 0;
  int allowed = 0;
  const auto observe = [&](const Event& event) {
    ++(loaded.evaluator.Observe(event).verdict == Verdict::kDeny ? denied : allowed);
  };
  for (int type = 0; type < kEventTypes; ++type) {
    Event event;
    event.type = static_cast<EventType>(type);
    event.tool = HasTool(event.type) ? "act" : "";
    event.arguments = Json::object();
    for (const std::string& text : texts) {
      Event damaged = event;
      damaged.text = text;
      observe(damaged);
      damaged = event;
      damaged.tool = text;
      if (HasTool(event.type)) observe(damaged);
    }
    for (const Json& value : values) {
      Event damaged = event;
      damaged.arguments = value;
      if (HasArguments(event.type)) observe(damaged);
      damaged = event;
      damaged.result = value;
      if (event.type == EventType::kToolResult) observe(damaged);
    }
  }
  EXPECT_EQ(allowed, 0);
  EXPECT_GT(denied, 50);
}

// Words that fail outright, at every kind of event.
class Thrower : public Word, public Checker {
 public:
  explicit Thrower(bool in_check) : in_check_(in_check) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<Thrower>(in_check_);
  }
  bool Follows(EventType, ToolId) const override { return true; }
  CheckResult Check(const EventView&) override {
    if (in_check_) throw std::bad_alloc();
    return {};
  }
  void Follow(const EventView&) override {
    if (!in_check_) throw std::bad_alloc();
  }

 private:
  bool in_check_;
};

TEST(FaultInjection, ExceptionsDenyAtEveryKindOfEvent) {
  for (const bool in_check : {true, false}) {
    for (int type = 0; type < kEventTypes; ++type) {
      const auto event_type = static_cast<EventType>(type);
      auto policy = ReadPolicy(Document::FromYaml(kWords, "p"), ".");
      policy->rules.resize(1);
      policy->rules[0]->match.event = event_type;
      policy->rules[0]->match.tools = ToolSet(policy->catalog.size(), true);
      policy->rules[0]->words.clear();
      policy->rules[0]->words.push_back(std::make_unique<Thrower>(in_check));
      policy->examples.clear();
      policy->Index();
      Evaluator evaluator(*policy);
      Event event;
      event.type = event_type;
      event.tool = HasTool(event_type) ? "act" : "";
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(evaluator.Observe(event).verdict, Verdict::kDeny) << ToString(event_type);
      }
    }
  }
}

// One rule for each word of the language.
constexpr char kEveryWord[] = R"(
version: guards/v1
tools:
  read: {effect: read, remember: {as: f, key: /k}, result: {label: r, readers: /who}}
  act: {effect: write, identity: [/k]}
rules:
- {id: after, match: {tool: act}, forbid: {after: {tool: act}}, RULE
   examples: {warn: [[{result: act}, {call: act}]], allow: [[{call: act}]]}}
- {id: any_of, match: {tool: act}, require: {any_of: [{before: {tool: read}}, {compare: {left: 'args:/n', op: '>', right: 1}}]}, RULE
   examples: {warn: [[{call: act, args: {n: 1}}]], allow: [[{call: act, args: {n: 2}}]]}}
- {id: args, match: {tool: act}, require: {args: {properties: {k: {maximum: 5}}}}, RULE
   examples: {warn: [[{call: act, args: {k: 6}}]], allow: [[{call: act, args: {k: 5}}]]}}
- {id: forbid-args, match: {tool: act}, forbid: {args: {properties: {z: {const: 1}}, required: [z]}}, RULE
   examples: {warn: [[{call: act, args: {z: 1}}]], allow: [[{call: act, args: {z: 2}}]]}}
- {id: at_most, match: {tool: act}, require: {at_most: {n: 1, per: session}}, RULE
   examples: {warn: [[{call: act}, {call: act}]], allow: [[{call: act}]]}}
- {id: before, match: {tool: act}, require: {before: {tool: read, same: /k}}, RULE
   examples: {warn: [[{call: act, args: {k: 1}}]], allow: [[{result: read, args: {k: 1}}, {call: act, args: {k: 1}}]]}}
- {id: compare, match: {tool: act}, require: {compare: {left: 'args:/n', op: <, right: 9}}, RULE
   examples: {warn: [[{call: act, args: {n: 9}}]], allow: [[{call: act, args: {n: 8}}]]}}
- {id: detect, match: {tool: act}, forbid: {detect: {packs: [hidden/v1]}}, RULE
   examples: {warn: [[{call: act, args: {b: "a\u202Eb"}}]], allow: [[{call: act, args: {b: ab}}]]}}
- {id: flow, match: {tool: act}, forbid: {flow: {from: [r], to: /b}}, RULE
   examples: {warn: [[{result: read, value: {x: y}}, {call: act, args: {b: text}}]], allow: [[{call: act, args: {b: text}}]]}}
- {id: latest, match: {tool: act}, require: {latest: {event: user_message, matches: '^yes', since: last_assistant_message}}, RULE
   examples: {warn: [[{user: wait}, {call: act}]], allow: [[{user: yes please}, {call: act}]]}}
- {id: must_follow, match: {tool: act}, require: {must_follow: {event: assistant_message, matches: done, within: 1}}, RULE
   examples: {warn: [[{call: act}, {user: x}]], allow: [[{call: act}, {assistant: done}]]}}
- {id: origin, match: {tool: act}, require: {origin: {of: identity, any: user}}, RULE
   examples: {warn: [[{call: act, args: {k: word}}]], allow: [[{user: word}, {call: act, args: {k: word}}]]}}
- {id: readers, match: {tool: act}, require: {readers: {include: /to}}, RULE
   examples: {warn: [[{result: read, value: {who: ann}}, {call: act, args: {to: bob}}]], allow: [[{result: read, value: {who: ann}}, {call: act, args: {to: ann}}]]}}
)";

// Fails in the way that is its number: a coded error for each code, then exceptions.
class Failing : public Word, public Checker {
 public:
  static constexpr const char* kCodes[] = {"absent_argument",  "absent_fact",  "absent_field",
                                           "absent_time",      "type_clash",   "bad_amount",
                                           "state_limit",      "schema_limit", "ask_limit",
                                           "redaction_failed", "internal"};
  static constexpr std::size_t kWays = std::size(kCodes) + 3;

  explicit Failing(std::size_t way) : way_(way) {}
  std::unique_ptr<Checker> NewChecker() const override { return std::make_unique<Failing>(way_); }
  CheckResult Check(const EventView&) override {
    if (way_ < std::size(kCodes)) return CheckResult::Error(kCodes[way_], "injected");
    if (way_ == std::size(kCodes)) throw std::bad_alloc();
    if (way_ == std::size(kCodes) + 1) throw std::length_error("injected");
    throw BadData("injected");
  }

 private:
  std::size_t way_;
};

// Every way to fail, in the place of every word, at every kind of event, whatever the rule's own
// verdict is.
TEST(FaultInjection, EveryFailureOfEveryWordAtEveryKindOfEventIsDenied) {
  std::string yaml = kEveryWord;
  for (std::size_t at; (at = yaml.find("RULE")) != yaml.npos;) {
    yaml.replace(at, 4, "severity: info, verdict: warn,");
  }
  const std::size_t words = ReadPolicy(Document::FromYaml(yaml, "p"), ".")->rules.size();
  ASSERT_EQ(words, 13U);
  int denied = 0, allowed = 0;
  for (std::size_t word = 0; word < words; ++word) {
    auto policy = ReadPolicy(Document::FromYaml(yaml, "p"), ".");
    policy->examples.clear();
    Rule& rule = *policy->rules[word];
    for (int type = 0; type < kEventTypes; ++type) {
      Event event;
      event.type = static_cast<EventType>(type);
      event.tool = HasTool(event.type) ? "act" : "";
      rule.match.event = event.type;
      rule.match.tools = ToolSet(policy->catalog.size(), true);
      for (std::size_t way = 0; way < Failing::kWays; ++way) {
        rule.words.clear();
        rule.words.push_back(std::make_unique<Failing>(way));
        policy->Index();
        Evaluator evaluator(*policy);
        const Decision decision = evaluator.Observe(event);
        ++(decision.verdict == Verdict::kDeny ? denied : allowed);
        const bool named = std::any_of(
            decision.findings.begin(), decision.findings.end(),
            [&rule](const Finding& one) { return one.rule == rule.id && !one.error.empty(); });
        EXPECT_TRUE(named) << rule.id << ", " << ToString(event.type) << ", way " << way;
      }
    }
  }
  EXPECT_EQ(allowed, 0);
  EXPECT_EQ(denied, static_cast<int>(words * kEventTypes * Failing::kWays));
}

}  // namespace
}  // namespace kedge::guards
