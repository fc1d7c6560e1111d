#include "harness/gate/verdict.h"

#include "harness/core/error.h"

namespace kedge::gate {
namespace {

Json Optional(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json IntervalJson(const Interval& interval) {
  return {{"estimate", interval.estimate},
          {"low", interval.low},
          {"high", interval.high},
          {"level", interval.level}};
}

Json PairsJson(const PairTable& pairs) {
  return {{"n", pairs.n},
          {"both", pairs.both},
          {"only_champion", pairs.only_champion},
          {"only_candidate", pairs.only_candidate},
          {"neither", pairs.neither},
          {"unpaired_champion", pairs.unpaired_champion},
          {"unpaired_candidate", pairs.unpaired_candidate},
          {"dropped", pairs.dropped}};
}

Json ComponentJson(const Component& c) {
  Json json = {{"name", c.name},  {"weight", c.weight},     {"margin", c.margin},
               {"n", c.n},        {"clusters", c.clusters}, {"delta", IntervalJson(c.delta)},
               {"state", c.state}};
  const auto put = [&](const char* key, const std::optional<double>& value) {
    if (value) json[key] = *value;
  };
  put("p_up", c.p_up);
  put("p_down", c.p_down);
  put("log_e_gain", c.log_e_gain);
  put("log_e_noninferior", c.log_e_noninferior);
  put("log_e_harm", c.log_e_harm);
  if (c.n_more) json["n_more"] = *c.n_more;
  return json;
}

Json FamilyJson(const FamilyEffect& f) {
  return {{"family", f.family},
          {"stratum", f.stratum},
          {"n", f.n},
          {"champion_rate", f.champion_rate},
          {"candidate_rate", f.candidate_rate},
          {"delta", IntervalJson(f.delta)}};
}

Json GuardJson(const GuardCount& g) {
  return {{"id", g.id},
          {"why", g.why},
          {"severity", g.severity},
          {"effect", g.effect},
          {"hard", g.hard},
          {"shadow", g.shadow},
          {"exposure", g.exposure},
          {"champion_violations", g.champion_violations},
          {"candidate_violations", g.candidate_violations},
          {"candidate_rate_upper", g.candidate_rate_upper}};
}

Json ResourceJson(const ResourceUse& r) {
  return {{"name", r.name},
          {"champion", r.champion},
          {"candidate", r.candidate},
          {"ratio", Optional(r.ratio)},
          {"ratio_low", Optional(r.ratio_low)},
          {"ratio_high", Optional(r.ratio_high)}};
}

Json FlipJson(const Flip& f) {
  return {{"task_id", f.task_id},
          {"family", f.family},
          {"stratum", f.stratum},
          {"trial", f.trial},
          {"gained", f.gained}};
}

Json SubjectJson(const Subject& s) {
  return {{"name", s.name}, {"hash", s.hash}, {"source", s.source}};
}

Json ApprovalJson(const ApprovalState& approval) {
  const guards::ApprovalStatement& statement = approval.statement;
  return {{"statement",
           {{"base", statement.base},
            {"candidate", statement.candidate},
            {"evidence", statement.evidence},
            {"guard_policy", statement.guard_policy},
            {"author", statement.author}}},
          {"needed", approval.needed},
          {"valid", approval.valid}};
}

template <typename T, typename ToJsonFunction>
Json ArrayJson(const std::vector<T>& items, ToJsonFunction to_json) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

Json ReasonJson(const Reason& reason) { return {{"code", reason.code}, {"text", reason.text}}; }

Json ResourcesJson(const std::vector<ResourceUse>& resources, bool with_wall_time) {
  Json array = Json::array();
  for (const ResourceUse& use : resources) {
    if (with_wall_time || use.name != "latency_seconds") array.push_back(ResourceJson(use));
  }
  return array;
}

/// All that does not depend on wall time or on where files lie.
Json Content(const Verdict& v) {
  Json suite = {{"name", v.suite}, {"digest", v.suite_digest}, {"seed", v.suite_seed}};
  if (v.suite_variant != 0) suite["variant"] = v.suite_variant;
  Json json = {
      {"format", "kedge-verdict/1"},
      {"verdict", ToString(v.kind)},
      {"exit_code", ExitCode(v.kind)},
      {"reasons", ArrayJson(v.reasons, ReasonJson)},
      {"what_would_settle", v.what_would_settle},
      {"mode", v.mode},
      {"estimand", v.estimand},
      {"suite", std::move(suite)},
      {"policy_digest", v.policy_digest},
      {"guard_policy_digest", v.guard_policy_digest},
      {"alpha", v.alpha},
      {"alpha_block", v.alpha_block},
      {"beta", v.beta},
      {"error_budget_left", Optional(v.error_budget_left)},
      {"pairs", PairsJson(v.pairs)},
      {"delta", IntervalJson(v.delta)},
      {"delta_label", v.delta_label},
      {"mcnemar", {{"exact_p", Optional(v.mcnemar_exact_p)}, {"mid_p", Optional(v.mcnemar_mid_p)}}},
      {"decision", {{"method", v.decision_method}, {"p_up", v.p_up}, {"p_down", v.p_down}}},
      {"components", ArrayJson(v.components, ComponentJson)},
      {"families", ArrayJson(v.families, FamilyJson)},
      {"guards", ArrayJson(v.guards, GuardJson)},
      {"resources", ResourcesJson(v.resources, false)},
      {"flips", ArrayJson(v.flips, FlipJson)},
      {"details", v.details},
      {"episodes", v.episodes},
      {"missing_episodes", v.missing_episodes}};
  if (v.vault) {
    json["vault"] = {{"passed", v.vault->passed},
                     {"margin", v.vault->margin},
                     {"queries_left", v.vault->queries_left},
                     {"fails_left", v.vault->fails_left}};
  }
  if (v.published) {
    json["published"] = {{"score", v.published->score}, {"raised", v.published->raised}};
  }
  if (v.approval) json["approval"] = ApprovalJson(*v.approval);
  if (v.probes) json["probes"] = ToJson(*v.probes);
  if (v.drift) json["drift"] = ToJson(*v.drift, false);
  return json;
}

}  // namespace

std::string_view ToString(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::kPromote:
      return "PROMOTE";
    case VerdictKind::kBlock:
      return "BLOCK";
    case VerdictKind::kHoldNoDifference:
      return "HOLD_NO_DIFFERENCE";
    case VerdictKind::kHoldInconclusive:
      return "HOLD_INCONCLUSIVE";
  }
  throw InternalError("unknown verdict kind");
}

VerdictKind KindOf(stats::Verdict verdict) {
  switch (verdict) {
    case stats::Verdict::kPromote:
      return VerdictKind::kPromote;
    case stats::Verdict::kBlock:
      return VerdictKind::kBlock;
    case stats::Verdict::kHoldNoDifference:
      return VerdictKind::kHoldNoDifference;
    case stats::Verdict::kHoldInconclusive:
      return VerdictKind::kHoldInconclusive;
    case stats::Verdict::kUndecided:
      break;
  }
  throw InternalError("a verdict was asked of a gate that is still running");
}

int ExitCode(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::kPromote:
      return 0;
    case VerdictKind::kBlock:
      return 1;
    case VerdictKind::kHoldNoDifference:
    case VerdictKind::kHoldInconclusive:
      return 2;
  }
  throw InternalError("unknown verdict kind");
}

Json ToJson(const Verdict& verdict) {
  Json json = Content(verdict);
  json["champion"] = SubjectJson(verdict.champion);
  json["candidate"] = SubjectJson(verdict.candidate);
  json["resources"] = ResourcesJson(verdict.resources, true);
  if (verdict.drift) json["drift"] = ToJson(*verdict.drift, true);
  if (verdict.suspects) json["suspects"] = ToJson(*verdict.suspects);
  json["seconds"] = verdict.seconds;
  json["digest"] = Digest(verdict);
  return json;
}

std::string Digest(const Verdict& verdict) {
  if (!verdict.recorded_digest.empty()) return verdict.recorded_digest;
  Json json = Content(verdict);
  json["champion"] = {{"name", verdict.champion.name}, {"hash", verdict.champion.hash}};
  json["candidate"] = {{"name", verdict.candidate.name}, {"hash", verdict.candidate.hash}};
  return JsonDigest(json);
}

}  // namespace kedge::gate
