#include "harness/trace/formats/span_trace.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "harness/trace/formats/evaluation_events.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/own_spans.h"
#include "harness/trace/formats/span_content.h"
#include "harness/trace/formats/span_tree.h"

namespace kedge::trace {
namespace {

// What a span says beyond what its step holds.
Json RestOf(Span& span) {
  Json rest = {{"id", span.id}, {"name", span.name}};
  if (!span.parent_id.empty()) rest["parent_id"] = span.parent_id;
  if (span.end > span.start && span.start >= 0) rest["duration_nanos"] = span.end - span.start;
  if (!span.scope.empty()) rest["scope"] = span.scope;
  if (!span.attributes.empty()) rest["attributes"] = std::move(span.attributes);
  for (SpanEvent& event : span.events) {
    rest["events"].push_back({{"name", std::move(event.name)},
                              {"unix_nanos", event.unix_nanos},
                              {"attributes", std::move(event.attributes)}});
  }
  if (!span.links.is_null()) rest["links"] = std::move(span.links);
  if (span.is_error()) rest["status"] = "error";
  if (!span.status_message.empty()) rest["status_message"] = span.status_message;
  return rest;
}

// Two histories hold the same message when these are equal.
std::string IdentityOf(const ChatMessage& message) {
  std::string identity = message.role + '\n';
  for (const ToolCall& call : message.calls) identity += call.id + '\n';
  return message.calls.empty() || message.calls[0].id.empty() ? identity + message.text : identity;
}

class TraceBuilder {
 public:
  TraceBuilder(SpanTree& tree, ReadReport& report) : tree_(tree), report_(report) {}

  Trace Build(std::string id) {
    trace_.id = std::move(id);
    for (const std::size_t index : tree_.order) Read(index);
    if (!saw_content_) ReadAgentsOwnContent();
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.time < b.time; });
    for (Entry& entry : entries_) trace_.steps.push_back(std::move(entry.step));
    trace_.outcome = std::move(evaluations_).Finish(trace_);
    FinishExtra();
    return std::move(trace_);
  }

 private:
  struct Entry {
    std::int64_t time = 0;
    Step step;
  };

  void Read(std::size_t index) {
    Span& span = tree_.spans[index];
    evaluations_.Take(span);
    trace_ids_.insert(span.trace_id);
    switch (tree_.nodes[index].kind) {
      case SpanKind::kAgent:
        agents_.push_back(index);
        break;
      case SpanKind::kModel:
        if (!tree_.nodes[index].wraps_model_call) ReadModelCall(index);
        break;
      case SpanKind::kTool:
        ReadTool(index);
        break;
      case SpanKind::kPlan:
        ReadPlan(index);
        break;
      case SpanKind::kGuard:
        ReadGuard(index);
        break;
      case SpanKind::kOther:
        ++other_spans_;
        if (span.is_error()) error_spans_.push_back(RestOf(span));
        break;
    }
  }

  Step& Add(std::int64_t time, Step&& step) {
    step.unix_nanos = time;
    return entries_.emplace_back(Entry{time, std::move(step)}).step;
  }

  SpanContent ContentOf(Span& span) {
    const Json saved = span.attributes;
    try {
      return TakeSpanContent(span);
    } catch (const Error& error) {
      report_.Bad(
          std::move(BadData(error.message()).At({}, 0, "span " + span.id + ": " + error.field())));
      span.attributes = saved;
      return {};
    }
  }

  // The innermost span of a nest counts; where it says nothing of content or tokens, the spans
  // around it may.
  void ReadModelCall(std::size_t index) {
    SpanContent content = ContentOf(tree_.spans[index]);
    Step meters;
    TakeMeters(tree_.spans[index].attributes, meters);
    Json wrappers;
    std::size_t outer = tree_.nodes[index].enclosing;
    while (outer != SpanNode::kNone && tree_.nodes[outer].kind == SpanKind::kModel) {
      Span& span = tree_.spans[outer];
      if (used_wrappers_.insert(outer).second) {
        if (content.empty()) content = ContentOf(span);
        if (meters.input_tokens == 0 && meters.output_tokens == 0) {
          TakeMeters(span.attributes, meters);
        }
        ElideLongTexts(span.attributes, kLongText);
        wrappers.push_back(RestOf(span));
      }
      outer = tree_.nodes[outer].enclosing;
    }
    const std::int64_t time = tree_.nodes[index].begin;
    AddHistory(std::move(content.input), time);
    if (content.output.empty()) content.output.push_back({"assistant", {}, {}, {}, {}, nullptr});
    const std::size_t first = entries_.size();
    for (ChatMessage& message : content.output) {
      ++known_[IdentityOf(message)];
      saw_content_ = saw_content_ || !message.text.empty() || !message.calls.empty();
      AddMessage(std::move(message), time);
    }
    Step& step = entries_[first].step;
    step.input_tokens = meters.input_tokens;
    step.output_tokens = meters.output_tokens;
    step.cost = meters.cost;
    step.extra["span"] = RestOf(tree_.spans[index]);
    if (!wrappers.is_null()) step.extra["wrapped_by"] = std::move(wrappers);
  }

  static void TakeMeters(Json& attributes, Step& step) {
    step.input_tokens =
        TakeCount(attributes, {"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens",
                               "llm.token_count.prompt", "ai.usage.inputTokens",
                               "ai.usage.promptTokens", "ai.usage.tokens"});
    step.output_tokens =
        TakeCount(attributes, {"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                               "llm.token_count.completion", "ai.usage.outputTokens",
                               "ai.usage.completionTokens"});
    const Json cost =
        attributes.value("gen_ai.usage.cost", attributes.value("llm.cost.total", Json()));
    if (cost.is_number()) step.cost = cost.get<double>();
  }

  // Adds what the history holds beyond what earlier steps hold, counting repetitions.
  void AddHistory(std::vector<ChatMessage>&& history, std::int64_t time) {
    std::map<std::string, int> counted;
    for (ChatMessage& message : history) {
      saw_content_ = true;
      const std::string identity = IdentityOf(message);
      if (message.results.empty() && ++counted[identity] <= known_[identity]) continue;
      ++known_[identity];
      AddMessage(std::move(message), time);
    }
  }

  void AddMessage(ChatMessage&& message, std::int64_t time) {
    std::vector<Step> steps;
    AppendSteps(std::move(message), time, steps);
    for (Step& step : steps) {
      if (step.kind == StepKind::kObservation) {
        if (!AnswerCall(step.observation.call_id)) continue;
      }
      if (step.kind == StepKind::kToolCall) {
        if (!step.call.id.empty() &&
            !call_places_.try_emplace(step.call.id, entries_.size()).second) {
          continue;
        }
        open_calls_.push_back(entries_.size());
      }
      Add(time, std::move(step));
    }
  }

  // False when this call has been answered before. Results without an id are taken as they come.
  bool AnswerCall(const std::string& call_id) {
    return call_id.empty() || answered_.insert(call_id).second;
  }

  void ReadTool(std::size_t index) {
    Span& span = tree_.spans[index];
    const SpanNode& node = tree_.nodes[index];
    Step call;
    call.kind = StepKind::kToolCall;
    call.actor = "agent";
    call.call = TakeToolCall(span);
    // A client's and a server's span of the same call.
    const bool nested = node.enclosing != SpanNode::kNone &&
                        tree_.nodes[node.enclosing].kind == SpanKind::kTool &&
                        tool_names_[node.enclosing] == call.call.name;
    tool_names_[index] = call.call.name;
    if (nested) {
      ++other_spans_;
      if (span.is_error()) error_spans_.push_back(RestOf(span));
      return;
    }
    Step seen;
    seen.kind = StepKind::kObservation;
    seen.actor = "tool";
    const bool has_result = TakeResult(span, seen.observation);
    const std::string id = AnnouncedOrNew(std::move(call), node.begin, RestOf(span));
    seen.observation.call_id = id;
    if (has_result && AnswerCall(id)) Add(node.finish, std::move(seen));
  }

  static ToolCall TakeToolCall(Span& span) {
    ToolCall call;
    Json& attributes = span.attributes;
    Json name = TakeAttribute(attributes, {"gen_ai.tool.name", "tool.name", "ai.toolCall.name"});
    if (name.is_string()) call.name = name;
    if (call.name.empty()) call.name = TextAttribute(attributes, "gen_ai.operation.name");
    if (call.name.empty() || call.name == "execute_tool") {
      call.name = span.name.starts_with("execute_tool ") ? span.name.substr(13) : span.name;
    }
    const Json id = TakeAttribute(
        attributes, {"gen_ai.tool.call.id", "tool_call.id", "tool.call.id", "ai.toolCall.id"});
    if (id.is_string()) call.id = id;
    call.arguments = ArgumentsFrom(TakeAttribute(
        attributes,
        {"gen_ai.tool.call.arguments", "gcp.vertex.agent.tool_call_args", "tool.parameters",
         "ai.toolCall.args", "gen_ai.memory.query.text", "input.value"}));
    return call;
  }

  // False when the span neither failed nor says what came back.
  static bool TakeResult(Span& span, Observation& seen) {
    Json result = TakeAttribute(span.attributes,
                                {"gen_ai.tool.call.result", "gcp.vertex.agent.tool_response",
                                 "ai.toolCall.result", "gen_ai.memory.records", "output.value"});
    const bool has_result = !result.is_null();
    if (has_result) {
      seen.content =
          result.is_string() ? std::move(result.get_ref<std::string&>()) : DumpJson(result);
    }
    const Json type = TakeAttribute(span.attributes, {"error.type"});
    seen.is_error = span.is_error() || !type.is_null() || SaysError(seen.content);
    if (!seen.is_error) return has_result;
    if (type.is_string()) seen.error_class = type;
    if (seen.content.empty()) seen.content = span.status_message;
    if (seen.error_class.empty()) seen.error_class = ErrorClassOf(seen.content);
    return true;
  }

  // The Model Context Protocol's flag inside a result.
  static bool SaysError(const std::string& content) {
    if (content.find("\"isError\"") == std::string::npos) return false;
    const Json json = ArgumentsFrom(Json(content));
    return json.is_object() && json.value("isError", Json()) == true;
  }

  // The id of the step that announced this call; adds one when there is none.
  std::string AnnouncedOrNew(Step&& call, std::int64_t time, Json&& rest) {
    const std::size_t place = FindCall(call.call);
    if (place == SpanNode::kNone) {
      if (!call.call.id.empty()) call_places_.emplace(call.call.id, entries_.size());
      std::string id = call.call.id;
      call.extra["span"] = std::move(rest);
      Add(time, std::move(call));
      return id;
    }
    std::erase(open_calls_, place);
    Step& announced = entries_[place].step;
    if (announced.call.arguments.empty()) announced.call.arguments = std::move(call.call.arguments);
    if (announced.call.id.empty()) announced.call.id = call.call.id;
    announced.extra["span"] = std::move(rest);
    return announced.call.id;
  }

  std::size_t FindCall(const ToolCall& call) const {
    if (const auto known = call_places_.find(call.id);
        !call.id.empty() && known != call_places_.end()) {
      return known->second;
    }
    for (const std::size_t place : open_calls_) {
      const ToolCall& open = entries_[place].step.call;
      if (open.name == call.name && (call.id.empty() || open.id.empty())) return place;
    }
    return SpanNode::kNone;
  }

  void ReadPlan(std::size_t index) {
    Step step;
    step.kind = StepKind::kDecision;
    step.actor = "agent";
    step.decision.point = "plan";
    SpanContent content = ContentOf(tree_.spans[index]);
    for (const ChatMessage& message : content.output) {
      step.decision.chosen += message.text;
      step.decision.reason += message.reasoning;
    }
    step.extra["span"] = RestOf(tree_.spans[index]);
    Add(tree_.nodes[index].begin, std::move(step));
  }

  void ReadGuard(std::size_t index) {
    Span& span = tree_.spans[index];
    Step step;
    step.kind = StepKind::kGuard;
    step.actor = "guard";
    const Json id = TakeAttribute(span.attributes,
                                  {"gen_ai.guardrail.security.policy.rule.id",
                                   "gen_ai.guardrail.security.policy.id", "gen_ai.guardrail.name"});
    step.guard.guard = id.is_string() ? id.get<std::string>() : span.name;
    const Json verdict = TakeAttribute(
        span.attributes, {"gen_ai.guardrail.verdict.type", "gen_ai.guardrail.action.type"});
    if (verdict.is_string()) step.guard.verdict = verdict;
    if (step.guard.verdict == "modify") step.guard.verdict = "redact";
    if (step.guard.verdict == "escalate") step.guard.verdict = "ask";
    step.guard.message = span.status_message;
    step.extra["span"] = RestOf(span);
    Add(tree_.nodes[index].begin, std::move(step));
  }

  // Some instrumentations say what was said only on the agent's span.
  void ReadAgentsOwnContent() {
    for (const std::size_t index : agents_) {
      SpanContent content = ContentOf(tree_.spans[index]);
      AddHistory(std::move(content.input), tree_.nodes[index].begin);
      for (ChatMessage& message : content.output) {
        AddMessage(std::move(message), tree_.nodes[index].finish);
      }
    }
  }

  void FinishExtra() {
    Json otel = {{"trace_ids", trace_ids_}};
    for (const std::size_t index : agents_) {
      Span& span = tree_.spans[index];
      if (trace_.agent.empty()) trace_.agent = AgentName(span.attributes);
      ElideLongTexts(span.attributes, kLongText);
      otel["agent_spans"].push_back(RestOf(span));
    }
    for (const Span& span : tree_.spans) {
      if (trace_.agent.empty()) trace_.agent = TextAttribute(*span.resource, "service.name");
      for (const char* key : {"user.id", "enduser.id"}) {
        if (trace_.principal.empty()) trace_.principal = TextAttribute(span.attributes, key);
      }
    }
    if (!tree_.spans.empty() && !tree_.spans[0].resource->empty()) {
      otel["resource"] = *tree_.spans[tree_.order[0]].resource;
    }
    if (other_spans_ > 0) otel["other_spans"] = other_spans_;
    if (!error_spans_.is_null()) otel["error_spans"] = std::move(error_spans_);
    trace_.extra = {{"otel", std::move(otel)}};
  }

  static std::string AgentName(const Json& attributes) {
    std::string name = TextAttribute(attributes, "gen_ai.agent.name");
    return name.empty() ? TextAttribute(attributes, "agent.name") : name;
  }

  static constexpr std::size_t kLongText = 512;

  SpanTree& tree_;
  ReadReport& report_;
  Trace trace_;
  std::vector<Entry> entries_;
  EvaluationEvents evaluations_;
  std::map<std::string, int> known_;                // messages that steps hold, by identity
  std::map<std::string, std::size_t> call_places_;  // call id -> entry
  std::vector<std::size_t> open_calls_;             // announced, not yet seen to run
  std::set<std::string> answered_;                  // call ids with a result
  std::map<std::size_t, std::string> tool_names_;
  std::set<std::size_t> used_wrappers_;
  std::vector<std::size_t> agents_;
  std::set<std::string> trace_ids_;
  std::int64_t other_spans_ = 0;
  Json error_spans_;
  bool saw_content_ = false;
};

}  // namespace

std::string ConversationOf(const Span& span) {
  for (const char* key : {"gen_ai.conversation.id", "session.id", "gcp.vertex.agent.session_id"}) {
    std::string id = TextAttribute(span.attributes, key);
    if (!id.empty()) return id;
  }
  return {};
}

Trace TraceFromSpans(std::string id, std::vector<Span>&& spans, ReadReport& report) {
  SpanTree tree = MakeSpanTree(std::move(spans), report);
  try {
    if (auto own = TraceFromOwnSpans(tree, report)) return std::move(*own);
  } catch (const Error& error) {
    report.Bad(error);
  }
  return TraceBuilder(tree, report).Build(std::move(id));
}

}  // namespace kedge::trace
