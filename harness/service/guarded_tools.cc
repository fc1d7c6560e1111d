#include "harness/service/guarded_tools.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "guards/tool_offer.h"
#include "harness/core/error.h"

namespace kedge::service {
namespace {

using guards::Decision;
using guards::Event;
using guards::EventType;
using guards::Verdict;

constexpr std::string_view kChanged = "definition_changed";

std::optional<Json> AsJson(const std::string& text) {
  try {
    return ParseJson(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The member of the structured content that the text repeats; empty when there is none.
std::string RepeatedMember(const Json& structured, const std::string& text) {
  if (!structured.is_object()) return {};
  for (const auto& [name, value] : structured.items()) {
    if (value == text) return name;
  }
  return {};
}

// What a reader of a result would see, as data that can be judged, and the way back.
class ResultView {
 public:
  explicit ResultView(const rpc::McpCallResult& result) {
    const Json& structured = result.structured;
    const bool only_text = std::all_of(
        result.content.begin(), result.content.end(),
        [](const Json& block) { return block.is_object() && block.value("type", "") == "text"; });
    const std::string text = result.Text();
    std::optional<Json> parsed = AsJson(text);
    repeated_ = RepeatedMember(structured, text);
    if (!only_text) {
      shape_ = Shape::kBlocks;
      data_ = {{"content", result.content}, {"structured", structured}};
    } else if (structured.is_null()) {
      data_ = parsed ? *std::move(parsed) : Json(text);
    } else if (text.empty() || parsed == structured || !repeated_.empty()) {
      shape_ = Shape::kStructured;
      data_ = structured;
    } else {
      shape_ = Shape::kBoth;
      data_ = {{"text", text}, {"structured", structured}};
    }
  }

  const Json& data() const { return data_; }

  // The result that says `left` instead, in which texts may be shorter than in data().
  rpc::McpCallResult With(const Json& left, bool is_error) const {
    switch (shape_) {
      case Shape::kText:
        return rpc::McpTextResult(TextOf(left), is_error);
      case Shape::kStructured: {
        rpc::McpCallResult out =
            rpc::McpTextResult(TextOf(repeated_.empty() ? left : left[repeated_]), is_error);
        out.structured = left;
        return out;
      }
      case Shape::kBoth: {
        rpc::McpCallResult out = rpc::McpTextResult(TextOf(left["text"]), is_error);
        out.structured = left["structured"];
        return out;
      }
      case Shape::kBlocks:
        break;
    }
    rpc::McpCallResult out;
    out.is_error = is_error;
    out.content = left["content"];
    out.structured = left["structured"];
    return out;
  }

 private:
  enum class Shape { kText, kStructured, kBoth, kBlocks };
  static std::string TextOf(const Json& value) {
    return value.is_string() ? value.get<std::string>() : DumpJson(value);
  }

  Shape shape_ = Shape::kText;
  std::string repeated_;
  Json data_;
};

std::string Reasons(const Decision& decision) {
  std::string out;
  for (const guards::Finding& finding : decision.findings) {
    if (finding.shadow || finding.verdict > Verdict::kRedact) continue;
    out += "\n- " + finding.rule + ": " + finding.message;
  }
  return out;
}

rpc::McpCallResult Failure(std::string text) {
  return rpc::McpTextResult(std::move(text), /*is_error=*/true);
}

}  // namespace

GuardedTools::GuardedTools(GuardedToolsOptions options)
    : options_(std::move(options)), upstream_(options_.upstream), monitor_(options_.policy) {
  monitor_.Reset(options_.session);
  trace_.id = options_.session;
  trace_.agent = upstream_.info().server.name;
  trace_.split = "production";
  trace_.extra = {{"policy_digest", options_.policy->digest()}};
  if (options_.pins) pins_ = *options_.pins;
}

GuardedTools::~GuardedTools() {
  if (!options_.record || trace_.steps.empty()) return;
  try {
    options_.record(trace_);
  } catch (const std::exception&) {
    // A destructor has nobody to tell.
  }
}

std::map<std::string, std::string> GuardedTools::DigestsOf(const std::vector<rpc::McpTool>& tools) {
  std::map<std::string, std::string> out;
  for (const rpc::McpTool& tool : tools) {
    const auto description = tool.definition.find("description");
    const auto schema = tool.definition.find("inputSchema");
    const auto end = tool.definition.end();
    out[tool.name] = guards::ToolDefinitionDigest(description == end ? Json() : *description,
                                                  schema == end ? Json() : *schema);
  }
  return out;
}

bool GuardedTools::IsAsPinned(const std::string& name, const std::string& digest) const {
  const auto pin = pins_.find(name);
  return pin == pins_.end() ? !options_.pins : pin->second == digest;
}

// Call with mutex_ held.
void GuardedTools::Refresh() {
  if (listed_ && !upstream_.ToolsChanged()) return;
  auto all = upstream_.ListTools();
  if (!all) throw Error(ErrorKind::kUnavailable, "tools/list: " + all.error().text);
  digests_ = DigestsOf(*all);
  tools_.clear();
  for (rpc::McpTool& tool : *all) {
    const std::string& digest = digests_[tool.name];
    const bool offered = guards::IsOffered(*options_.policy, tool.name, digest);
    if (offered && IsAsPinned(tool.name, digest)) tools_.push_back(std::move(tool));
  }
  if (!options_.pins) pins_.insert(digests_.begin(), digests_.end());  // the first sight counts
  listed_ = true;
}

std::vector<rpc::McpTool> GuardedTools::ListTools() {
  const std::lock_guard lock(mutex_);
  Refresh();
  return tools_;
}

Event GuardedTools::MakeEvent(EventType type, const std::string& tool, Json arguments) const {
  Event event;
  event.type = type;
  event.tool = tool;
  event.arguments = std::move(arguments);
  event.actor = type == EventType::kToolCall ? "agent" : "tool";
  if (options_.clock != nullptr) event.unix_nanos = options_.clock->UnixNanos();
  return event;
}

bool GuardedTools::TakeApproval(const std::string& binding) const {
  if (options_.approvals_folder.empty() || binding.empty()) return false;
  std::error_code failed;
  return std::filesystem::remove(options_.approvals_folder + "/" + binding, failed) && !failed;
}

Decision GuardedTools::Judge(const Event& call) {
  Decision decision = monitor_.Observe(call);
  if (decision.verdict != Verdict::kAsk || !TakeApproval(decision.binding)) return decision;
  Event approval = MakeEvent(EventType::kApproval, "", Json::object());
  approval.binding = decision.binding;
  approval.granted = true;
  approval.unix_nanos = call.unix_nanos;  // a call is not older than its approval
  (void)monitor_.Observe(approval);
  return monitor_.Observe(call);
}

tl::expected<rpc::McpCallResult, rpc::RpcError> GuardedTools::CallTool(
    const std::string& name, const Json& arguments, rpc::McpCallContext& context) {
  Event call = MakeEvent(EventType::kToolCall, name, arguments);
  bool as_pinned = false;
  {
    const std::lock_guard lock(mutex_);
    Refresh();
    const auto digest = digests_.find(name);
    if (digest == digests_.end()) {
      return tl::make_unexpected(rpc::RpcError{rpc::kInvalidParams, "Unknown tool: " + name, {}});
    }
    call.definition = digest->second;
    as_pinned = IsAsPinned(name, digest->second);
  }
  trace::Step step;
  step.kind = trace::StepKind::kToolCall;
  step.actor = "agent";
  step.call = {std::to_string(++calls_), name, arguments};
  RecordStep(std::move(step));
  const Decision decision = Judge(call);
  RecordFindings(decision);
  if (!as_pinned) {
    rpc::McpCallResult refused =
        Failure("Denied: the definition of " + name + " is not the one that was approved.");
    RecordResult(refused, std::string(kChanged));
    return refused;
  }
  if (decision.verdict < Verdict::kRedact) return Refuse(call, decision);
  if (decision.redacted) call = *decision.redacted;
  return PassOn(std::move(call), context.stop_token());
}

rpc::McpCallResult GuardedTools::Refuse(const Event& call, const Decision& decision) {
  const bool ask = decision.verdict == Verdict::kAsk;
  std::string text =
      (ask ? "A person must approve this call first:" : "Denied by policy:") + Reasons(decision);
  if (ask && !options_.approvals_folder.empty()) {
    text += "\nTo approve it once: touch " + options_.approvals_folder + "/" + decision.binding;
  }
  rpc::McpCallResult refused = Failure(std::move(text));
  RecordResult(refused, ask ? "approval_needed" : "denied");
  Event result = MakeEvent(EventType::kToolResult, call.tool, call.arguments);
  result.is_error = true;
  result.result = refused.Text();
  (void)monitor_.Observe(result);  // as whoever replays the recorded trace will see it
  return refused;
}

rpc::McpCallResult GuardedTools::PassOn(Event call, std::stop_token stop) {
  auto result = upstream_.CallTool(call.tool, call.arguments, std::move(stop));
  if (result) return PassBack(call, *std::move(result));
  const rpc::CallFailure& failure = result.error();
  const bool refused = failure.kind == rpc::CallFailure::Kind::kRefused;
  return PassBack(call, Failure(refused ? failure.error.message : "Failed: " + failure.text));
}

rpc::McpCallResult GuardedTools::PassBack(const Event& call, rpc::McpCallResult result) {
  Event event = MakeEvent(EventType::kToolResult, call.tool, call.arguments);
  event.is_error = result.is_error;
  const ResultView view(result);
  event.result = view.data();
  const Decision decision = monitor_.Observe(event);
  RecordFindings(decision);
  std::string error_class = result.is_error ? "tool_error" : "";
  if (decision.verdict < Verdict::kRedact) {
    result = Failure("The result is withheld by policy:" + Reasons(decision));
    error_class = "denied";
  } else if (decision.redacted) {
    result = view.With(decision.redacted->result, result.is_error);
  }
  RecordResult(result, error_class);
  return result;
}

void GuardedTools::RecordStep(trace::Step step) {
  if (options_.clock != nullptr) step.unix_nanos = options_.clock->UnixNanos();
  trace_.steps.push_back(std::move(step));
}

void GuardedTools::RecordFindings(const Decision& decision) {
  for (const guards::Finding& finding : decision.findings) {
    trace::Step step;
    step.kind = trace::StepKind::kGuard;
    step.actor = "guard";
    step.guard = {finding.rule,
                  std::string(finding.shadow ? "warn" : guards::ToString(finding.verdict)),
                  finding.message};
    RecordStep(std::move(step));
  }
}

void GuardedTools::RecordResult(const rpc::McpCallResult& result, const std::string& error_class) {
  trace::Step step;
  step.kind = trace::StepKind::kObservation;
  step.actor = "tool";
  const Json data = ResultView(result).data();
  step.observation = {std::to_string(calls_), result.is_error, error_class,
                      data.is_string() ? data.get<std::string>() : DumpJson(data)};
  RecordStep(std::move(step));
}

}  // namespace kedge::service
