#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent_ref/llm/proposal.h"
#include "harness/llm/chat_model.h"

namespace kedge::agent_ref {

struct ReflectionOptions {
  std::string model;               ///< its name at the server
  std::int64_t max_tokens = 8192;  ///< of an answer
  ProposalOptions proposals;
  std::size_t max_operations = 12;        ///< of all answers together
  std::size_t max_trace_bytes = 100'000;  ///< traces in one request
  int max_requests = 4;
};

struct ReflectionResult {
  /// By target; can be applied to the parent in this order.
  std::vector<strategy::Operation> operations;
  /// requests, traces shown, operations proposed and taken, refused by reason, every refusal.
  Json report;
};

/// Lets a model look at traces and propose changes of the guidelines, each of which ProposalJudge
/// judges. The same traces in any order make the same requests. Throws Error: kNotPermitted for a
/// trace that is not of the split "dev", kUnavailable when the model gives no answer.
ReflectionResult Reflect(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                         llm::ChatModel& model, const ReflectionOptions& options);

}  // namespace kedge::agent_ref
