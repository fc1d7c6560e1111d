#include "guards/policy_checks.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

// What a rule says, without how bad a violation is.
Json MeaningOf(const Rule& rule) {
  Json meaning = Json::object();
  for (const char* key : {"match", "require", "forbid", "otherwise"}) {
    if (rule.source.contains(key)) meaning[key] = rule.source[key];
  }
  return meaning;
}

bool Narrowed(const Match& match) {
  return match.arguments || match.result || !match.actors.empty();
}

bool Covers(const ToolSet& wide, const ToolSet& narrow) {
  const std::vector<ToolId> ids = narrow.ids();
  return (wide.Has(kUnknownTool) || !narrow.Has(kUnknownTool)) &&
         std::all_of(ids.begin(), ids.end(), [&wide](ToolId id) { return wide.Has(id); });
}

// Every event that `later` is about is denied by `rule`, whatever happened before.
bool DeniesAllOf(const Rule& rule, const Rule& other) {
  const bool always = std::any_of(rule.words.begin(), rule.words.end(),
                                  [](const auto& word) { return word->Always(); });
  return always && !rule.shadow && rule.verdict == Verdict::kDeny && !Narrowed(rule.match) &&
         rule.match.event == other.match.event &&
         (!HasTool(other.match.event) || Covers(rule.match.tools, other.match.tools));
}

// A `before` or `after` about successful results, as far as it is simple.
struct Order {
  ToolSet tools;
  Json same;
};

std::optional<Order> OrderOf(const Node& rule, const char* side, const char* word,
                             const ToolCatalog& catalog) {
  const auto words = rule.Find(side);
  const auto node = words ? words->Find(word) : std::nullopt;
  if (!node || node->Has("event") || node->Has("result") || node->Has("since") ||
      node->Has("reset_by")) {
    return std::nullopt;
  }
  const auto same = node->Find("same");
  return Order{ReadToolSet(*node, catalog), same ? same->json() : Json()};
}

// `wanted` having happened implies that `barrier` did.
bool Implies(const Order& wanted, const Order& barrier) {
  return Covers(barrier.tools, wanted.tools) &&
         (barrier.same.is_null() || barrier.same == wanted.same);
}

bool Overlap(const Rule& a, const Rule& b) {
  if (a.match.event != b.match.event || Narrowed(a.match) || Narrowed(b.match)) return false;
  const std::vector<ToolId> ids = a.match.tools.ids();
  return std::any_of(ids.begin(), ids.end(), [&b](ToolId id) { return b.match.tools.Has(id); });
}

void CheckPair(const Policy::Compiled& policy, const std::vector<Node>& nodes, std::size_t one,
               std::size_t other) {
  const Rule& a = *policy.rules[one];
  const Rule& b = *policy.rules[other];
  const std::string named = "rule '" + a.id + "' (line " + std::to_string(a.line) + ")";
  if (one < other && a.verdict == b.verdict && a.shadow == b.shadow &&
      MeaningOf(a) == MeaningOf(b)) {
    throw nodes[other].Fail("says the same as " + named);
  }
  if (one != other && DeniesAllOf(a, b)) {
    throw nodes[other].Fail("can never matter: " + named + " denies every event it is about");
  }
  if (a.shadow || b.shadow || !Overlap(a, b)) return;
  const auto barrier = OrderOf(nodes[one], "forbid", "after", policy.catalog);
  const auto wanted = OrderOf(nodes[other], "require", "before", policy.catalog);
  if (barrier && wanted && Implies(*wanted, *barrier)) {
    throw nodes[other]["require"]["before"].Fail("requires what " + named +
                                                 " forbids: no call could ever be allowed");
  }
}

}  // namespace

void CheckRulesTogether(const Policy::Compiled& policy, const std::vector<Node>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::size_t j = 0; j < nodes.size(); ++j) CheckPair(policy, nodes, i, j);
  }
}

}  // namespace kedge::guards
