#include <cmath>
#include <utility>

#include "harness/trace/fields.h"
#include "harness/trace/outcome.h"

namespace kedge::trace {
namespace {

double Finite(double value, const char* field) {
  if (!std::isfinite(value)) {
    throw std::move(BadData("not a finite number, which no record may hold").At({}, 0, field));
  }
  return value;
}

Json ScoreToJson(const Score& score) {
  Json json = {
      {"scorer", score.scorer}, {"pass", score.pass}, {"score", Finite(score.score, "score")}};
  if (!score.why.empty()) json["why"] = score.why;
  return json;
}

double UnitNumber(Fields& fields, const char* key) {
  double value = 0;
  if (!fields.Number(key, value)) throw fields.Bad(key, "is missing");
  if (value < 0 || value > 1) throw fields.Bad(key, "expected a number in [0, 1]");
  return value;
}

std::int64_t CountOr0(Fields& fields, const char* key) {
  std::int64_t value = 0;
  if (fields.Int(key, value) && value < 0) throw fields.Bad(key, "expected 0 or more");
  return value;
}

Score ScoreFromJson(const Json& json, const Fields& parent, std::int64_t index) {
  Fields fields(json, parent, "scores", index);
  Score score;
  if (!fields.String("scorer", score.scorer)) throw fields.Bad("scorer", "is missing");
  if (!fields.Bool("pass", score.pass)) throw fields.Bad("pass", "is missing");
  score.score = UnitNumber(fields, "score");
  fields.String("why", score.why);
  fields.RefuseUnknown();
  return score;
}

EpisodeStatus ReadStatus(Fields& fields) {
  std::string status;
  if (!fields.String("status", status)) throw fields.Bad("status", "is missing");
  if (status == "scored") return EpisodeStatus::kScored;
  if (status == "missing") return EpisodeStatus::kMissing;
  throw fields.Bad("status", "expected \"scored\" or \"missing\"");
}

void ReadGuardCounts(Fields& fields, const char* name, std::map<std::string, int>& counts) {
  const Json* value = fields.Find(name);
  if (value == nullptr) return;
  if (!value->is_object()) throw fields.Bad(name, "expected an object of counts");
  for (const auto& [guard, count] : value->items()) {
    const std::int64_t n = count.is_number_integer() ? count.get<std::int64_t>() : -1;
    if (n < 0 || n > INT32_MAX) {
      throw fields.Bad(name + ("." + guard), "expected a count of 0 or more");
    }
    counts[guard] = static_cast<int>(n);
  }
}

void ReadCost(Fields& fields, Outcome& outcome) {
  outcome.has_cost = fields.Number("cost", outcome.cost);
  if (outcome.cost < 0) throw fields.Bad("cost", "expected 0 or more");
}

}  // namespace

Json ToJson(const Outcome& outcome) {
  Json json = {
      {"status", outcome.status == EpisodeStatus::kScored ? "scored" : "missing"},
      {"success", outcome.success},
      {"score", Finite(outcome.score, "score")},
      {"end", outcome.end},
  };
  if (!outcome.scores.empty()) {
    Json& scores = json["scores"] = Json::array();
    for (const Score& score : outcome.scores) scores.push_back(ScoreToJson(score));
  }
  if (!outcome.end_detail.empty()) json["end_detail"] = outcome.end_detail;
  if (!outcome.violations.empty()) json["violations"] = outcome.violations;
  if (!outcome.shadow_findings.empty()) json["shadow_findings"] = outcome.shadow_findings;
  if (!outcome.watched_guards.empty()) json["watched_guards"] = outcome.watched_guards;
  if (outcome.has_cost) json["cost"] = Finite(outcome.cost, "cost");
  if (outcome.input_tokens != 0) json["input_tokens"] = outcome.input_tokens;
  if (outcome.output_tokens != 0) json["output_tokens"] = outcome.output_tokens;
  if (outcome.steps != 0) json["steps"] = outcome.steps;
  if (outcome.tool_calls != 0) json["tool_calls"] = outcome.tool_calls;
  if (outcome.latency_seconds != 0) {
    json["latency_seconds"] = Finite(outcome.latency_seconds, "latency_seconds");
  }
  return json;
}

Outcome OutcomeFromJson(const Json& json) {
  Fields fields(json, "outcome");
  Outcome outcome;
  outcome.status = ReadStatus(fields);
  if (!fields.Bool("success", outcome.success)) throw fields.Bad("success", "is missing");
  outcome.score = UnitNumber(fields, "score");
  if (const Json* scores = fields.Array("scores")) {
    for (const Json& item : *scores) {
      outcome.scores.push_back(
          ScoreFromJson(item, fields, static_cast<std::int64_t>(outcome.scores.size())));
    }
  }
  fields.String("end", outcome.end);
  fields.String("end_detail", outcome.end_detail);
  ReadGuardCounts(fields, "violations", outcome.violations);
  ReadGuardCounts(fields, "shadow_findings", outcome.shadow_findings);
  fields.Strings("watched_guards", outcome.watched_guards);
  ReadCost(fields, outcome);
  outcome.input_tokens = CountOr0(fields, "input_tokens");
  outcome.output_tokens = CountOr0(fields, "output_tokens");
  outcome.steps = CountOr0(fields, "steps");
  outcome.tool_calls = CountOr0(fields, "tool_calls");
  fields.Number("latency_seconds", outcome.latency_seconds);
  fields.RefuseUnknown();
  return outcome;
}

}  // namespace kedge::trace
