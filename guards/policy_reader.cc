#include "guards/policy_reader.h"

#include <algorithm>
#include <map>

#include "guards/examples.h"
#include "guards/policy_checks.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::string_view kIdCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

struct Defaults {
  Verdict unknown_tool = Verdict::kDeny;
  bool shadow = false;
  AskLimits ask;
  LabelMask result = LabelNames::kUntrusted;  // of tool results, where the catalogue does not say
};

AskLimits ReadAskLimits(const Node& node) {
  node.AllowKeys({"max", "seconds", "events"});
  AskLimits limits;
  limits.max_asks = node.IntOr("max", limits.max_asks, 0, 1000);
  limits.seconds = node.IntOr("seconds", limits.seconds, 1, 86400);
  limits.events = node.IntOr("events", limits.events, 1, 100'000);
  return limits;
}

Verdict ReadVerdict(const Node& node) {
  const std::string word = node.OneOf({"deny", "ask", "redact", "warn"});
  if (word == "deny") return Verdict::kDeny;
  if (word == "redact") return Verdict::kRedact;
  return word == "ask" ? Verdict::kAsk : Verdict::kWarn;
}

Severity ReadSeverity(const Node& node) {
  const std::string word = node.OneOf({"critical", "high", "medium", "low", "info"});
  const auto* found = std::find(std::begin(kSeverityNames), std::end(kSeverityNames), word);
  return static_cast<Severity>(found - std::begin(kSeverityNames));
}

bool ReadShadow(const Node& node) { return node.OneOf({"enforce", "shadow"}) == "shadow"; }

Defaults ReadDefaults(const Node& root, LabelNames& labels) {
  Defaults defaults;
  const auto node = root.Find("defaults");
  if (!node) return defaults;
  node->AllowKeys({"unknown_tool", "on_error", "mode", "ask", "result"});
  if (const auto verdict = node->Find("unknown_tool")) {
    verdict->OneOf({"deny", "ask", "warn"});
    defaults.unknown_tool = ReadVerdict(*verdict);
  }
  if (const auto ask = node->Find("ask")) defaults.ask = ReadAskLimits(*ask);
  if (const auto result = node->Find("result")) {
    defaults.result = labels.Add(*result, result->NonEmptyString());
  }
  if (const auto on_error = node->Find("on_error")) on_error->OneOf({"deny"});
  if (const auto mode = node->Find("mode")) defaults.shadow = ReadShadow(*mode);
  return defaults;
}

std::string ReadId(const Node& node) {
  std::string id = node.NonEmptyString();
  if (id.find_first_not_of(kIdCharacters) != id.npos) {
    throw node.Fail("an id is made of letters, digits, '_', '.' and '-'");
  }
  if (id == kArgumentsRule || id == kDefinitionRule || id == kEventRule || id == kUnansweredAsk ||
      id == kUnknownToolRule) {
    throw node.Fail("'" + id + "' is the name of a built-in rule");
  }
  return id;
}

void ReadConditions(const Node& node, Policy::Compiled& policy, Rule& rule) {
  WordContext context{policy.catalog,   rule.match,   policy.keys,
                      policy.resources, rule.verdict, node.Find("otherwise")};
  if (const auto require = node.Find("require")) {
    ReadWords(*require, false, context, rule.words);
  }
  if (const auto forbid = node.Find("forbid")) ReadWords(*forbid, true, context, rule.words);
  if (rule.words.empty()) throw node.Fail("a rule needs a word in require or forbid");
  if (context.otherwise) throw context.otherwise->Fail("belongs to the word origin");
  for (const auto& word : rule.words) {
    if (rule.verdict != Verdict::kRedact || word->CanRedact()) continue;
    throw node["verdict"].Fail("only what `detect` finds can be cut out of an event: deny or ask");
  }
}

std::unique_ptr<Rule> ReadRule(const Node& node, const Defaults& defaults,
                               Policy::Compiled& policy) {
  node.AllowKeys({"id", "why", "severity", "hard", "mode", "message", "match", "require", "forbid",
                  "otherwise", "verdict", "examples"});
  auto rule = std::make_unique<Rule>();
  rule->id = ReadId(node["id"]);
  rule->why = node.StringOr("why", "");
  rule->line = node.line();
  rule->source = node.json();
  rule->source.erase("examples");
  rule->severity = ReadSeverity(node["severity"]);
  if (const auto verdict = node.Find("verdict")) rule->verdict = ReadVerdict(*verdict);
  rule->hard = node.BoolOr("hard", false);
  const auto mode = node.Find("mode");
  rule->shadow = mode ? ReadShadow(*mode) : defaults.shadow;
  if (rule->hard && rule->shadow) {
    throw node["hard"].Fail("a rule in shadow mode cannot be a hard limit");
  }
  rule->message = node.StringOr("message", "");
  rule->match = Match::Read(node["match"], policy.catalog, policy.resources);
  ReadConditions(node, policy, *rule);
  return rule;
}

void CheckUnique(const Rule& rule, const Node& node, std::map<std::string, std::int64_t>& lines) {
  const auto [first, added] = lines.emplace(rule.id, node.line());
  if (added) return;
  throw node["id"].Fail("another rule has the id '" + rule.id + "' (line " +
                        std::to_string(first->second) + ")");
}

// Readers of YAML 1.1 take these words for true and false, also as keys.
void RefuseAmbiguousKeys(const Node& node) {
  if (node.is_array()) {
    for (const Node& item : node.Items()) RefuseAmbiguousKeys(item);
  }
  if (!node.is_object()) return;
  for (const auto& [name, member] : node.Members()) {
    if (name == "on" || name == "off" || name == "yes" || name == "no") {
      throw member.Fail("no key may be called '" + name + "': other YAML readers take it for " +
                        (name == "on" || name == "yes" ? "true" : "false"));
    }
    RefuseAmbiguousKeys(member);
  }
}

}  // namespace

std::unique_ptr<Policy::Compiled> ReadPolicy(const Document& document, const std::string& folder) {
  const Node root = document.root();
  root.AllowKeys({"version", "policy", "defaults", "allow", "labels", "tools", "rules"});
  RefuseAmbiguousKeys(root);
  root["version"].OneOf({"guards/v1"});
  root.StringOr("policy", "");
  auto policy = std::make_unique<Policy::Compiled>();
  Resources& resources = policy->resources;
  const Defaults defaults = ReadDefaults(root, resources.labels);
  policy->unknown_tool = defaults.unknown_tool;
  policy->ask_limits = defaults.ask;
  policy->unknown_result.label = policy->unknown_result.rest = defaults.result;
  if (const auto allow = root.Find("allow")) resources.allow = AllowLists::Read(*allow);
  if (const auto labels = root.Find("labels")) resources.ReadLabels(*labels);
  policy->catalog = ToolCatalog::Read(root["tools"], defaults.result, resources);
  const std::vector<Node> rule_nodes = root["rules"].Items();
  std::map<std::string, std::int64_t> lines;
  for (const Node& node : rule_nodes) {
    policy->rules.push_back(ReadRule(node, defaults, *policy));
    const Rule& rule = *policy->rules.back();
    CheckUnique(rule, node, lines);
    std::vector<Example> of_rule = ReadExamples(node, rule, policy->rules.size() - 1, folder);
    std::move(of_rule.begin(), of_rule.end(), std::back_inserter(policy->examples));
  }
  // The packs' patterns are part of what the policy says.
  policy->digest = resources.pack_digests.empty()
                       ? JsonDigest(root.json())
                       : JsonDigest({{"policy", root.json()}, {"packs", resources.pack_digests}});
  policy->Index();
  CheckRulesTogether(*policy, rule_nodes);
  RunExamples(*policy);
  return policy;
}

}  // namespace kedge::guards
