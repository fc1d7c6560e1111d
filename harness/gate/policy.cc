#include "harness/gate/policy.h"

#include <algorithm>
#include <filesystem>

#include "harness/core/document.h"
#include "harness/gate/change_policy.h"
#include "harness/stats/e_lond.h"

namespace kedge::gate {
namespace {

constexpr double kSmallestRisk = 1e-6;
constexpr double kLargestRisk = 0.5;

void ReadRisks(const Node& node, GatePolicy& policy) {
  policy.alpha = node.NumberOr("alpha", policy.alpha, kSmallestRisk, kLargestRisk);
  policy.alpha_block =
      node.NumberOr("alpha_block", policy.alpha_block, kSmallestRisk, kLargestRisk);
  policy.beta = node.NumberOr("beta", policy.beta, kSmallestRisk, kLargestRisk);
}

void ReadEffects(const Node& node, GatePolicy& policy) {
  const auto margin = [&](std::string_view key, double fallback) {
    return node.NumberOr(key, fallback, 0.001, 0.9);
  };
  policy.smallest_gain = margin("smallest_gain", policy.smallest_gain);
  policy.overall_margin = margin("overall_margin", policy.overall_margin);
  policy.stratum_margin = margin("stratum_margin", policy.stratum_margin);
  policy.critical_stratum_margin =
      margin("critical_stratum_margin", policy.critical_stratum_margin);
  policy.guard_margin = margin("guard_margin", policy.guard_margin);
  policy.prior_discordance = node.NumberOr("prior_discordance", policy.prior_discordance, 0.01, 1);
}

void ReadEpisodeLimits(const Node& node, GatePolicy& policy) {
  node.AllowKeys({"max_steps", "max_tool_calls", "deadline_ms"});
  policy.max_steps = node.IntOr("max_steps", policy.max_steps, 1, 1'000'000);
  policy.max_tool_calls = node.IntOr("max_tool_calls", policy.max_tool_calls, 1, 100'000);
  policy.episode_deadline_ms = node.IntOr("deadline_ms", policy.episode_deadline_ms, 1, 86'400'000);
}

void ReadGuards(const Node& node, const std::string& folder, GatePolicy& policy) {
  node.AllowKeys({"policy", "hard", "rate", "minimum_exposure"});
  policy.guard_policy =
      (std::filesystem::path(folder) / node["policy"].NonEmptyString()).lexically_normal().string();
  policy.hard_guards = node.StringsOr("hard");
  policy.rate_guards = node.StringsOr("rate");
  if (const auto minimum = node.Find("minimum_exposure")) {
    for (const auto& [rule, episodes] : minimum->Members()) {
      policy.minimum_exposure[rule] = episodes.Int(1, policy.max_pairs);
    }
  }
}

double ResourceCap(const Node& node, const std::string& name, const GatePolicy& policy) {
  if (node.Has("cap")) return node["cap"].Number(1e-9, 1e12);
  if (name == "steps") return static_cast<double>(policy.max_steps);
  if (name == "tool_calls") return static_cast<double>(policy.max_tool_calls);
  throw node.Fail("needs `cap`, the most that one episode may count");
}

void ReadResources(const Node& node, GatePolicy& policy) {
  node.AllowKeys({"cost", "tokens", "steps", "tool_calls"});
  for (const auto& [name, limit] : node.Members()) {
    limit.AllowKeys({"max_ratio", "cap", "expected"});
    const double cap = ResourceCap(limit, name, policy);
    policy.resource_limits.push_back(
        {name, limit["max_ratio"].Number(1.001, 1000), cap, limit["expected"].Number(1e-9, cap)});
  }
}

// The resource that is to be saved goes first, where the design looks for it.
void ReadObjective(const Node& node, GatePolicy& policy) {
  node.AllowKeys({"promote_for", "resource", "smallest_saving"});
  ObjectivePolicy& objective = policy.objective;
  const std::string word = node["promote_for"].OneOf({"gain", "saving", "either"});
  if (word == "gain") {
    if (node.Has("resource") || node.Has("smallest_saving")) {
      throw node.Fail(
          "`promote_for: gain` saves nothing: expected no resource and no "
          "smallest_saving");
    }
    return;
  }
  objective.promote_for = word == "saving" ? PromoteFor::kSaving : PromoteFor::kEither;
  objective.resource = node["resource"].OneOf({"cost", "tokens", "steps", "tool_calls"});
  objective.smallest_saving =
      node.NumberOr("smallest_saving", objective.smallest_saving, 0.001, 0.9);
  auto& limits = policy.resource_limits;
  const auto limit = std::find_if(limits.begin(), limits.end(), [&](const ResourceLimit& one) {
    return one.name == objective.resource;
  });
  if (limit == limits.end()) {
    throw node["resource"].Fail(
        "needs a limit under `resources`, which says what the champion is "
        "expected to use and how much counts");
  }
  std::rotate(limits.begin(), limit, limit + 1);
}

void ReadLedger(const Node& node, GatePolicy& policy) {
  node.AllowKeys({"season", "fdr"});
  LedgerPolicy ledger;
  ledger.season = node.IntOr("season", ledger.season, 1, 100'000);
  ledger.fdr = node.NumberOr("fdr", ledger.fdr, kSmallestRisk, kLargestRisk);
  policy.ledger = ledger;
}

void ReadVault(const Node& node, GatePolicy& policy) {
  node.AllowKeys({"margin", "queries"});
  VaultPolicy vault;
  vault.margin = node.NumberOr("margin", vault.margin, 0.001, 0.9);
  vault.queries = node.IntOr("queries", vault.queries, 1, 100'000);
  policy.vault = vault;
}

void ReadCertificate(const Node& node, const std::string& folder, GatePolicy& policy) {
  node.AllowKeys({"file", "max_age_days"});
  policy.certificate = {
      (std::filesystem::path(folder) / node["file"].NonEmptyString()).lexically_normal().string(),
      node["max_age_days"].Int(1, 36'500)};
}

}  // namespace

std::string_view ToString(PromoteFor promote_for) {
  switch (promote_for) {
    case PromoteFor::kGain:
      return "gain";
    case PromoteFor::kSaving:
      return "saving";
    case PromoteFor::kEither:
      return "either";
  }
  return "";
}

GatePolicy DefaultGatePolicy() { return {}; }

GatePolicy LoadGatePolicy(const std::string& path) {
  const Node root = Document::Load(path).root();
  root.AllowKeys({"format",         "alpha",
                  "alpha_block",    "beta",
                  "smallest_gain",  "overall_margin",
                  "stratum_margin", "critical_stratum_margin",
                  "guard_margin",   "prior_discordance",
                  "max_pairs",      "outcome",
                  "hold_mode",      "max_dropped_share",
                  "episode",        "guards",
                  "resources",      "ledger",
                  "vault",          "certificate",
                  "claim",          "change",
                  "drift",          "traces",
                  "objective"});
  root["format"].OneOf({"kedge-policy/1"});
  GatePolicy policy;
  policy.file = path;
  ReadRisks(root, policy);
  ReadEffects(root, policy);
  policy.max_pairs = root.IntOr("max_pairs", policy.max_pairs, 1, 10'000'000);
  policy.max_dropped_share = root.NumberOr("max_dropped_share", policy.max_dropped_share, 0, 0.5);
  if (const auto outcome = root.Find("outcome")) {
    policy.use_score = outcome->OneOf({"success", "score"}) == "score";
  }
  if (const auto mode = root.Find("hold_mode")) {
    policy.economy = mode->OneOf({"informative", "economy"}) == "economy";
  }
  if (const auto claim = root.Find("claim")) {
    policy.claim =
        claim->OneOf({"suite", "population"}) == "population" ? Claim::kPopulation : Claim::kSuite;
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (const auto node = root.Find("episode")) ReadEpisodeLimits(*node, policy);
  if (const auto node = root.Find("guards")) ReadGuards(*node, folder, policy);
  if (const auto node = root.Find("resources")) ReadResources(*node, policy);
  if (const auto node = root.Find("objective")) ReadObjective(*node, policy);
  if (const auto node = root.Find("ledger")) ReadLedger(*node, policy);
  if (const auto node = root.Find("vault")) ReadVault(*node, policy);
  if (const auto node = root.Find("certificate")) ReadCertificate(*node, folder, policy);
  if (const auto node = root.Find("change")) policy.change = ReadChangePolicy(*node);
  if (const auto node = root.Find("traces")) policy.traces = ReadTracePolicy(*node);
  if (const auto node = root.Find("drift")) policy.drift = ReadDriftPolicy(*node, folder);
  return policy;
}

double FirstAlpha(const GatePolicy& policy) {
  if (!policy.ledger) return policy.alpha;
  return std::min(policy.alpha,
                  stats::ELond::Even(policy.ledger->fdr, policy.ledger->season).NextAlpha());
}

Json ToJson(const GatePolicy& policy) {
  Json resources = Json::object();
  for (const ResourceLimit& limit : policy.resource_limits) {
    resources[limit.name] = {
        {"max_ratio", limit.max_ratio}, {"cap", limit.cap}, {"expected", limit.expected}};
  }
  Json json = {{"alpha", policy.alpha},
               {"alpha_block", policy.alpha_block},
               {"beta", policy.beta},
               {"smallest_gain", policy.smallest_gain},
               {"overall_margin", policy.overall_margin},
               {"stratum_margin", policy.stratum_margin},
               {"critical_stratum_margin", policy.critical_stratum_margin},
               {"guard_margin", policy.guard_margin},
               {"prior_discordance", policy.prior_discordance},
               {"max_pairs", policy.max_pairs},
               {"claim", policy.claim == Claim::kPopulation ? "population" : "suite"},
               {"outcome", policy.use_score ? "score" : "success"},
               {"hold_mode", policy.economy ? "economy" : "informative"},
               {"max_dropped_share", policy.max_dropped_share},
               {"episode",
                {{"max_steps", policy.max_steps},
                 {"max_tool_calls", policy.max_tool_calls},
                 {"deadline_ms", policy.episode_deadline_ms}}},
               {"guards", {{"hard", policy.hard_guards}, {"rate", policy.rate_guards}}},
               {"resources", std::move(resources)},
               {"change", ChangePolicyJson(policy.change)}};
  if (!policy.minimum_exposure.empty()) {
    json["guards"]["minimum_exposure"] = policy.minimum_exposure;
  }
  json["drift"] = ToJson(policy.drift);
  if (policy.objective.promote_for != PromoteFor::kGain) {
    json["objective"] = {{"promote_for", ToString(policy.objective.promote_for)},
                         {"resource", policy.objective.resource},
                         {"smallest_saving", policy.objective.smallest_saving}};
  }
  if (policy.traces) json["traces"] = ToJson(*policy.traces);
  if (policy.ledger) {
    json["ledger"] = {{"season", policy.ledger->season}, {"fdr", policy.ledger->fdr}};
  }
  if (policy.certificate) {
    json["certificate"] = {{"max_age_days", policy.certificate->max_age_days}};
  }
  if (policy.vault) {
    json["vault"] = {{"margin", policy.vault->margin}, {"queries", policy.vault->queries}};
  }
  return json;
}

}  // namespace kedge::gate
