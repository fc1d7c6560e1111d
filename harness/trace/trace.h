#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/outcome.h"

namespace kedge::trace {

/// A choice the agent made and why: the part of a trace that a learner and an auditor need most.
struct Decision {
  std::string point;  ///< "tool", "argument_source", "order", "confirm", "retry", "stop", ...
  std::vector<std::string> options;
  std::string chosen;
  std::vector<std::string> fired_rules;  ///< ids of the guidelines that it followed
  std::string reason;

  bool operator==(const Decision&) const = default;
};

/// A tool call the agent asked for.
struct ToolCall {
  std::string id;
  std::string name;
  Json arguments = Json::object();

  bool operator==(const ToolCall&) const = default;
};

/// What the world (or a guard) answered to a tool call.
struct Observation {
  std::string call_id;
  bool is_error = false;
  std::string error_class;  ///< "not_found", "denied", ...; empty when there is none
  std::string content;      ///< text as the agent saw it (JSON text for JSON results)

  bool operator==(const Observation&) const = default;
};

/// A guard's finding at this place.
struct GuardMark {
  std::string guard;
  std::string verdict;  ///< "deny", "ask", "redact", "warn"
  std::string message;

  bool operator==(const GuardMark&) const = default;
};

enum class StepKind { kMessage, kModelCall, kDecision, kToolCall, kObservation, kGuard };

/// One message, model call, decision, tool call, observation or guard finding. Exactly the member
/// that `kind` names is meaningful; `text` is the message for kMessage and kModelCall.
struct Step {
  StepKind kind = StepKind::kMessage;
  std::string actor;  ///< "system", "user", "agent", "tool", "guard"
  std::string text;
  Decision decision;
  ToolCall call;
  Observation observation;
  GuardMark guard;
  std::int64_t unix_nanos = 0;  ///< 0 when the source has no time
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::optional<double> cost;
  Json extra;  ///< what the source says beyond this model; null when nothing

  bool operator==(const Step&) const = default;
};

/// A recorded episode. Value type.
struct Trace {
  std::string id;        ///< unique in an archive
  std::string agent;     ///< name of the agent or model
  std::string strategy;  ///< content hash, empty when unknown
  EpisodeKey key;        ///< suite, task, ... as far as the source knows them
  std::string split;     ///< "dev", "gate", "vault", "production" or empty
  std::uint64_t seed = 0;
  std::string principal;  ///< on whose behalf the agent acted; empty when unknown
  double inclusion_probability = 1;
  std::vector<Step> steps;
  std::optional<Outcome> outcome;
  Json extra;  ///< what the source says beyond this model; null when nothing

  bool operator==(const Trace&) const = default;
};

/// Counts that reports and importers' tests use.
struct TraceCounts {
  std::int64_t messages = 0;
  std::int64_t tool_calls = 0;
  std::int64_t tool_errors = 0;
  std::int64_t decisions = 0;

  bool operator==(const TraceCounts&) const = default;
};
TraceCounts Count(const Trace& trace);

}  // namespace kedge::trace
