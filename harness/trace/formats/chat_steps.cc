#include "harness/trace/formats/chat_steps.h"

#include <string_view>
#include <utility>

namespace kedge::trace {
namespace {

class ChatReader {
 public:
  explicit ChatReader(ChatDialect dialect) : dialect_(dialect) {}

  void Read(Json&& json, std::string path) {
    ForeignRecord message(std::move(json), std::move(path));
    const std::string role = message.NeedText("role");
    if (role == "assistant") {
      ReadModelCall(message);
    } else if (role == "tool") {
      ReadObservation(message);
    } else if (role == "user" || role == "system") {
      ReadMessage(message, role);
    } else {
      throw message.Bad("role", "expected system, user, assistant or tool");
    }
  }

  std::vector<Step> Steps() && { return std::move(steps_); }

 private:
  // A user may own tools too (tau2's telecom), so user messages can hold calls.
  void ReadMessage(ForeignRecord& message, const std::string& role) {
    Step step;
    step.kind = StepKind::kMessage;
    step.actor = role;
    ReadTextStep(message, std::move(step));
  }

  void ReadModelCall(ForeignRecord& message) {
    Step step;
    step.kind = StepKind::kModelCall;
    step.actor = "agent";
    ReadTextStep(message, std::move(step));
  }

  void ReadTextStep(ForeignRecord& message, Step step) {
    const std::string calls_path = message.PathOf("tool_calls");
    const std::string actor = step.actor;
    Json calls = message.TakeArray("tool_calls");
    step.text = message.TakeContent("content");
    Json usage = ReadMeters(message, step);
    step.extra = std::move(message).Rest();
    if (!usage.is_null()) step.extra["usage"] = std::move(usage);
    const std::int64_t when = step.unix_nanos;
    steps_.push_back(std::move(step));
    for (std::size_t i = 0; i < calls.size(); ++i) {
      ReadCall(std::move(calls[i]), actor, when, calls_path + "[" + std::to_string(i) + "]");
    }
  }

  // Returns what `usage` says beyond the two counts.
  Json ReadMeters(ForeignRecord& message, Step& step) {
    if (dialect_ != ChatDialect::kTau2) return nullptr;
    step.unix_nanos = ParseIsoTime(message.TakeText("timestamp"));
    step.cost = message.TakeNumber("cost");
    Json usage = message.Take("usage");
    if (usage.is_null()) return nullptr;
    ForeignRecord tokens(std::move(usage), message.PathOf("usage"));
    step.input_tokens = tokens.TakeInt("prompt_tokens");
    step.output_tokens = tokens.TakeInt("completion_tokens");
    return std::move(tokens).Rest();
  }

  void ReadCall(Json&& json, const std::string& actor, std::int64_t when, std::string path) {
    Step step;
    step.kind = StepKind::kToolCall;
    step.actor = actor;
    step.unix_nanos = when;
    if (dialect_ == ChatDialect::kAgentDojo) copied_calls_.push_back(json);
    ForeignRecord call(std::move(json), std::move(path));
    step.call.id = call.TakeText("id");
    Json rest;
    if (dialect_ == ChatDialect::kOpenAi) {
      rest = ReadFunction(call, step.call);
    } else if (dialect_ == ChatDialect::kAgentDojo) {
      step.call.name = call.NeedText("function");
      step.call.arguments = TakeArguments(call, "args");
    } else {
      step.call.name = call.NeedText("name");
      step.call.arguments = TakeArguments(call, "arguments");
      if (call.TakeText("requestor") == "user") step.actor = "user";
    }
    step.extra = std::move(call).Rest();
    if (!rest.is_null()) step.extra["function"] = std::move(rest);
    names_[step.call.id] = step.call.name;
    steps_.push_back(std::move(step));
  }

  // Returns what `function` says beyond name and arguments. `type` is "function" in every call.
  static Json ReadFunction(ForeignRecord& call, ToolCall& out) {
    (void)call.TakeText("type");
    ForeignRecord function(call.Take("function"), call.PathOf("function"));
    out.name = function.NeedText("name");
    out.arguments = TakeArguments(function, "arguments");
    return std::move(function).Rest();
  }

  // Arguments may be JSON text; text that is not JSON is what the model said, and stays text.
  static Json TakeArguments(ForeignRecord& record, const char* key) {
    Json arguments = record.Take(key);
    if (arguments.is_null()) return Json::object();
    if (!arguments.is_string()) return arguments;
    try {
      return ParseJson(arguments.get_ref<const std::string&>());
    } catch (const Error&) {
      return arguments;
    }
  }

  void ReadObservation(ForeignRecord& message) {
    Step step;
    step.kind = StepKind::kObservation;
    step.actor = "tool";
    Observation& seen = step.observation;
    seen.call_id = message.TakeText(dialect_ == ChatDialect::kTau2 ? "id" : "tool_call_id");
    seen.content = message.TakeContent("content");
    if (dialect_ == ChatDialect::kOpenAi) {
      seen.is_error = std::string_view(seen.content).starts_with("Error");
      DropRepeatedName(message, seen.call_id, step);
    } else if (dialect_ == ChatDialect::kAgentDojo) {
      ReadAgentDojoResult(message, seen);
      DropRepeatedCall(message, step);
    } else {
      seen.is_error = message.TakeBool("error").value_or(false);
      step.unix_nanos = ParseIsoTime(message.TakeText("timestamp"));
      const std::string requestor = message.TakeText("requestor");
      if (requestor != "assistant") step.extra["requestor"] = requestor;
    }
    if (seen.is_error && seen.error_class.empty()) seen.error_class = ErrorClassOf(seen.content);
    Json rest = std::move(message).Rest();
    for (auto& [key, value] : rest.items()) step.extra[key] = std::move(value);
    steps_.push_back(std::move(step));
  }

  // The agent saw the error text where the result is empty.
  static void ReadAgentDojoResult(ForeignRecord& message, Observation& seen) {
    const std::string error = message.TakeText("error");
    if (error.empty()) return;
    seen.is_error = true;
    seen.error_class = ErrorClassOf(error);
    seen.content += (seen.content.empty() ? "" : "\n") + error;
  }

  void DropRepeatedName(ForeignRecord& message, const std::string& id, Step& step) {
    Json name = message.Take("name");
    const auto known = names_.find(id);
    if (name.is_null() || (known != names_.end() && name == known->second)) return;
    step.extra["name"] = std::move(name);
  }

  void DropRepeatedCall(ForeignRecord& message, Step& step) {
    Json copy = message.Take("tool_call");
    for (const Json& call : copied_calls_) {
      if (call == copy) return;
    }
    if (!copy.is_null()) step.extra["tool_call"] = std::move(copy);
  }

  ChatDialect dialect_;
  std::vector<Step> steps_;
  std::map<std::string, std::string> names_;  // call id -> tool
  std::vector<Json> copied_calls_;            // calls as written, to recognise copies of them
};

}  // namespace

std::vector<Step> StepsFromChat(Json&& messages, ChatDialect dialect, const std::string& path) {
  ChatReader reader(dialect);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    reader.Read(std::move(messages[i]), path + "[" + std::to_string(i) + "]");
  }
  return std::move(reader).Steps();
}

}  // namespace kedge::trace
