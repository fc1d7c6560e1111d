#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "guards/compiled_policy.h"
#include "guards/evaluator.h"
#include "guards/policy_reader.h"

namespace kedge::guards {

/// A policy in memory with the evaluator that judges by it.
struct LoadedPolicy {
  explicit LoadedPolicy(const Document& document)
      : policy(ReadPolicy(document, "/nowhere")), evaluator(*policy) {}
  explicit LoadedPolicy(const std::string& yaml)
      : LoadedPolicy(Document::FromYaml(yaml, "policy.yaml")) {}

  std::unique_ptr<Policy::Compiled> policy;
  Evaluator evaluator;
};

inline Event MakeCall(std::string tool, Json arguments) {
  Event event;
  event.type = EventType::kToolCall;
  event.tool = std::move(tool);
  event.arguments = std::move(arguments);
  return event;
}

inline Event MakeResult(std::string tool, Json arguments, bool is_error = false) {
  Event event = MakeCall(std::move(tool), std::move(arguments));
  event.type = EventType::kToolResult;
  event.is_error = is_error;
  return event;
}

inline Event MakeMessage(EventType type, std::string text) {
  Event event;
  event.type = type;
  event.text = std::move(text);
  return event;
}

/// "rule:verdict rule:verdict" of a decision, in its order; errors and shadows are marked.
inline std::string Summary(const Decision& decision) {
  std::string out(ToString(decision.verdict));
  for (const Finding& finding : decision.findings) {
    out += " " + finding.rule + ":" + std::string(ToString(finding.verdict));
    if (!finding.error.empty()) out += "!" + finding.error;
    if (finding.shadow) out += "?";
  }
  return out;
}

}  // namespace kedge::guards
