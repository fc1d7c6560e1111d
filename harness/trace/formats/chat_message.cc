#include "harness/trace/formats/chat_message.h"

#include <string_view>
#include <utility>

#include "harness/trace/formats/foreign_record.h"

namespace kedge::trace {
namespace {

// The first of several spellings of a member.
Json TakeFirst(ForeignRecord& record, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (record.Has(key)) return record.Take(key);
  }
  return nullptr;
}

std::string TextFrom(Json&& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  return DumpJson(value);
}

std::string TakeFirstText(ForeignRecord& record, std::initializer_list<const char*> keys) {
  return TextFrom(TakeFirst(record, keys));
}

void AppendLine(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty()) text += '\n';
  text += more;
}

// The text of a tool's result, when it is text or a list of text blocks; else the JSON itself.
std::string ResultText(Json&& content) {
  if (!content.is_array() || content.empty()) return TextFrom(std::move(content));
  std::string text;
  for (const Json& block : content) {
    const bool plain = block.is_object() && block.size() == 2 &&
                       block.value("type", Json()) == "text" &&
                       block.value("text", Json()).is_string();
    if (!plain) return DumpJson(content);
    AppendLine(text, block["text"].get_ref<const std::string&>());
  }
  return text;
}

class MessageReader {
 public:
  explicit MessageReader(const std::string& path) : path_(path) {}

  ChatMessage Read(Json&& json) {
    ForeignRecord record(std::move(json), path_);
    message_.role = RoleOf(record);
    ReadContent(record, "content");
    ReadContent(record, "parts");
    Json calls = record.TakeArray("tool_calls");
    for (std::size_t i = 0; i < calls.size(); ++i) {
      ForeignRecord call(std::move(calls[i]),
                         record.PathOf("tool_calls[" + std::to_string(i) + "]"));
      ReadCall(call);
    }
    message_.reasoning +=
        TakeFirstText(record, {"reasoning_content", "reasoning", "reasoningContent"});
    if (message_.role == "tool") ReadToolMessage(record);
    Keep("blocks", std::move(other_blocks_));
    Json rest = std::move(record).Rest();
    if (rest.is_object()) {
      for (auto& [key, value] : rest.items()) Keep(key, std::move(value));
    }
    return std::move(message_);
  }

 private:
  static std::string RoleOf(ForeignRecord& record) {
    const std::string role = record.NeedText("role");
    if (role == "model" || role == "ai") return "assistant";
    if (role == "developer") return "system";
    if (role == "human") return "user";
    if (role == "function") return "tool";
    if (role == "system" || role == "user" || role == "assistant" || role == "tool") return role;
    throw record.Bad("role", "expected system, user, assistant or tool");
  }

  void Keep(const std::string& key, Json&& value) {
    if (!value.is_null()) message_.extra[key] = std::move(value);
  }

  void ReadContent(ForeignRecord& record, const char* key) {
    Json content = record.Take(key);
    if (content.is_object()) content = Json::array({std::move(content)});
    if (!content.is_array()) {
      AppendLine(message_.text, TextFrom(std::move(content)));
      return;
    }
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (content[i].is_string()) {
        AppendLine(message_.text, content[i].get_ref<const std::string&>());
      } else {
        ReadBlock(std::move(content[i]), record.PathOf(key) + "[" + std::to_string(i) + "]");
      }
    }
  }

  void ReadBlock(Json&& json, std::string path) {
    if (!json.is_object()) {
      other_blocks_.push_back(std::move(json));
      return;
    }
    const Json type = json.value("type", Json());
    const std::string kind =
        type.is_string() ? type.get<std::string>() : std::string(ImplicitKind(json));
    ForeignRecord block(std::move(json), std::move(path));
    if (kind == "text" || kind == "input_text" || kind == "output_text") {
      AppendLine(message_.text, TakeFirstText(block, {"text", "content"}));
    } else if (kind == "reasoning" || kind == "thinking") {
      AppendLine(message_.reasoning,
                 TakeFirstText(block, {"thinking", "reasoning", "content", "text"}));
    } else if (IsOneOf(kind, {"tool_call", "tool-call", "tool_use", "function_call"})) {
      ReadNestedCall(block);
      return;
    } else if (IsOneOf(kind,
                       {"tool_call_response", "tool_result", "tool-result", "function_response"})) {
      ReadNestedResult(block);
      return;
    } else {
      other_blocks_.push_back(std::move(block).Rest());
      return;
    }
    (void)block.Take("type");
    KeepRestOfBlock(std::move(block));
  }

  static bool IsOneOf(std::string_view kind, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      if (kind == name) return true;
    }
    return false;
  }

  // Gemini's parts say what they are by which member is set.
  static std::string_view ImplicitKind(const Json& part) {
    const auto has = [&part](const char* key) {
      const auto it = part.find(key);
      return it != part.end() && !it->is_null();
    };
    if (has("function_call") || has("functionCall")) return "function_call";
    if (has("function_response") || has("functionResponse")) return "function_response";
    if (has("text")) return part.value("thought", Json()) == true ? "reasoning" : "text";
    return "other";
  }

  // A call stands in the block itself or, in Gemini's parts, one level below.
  void ReadNestedCall(ForeignRecord& block) {
    Json inner = TakeFirst(block, {"function_call", "functionCall"});
    if (inner.is_object()) {
      ForeignRecord call(std::move(inner), block.PathOf("function_call"));
      ReadCall(call);
      KeepRestOfBlock(std::move(block));
    } else {
      ReadCall(block);
    }
  }

  void ReadCall(ForeignRecord& record) {
    ToolCall call;
    call.id = TakeFirstText(record, {"id", "toolCallId", "tool_call_id", "call_id"});
    (void)record.Take("type");
    Json function = record.Take("function");
    if (function.is_object()) {
      ForeignRecord inner(std::move(function), record.PathOf("function"));
      call.name = inner.TakeText("name");
      call.arguments = ArgumentsFrom(inner.Take("arguments"));
      KeepRestOfBlock(std::move(inner));
    } else {
      call.name = function.is_string() ? TextFrom(std::move(function))
                                       : TakeFirstText(record, {"name", "toolName", "tool_name"});
      call.arguments =
          ArgumentsFrom(TakeFirst(record, {"arguments", "args", "input", "tool_input"}));
    }
    if (call.name.empty()) throw record.Bad("name", "a tool call without a name");
    message_.calls.push_back(std::move(call));
    KeepRestOfBlock(std::move(record));
  }

  void ReadNestedResult(ForeignRecord& block) {
    Json inner = TakeFirst(block, {"function_response", "functionResponse"});
    if (inner.is_object()) {
      ForeignRecord result(std::move(inner), block.PathOf("function_response"));
      ReadResult(result);
      KeepRestOfBlock(std::move(block));
    } else {
      ReadResult(block);
    }
  }

  void ReadResult(ForeignRecord& record) {
    Observation seen;
    seen.call_id =
        TakeFirstText(record, {"tool_use_id", "id", "toolCallId", "tool_call_id", "call_id"});
    (void)record.Take("type");
    Json content = TakeFirst(record, {"response", "result", "content", "output"});
    seen.is_error = SaysError(record, content);
    seen.content = ResultText(std::move(content));
    if (seen.is_error) seen.error_class = ErrorClassOf(seen.content);
    message_.results.push_back(std::move(seen));
    (void)TakeFirst(record, {"name", "toolName"});
    KeepRestOfBlock(std::move(record));
  }

  // MCP results carry their flag inside the result.
  static bool SaysError(ForeignRecord& record, const Json& content) {
    const Json flag = TakeFirst(record, {"is_error", "isError"});
    if (flag == true) return true;
    return content.is_object() && content.value("isError", Json()) == true;
  }

  // The whole message is the result.
  void ReadToolMessage(ForeignRecord& record) {
    if (!message_.results.empty()) return;
    Observation seen;
    seen.call_id = TakeFirstText(record, {"tool_call_id", "toolCallId", "id"});
    seen.content = std::move(message_.text);
    message_.text.clear();
    const Json error = record.Take("error");
    const Json flag = TakeFirst(record, {"is_error", "isError"});
    seen.is_error = flag == true || (!error.is_null() && error != false);
    if (error.is_object()) {
      const Json type = error.value("type", Json());
      if (type.is_string()) seen.error_class = type;
      const Json text = error.value("message", Json());
      if (text.is_string()) AppendLine(seen.content, text.get_ref<const std::string&>());
    } else if (error.is_string()) {
      AppendLine(seen.content, error.get_ref<const std::string&>());
    }
    if (seen.is_error && seen.error_class.empty()) seen.error_class = ErrorClassOf(seen.content);
    message_.results.push_back(std::move(seen));
  }

  void KeepRestOfBlock(ForeignRecord&& block) {
    Json rest = std::move(block).Rest();
    if (!rest.is_null()) other_blocks_.push_back(std::move(rest));
  }

  const std::string& path_;
  ChatMessage message_;
  Json other_blocks_;
};

}  // namespace

ChatMessage TakeChatMessage(Json&& json, const std::string& path) {
  return MessageReader(path).Read(std::move(json));
}

Json ArgumentsFrom(Json&& arguments) {
  if (arguments.is_null()) return Json::object();
  if (!arguments.is_string()) return std::move(arguments);
  if (arguments.get_ref<const std::string&>().empty()) return Json::object();
  try {
    return ParseJson(arguments.get_ref<const std::string&>());
  } catch (const Error&) {
    return std::move(arguments);
  }
}

void AppendSteps(ChatMessage&& message, std::int64_t unix_nanos, std::vector<Step>& steps) {
  const bool only_results = !message.results.empty() && message.text.empty() &&
                            message.calls.empty() && message.reasoning.empty();
  for (Observation& result : message.results) {
    Step& step = steps.emplace_back();
    step.kind = StepKind::kObservation;
    step.actor = "tool";
    step.unix_nanos = unix_nanos;
    step.observation = std::move(result);
  }
  if (only_results) {
    steps.back().extra = std::move(message.extra);
    return;
  }
  Step& step = steps.emplace_back();
  const bool by_agent = message.role == "assistant";
  step.kind = by_agent ? StepKind::kModelCall : StepKind::kMessage;
  step.actor = by_agent ? "agent" : message.role;
  step.unix_nanos = unix_nanos;
  step.text = std::move(message.text);
  step.extra = std::move(message.extra);
  if (!message.reasoning.empty()) step.extra["reasoning"] = std::move(message.reasoning);
  for (ToolCall& call : message.calls) {
    Step& made = steps.emplace_back();
    made.kind = StepKind::kToolCall;
    made.actor = by_agent ? "agent" : message.role;
    made.unix_nanos = unix_nanos;
    made.call = std::move(call);
  }
}

}  // namespace kedge::trace
