// Recorded verdicts back in memory.
#include "harness/core/document.h"
#include "harness/gate/verdict.h"

namespace kedge::gate {
namespace {

std::optional<double> MaybeNumber(const Node& node, std::string_view key) {
  const std::optional<Node> found = node.Find(key);
  if (!found || found->is_null()) return std::nullopt;
  return found->Number();
}

std::optional<std::int64_t> MaybeInt(const Node& node, std::string_view key) {
  const std::optional<Node> found = node.Find(key);
  if (!found || found->is_null()) return std::nullopt;
  return found->Int();
}

template <typename T, typename Read>
std::vector<T> ReadItems(const Node& node, std::string_view key, const Read& read) {
  std::vector<T> items;
  if (const std::optional<Node> found = node.Find(key)) {
    for (const Node& item : found->Items()) items.push_back(read(item));
  }
  return items;
}

VerdictKind ReadKind(const Node& node) {
  const std::string name =
      node.OneOf({"PROMOTE", "BLOCK", "HOLD_NO_DIFFERENCE", "HOLD_INCONCLUSIVE"});
  for (const VerdictKind kind :
       {VerdictKind::kPromote, VerdictKind::kBlock, VerdictKind::kHoldNoDifference}) {
    if (ToString(kind) == name) return kind;
  }
  return VerdictKind::kHoldInconclusive;
}

Interval ReadInterval(const Node& node) {
  return {node.NumberOr("estimate", 0), node.NumberOr("low", 0), node.NumberOr("high", 0),
          node.NumberOr("level", 0.9)};
}

PairTable ReadPairs(const Node& node) {
  return {node.IntOr("n", 0),
          node.IntOr("both", 0),
          node.IntOr("only_champion", 0),
          node.IntOr("only_candidate", 0),
          node.IntOr("neither", 0),
          node.IntOr("unpaired_champion", 0),
          node.IntOr("unpaired_candidate", 0),
          node.IntOr("dropped", 0)};
}

Component ReadComponent(const Node& node) {
  Component c;
  c.name = node["name"].String();
  c.weight = node.NumberOr("weight", 0);
  c.margin = node.NumberOr("margin", 0);
  c.n = node.IntOr("n", 0);
  c.clusters = node.IntOr("clusters", 0);
  c.delta = ReadInterval(node["delta"]);
  c.p_up = MaybeNumber(node, "p_up");
  c.p_down = MaybeNumber(node, "p_down");
  c.log_e_gain = MaybeNumber(node, "log_e_gain");
  c.log_e_noninferior = MaybeNumber(node, "log_e_noninferior");
  c.log_e_harm = MaybeNumber(node, "log_e_harm");
  c.state = node.StringOr("state", "");
  c.n_more = MaybeInt(node, "n_more");
  return c;
}

FamilyEffect ReadFamily(const Node& node) {
  return {node["family"].String(),
          node.StringOr("stratum", ""),
          node.IntOr("n", 0),
          node.NumberOr("champion_rate", 0),
          node.NumberOr("candidate_rate", 0),
          ReadInterval(node["delta"])};
}

GuardCount ReadGuard(const Node& node) {
  return {node["id"].String(),
          node.StringOr("why", ""),
          node.StringOr("severity", ""),
          node.StringOr("effect", ""),
          node.BoolOr("hard", false),
          node.BoolOr("shadow", false),
          node.IntOr("exposure", 0),
          node.IntOr("champion_violations", 0),
          node.IntOr("candidate_violations", 0),
          node.NumberOr("candidate_rate_upper", 1)};
}

ResourceUse ReadResource(const Node& node) {
  return {node["name"].String(),          node.NumberOr("champion", 0),
          node.NumberOr("candidate", 0),  MaybeNumber(node, "ratio"),
          MaybeNumber(node, "ratio_low"), MaybeNumber(node, "ratio_high")};
}

Flip ReadFlip(const Node& node) {
  return {node["task_id"].String(), node.StringOr("family", ""), node.StringOr("stratum", ""),
          node.IntOr("trial", 0), node.BoolOr("gained", false)};
}

Subject ReadSubject(const Node& node) {
  return {node.StringOr("name", ""), node.StringOr("hash", ""), node.StringOr("source", "")};
}

void ReadHead(const Node& root, Verdict& v) {
  v.kind = ReadKind(root["verdict"]);
  v.reasons = ReadItems<Reason>(root, "reasons", [](const Node& node) {
    return Reason{node["code"].String(), node.StringOr("text", "")};
  });
  v.what_would_settle = root.StringsOr("what_would_settle");
  v.mode = root.StringOr("mode", "");
  v.estimand = root.StringOr("estimand", "");
  v.champion = ReadSubject(root["champion"]);
  v.candidate = ReadSubject(root["candidate"]);
  const Node suite = root["suite"];
  v.suite = suite.StringOr("name", "");
  v.suite_digest = suite.StringOr("digest", "");
  if (const auto seed = suite.Find("seed")) {
    // Beyond the signed range the JSON reader gives an unsigned number.
    v.suite_seed = seed->json().is_number_unsigned() ? seed->json().get<std::uint64_t>()
                                                     : static_cast<std::uint64_t>(seed->Int(0));
  }
  v.suite_variant = static_cast<std::uint64_t>(suite.IntOr("variant", 0, 0));
  v.policy_digest = root.StringOr("policy_digest", "");
  v.guard_policy_digest = root.StringOr("guard_policy_digest", "");
}

void ReadDecision(const Node& root, Verdict& v) {
  v.alpha = root.NumberOr("alpha", v.alpha);
  v.alpha_block = root.NumberOr("alpha_block", v.alpha_block);
  v.beta = root.NumberOr("beta", v.beta);
  v.error_budget_left = MaybeNumber(root, "error_budget_left");
  v.pairs = ReadPairs(root["pairs"]);
  v.delta = ReadInterval(root["delta"]);
  v.delta_label = root.StringOr("delta_label", "");
  const Node mcnemar = root["mcnemar"];
  v.mcnemar_exact_p = MaybeNumber(mcnemar, "exact_p");
  v.mcnemar_mid_p = MaybeNumber(mcnemar, "mid_p");
  const Node decision = root["decision"];
  v.decision_method = decision.StringOr("method", "");
  v.p_up = decision.NumberOr("p_up", 1);
  v.p_down = decision.NumberOr("p_down", 1);
}

void ReadSealed(const Node& root, Verdict& v) {
  if (const auto vault = root.Find("vault")) {
    v.vault = VaultAnswer{(*vault)["passed"].Bool(), (*vault)["margin"].Number(0, 1),
                          vault->IntOr("queries_left", 0), vault->IntOr("fails_left", 0)};
  }
  if (const auto probes = root.Find("probes")) v.probes = ReadProbeSection(*probes);
  if (const auto approval = root.Find("approval")) {
    const Node statement = (*approval)["statement"];
    v.approval =
        ApprovalState{{statement["base"].String(), statement["candidate"].String(),
                       statement["evidence"].String(), statement.StringOr("guard_policy", ""),
                       statement.StringOr("author", "")},
                      approval->IntOr("needed", 0),
                      approval->IntOr("valid", 0)};
  }
  if (const auto published = root.Find("published")) {
    v.published =
        PublishedScore{(*published)["score"].Number(), published->BoolOr("raised", false)};
  }
}

}  // namespace

Verdict VerdictFromJson(const Json& json, const std::string& source_name) {
  const Node root = Document::FromValue(json, source_name).root();
  root["format"].OneOf({"kedge-verdict/1"});
  Verdict v;
  ReadHead(root, v);
  ReadDecision(root, v);
  v.components = ReadItems<Component>(root, "components", ReadComponent);
  v.families = ReadItems<FamilyEffect>(root, "families", ReadFamily);
  v.guards = ReadItems<GuardCount>(root, "guards", ReadGuard);
  v.resources = ReadItems<ResourceUse>(root, "resources", ReadResource);
  v.flips = ReadItems<Flip>(root, "flips", ReadFlip);
  ReadSealed(root, v);
  if (const auto suspects = root.Find("suspects")) v.suspects = ReadSuspectSection(*suspects);
  if (const auto details = root.Find("details")) v.details = details->json();
  v.episodes = root.IntOr("episodes", 0);
  v.missing_episodes = root.IntOr("missing_episodes", 0);
  v.seconds = root.NumberOr("seconds", 0);
  v.recorded_digest = root["digest"].NonEmptyString();
  return v;
}

}  // namespace kedge::gate
