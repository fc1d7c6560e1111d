#include "guards/event_json.h"

#include "guards/event_view.h"

namespace kedge::guards {
namespace {

const char* KeyOf(EventType type) {
  switch (type) {
    case EventType::kUserMessage:
      return "user";
    case EventType::kAssistantMessage:
      return "assistant";
    case EventType::kToolCall:
      return "call";
    case EventType::kToolResult:
      return "result";
    case EventType::kFinalOutput:
      return "final";
    case EventType::kMemoryWrite:
      return "memory";
    case EventType::kStrategyChange:
      return "change";
    case EventType::kApproval:
      break;
  }
  return "approve";
}

}  // namespace

Json ToJson(const Event& event) {
  Json out = Json::object();
  Json& main = out[KeyOf(event.type)];
  if (event.type == EventType::kApproval) {
    main = event.granted;
  } else if (event.type == EventType::kStrategyChange) {
    main = event.arguments;
  } else {
    main = HasTool(event.type) ? event.tool : event.text;
    if (HasArguments(event.type)) out["args"] = event.arguments;
  }
  if (event.type == EventType::kToolResult) {
    if (!event.result.is_null()) out["value"] = event.result;
    if (event.is_error) out["error"] = true;
  }
  if (!event.definition.empty()) out["definition"] = event.definition;
  if (!event.actor.empty()) out["actor"] = event.actor;
  if (event.unix_nanos != 0) {
    out["ts"] = static_cast<double>(event.unix_nanos) / static_cast<double>(kNanosPerSecond);
  }
  if (event.tokens != 0) out["tokens"] = event.tokens;
  if (!event.labels.empty()) out["labels"] = event.labels;
  return out;
}

Json ToJson(const Decision& decision) {
  Json findings = Json::array();
  for (const Finding& finding : decision.findings) findings.push_back(ToJson(finding));
  Json out = {{"verdict", ToString(decision.verdict)}, {"findings", std::move(findings)}};
  if (!decision.binding.empty()) out["binding"] = decision.binding;
  if (decision.redacted) out["redacted"] = ToJson(*decision.redacted);
  return out;
}

Json ToJson(const Finding& finding) {
  Json out = {{"rule", finding.rule},
              {"severity", finding.severity},
              {"message", finding.message},
              {"verdict", ToString(finding.verdict)}};
  if (!finding.pointer.empty()) out["pointer"] = finding.pointer;
  if (finding.begin < finding.end) out["bytes"] = {finding.begin, finding.end};
  if (!finding.view.empty()) out["view"] = finding.view;
  if (!finding.error.empty()) out["error"] = finding.error;
  if (finding.shadow) out["shadow"] = true;
  if (finding.late) out["late"] = true;
  if (finding.approved) out["approved"] = true;
  return out;
}

}  // namespace kedge::guards
