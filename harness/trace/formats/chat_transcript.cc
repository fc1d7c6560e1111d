#include "harness/trace/formats/chat_transcript.h"

#include <utility>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_kind.h"
#include "harness/trace/trace_json.h"

namespace kedge::trace {
namespace {

void AppendMessage(Json&& json, const std::string& path, std::vector<Step>& steps) {
  const std::size_t first = steps.size();
  AppendSteps(TakeChatMessage(std::move(json), path), 0, steps);
  for (std::size_t i = first; i < steps.size(); ++i) MoveUsage(steps[i]);
}

std::string DigestId(const std::vector<Step>& steps) {
  Json json = Json::array();
  for (const Step& step : steps) json.push_back(ToJson(step));
  return "chat-" + JsonDigest(json).substr(0, 16);
}

Trace FromConversation(Json&& json) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  Json messages = record.NeedArray("messages");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    AppendMessage(std::move(messages[i]), "messages[" + std::to_string(i) + "]", trace.steps);
  }
  for (const char* key : {"trace_id", "conversation_id", "session_id", "id"}) {
    if (trace.id.empty() && record.Has(key)) trace.id = record.NeedIdentifier(key);
  }
  if (trace.id.empty()) trace.id = DigestId(trace.steps);
  trace.agent = record.TakeText("model");
  trace.extra = std::move(record).Rest();
  return trace;
}

}  // namespace

bool IsChatMessageRecord(const JsonSlices& record) {
  if (FindSlice(record, "role") == nullptr) return false;
  return FindSlice(record, "content") != nullptr || FindSlice(record, "tool_calls") != nullptr ||
         FindSlice(record, "parts") != nullptr;
}

bool IsChatConversation(const JsonSlices& record) {
  const JsonSlice* messages = FindSlice(record, "messages");
  return messages != nullptr && messages->text.starts_with('[') &&
         messages->text.find("\"role\"") != std::string_view::npos;
}

ReadReport ReadChatTranscript(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  ReadReport report;
  Trace trace;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    try {
      AppendMessage(ParseRecord(record, path), "", trace.steps);
    } catch (Error& error) {
      if (error.file().empty()) error.At(path, record.line, error.field());
      report.Bad(error);
    }
    return true;
  });
  if (cut) report.Bad(*cut);
  if (trace.steps.empty()) return report;
  trace.id = DigestId(trace.steps);
  ++report.read;
  sink(std::move(trace));
  return report;
}

ReadReport ReadChatConversations(const std::string& path, const ReadOptions&,
                                 const TraceSink& sink) {
  return ConvertRecords(path, FromConversation, sink);
}

void MoveUsage(Step& step) {
  if (!step.extra.is_object()) return;
  const auto usage = step.extra.find("usage");
  if (usage == step.extra.end() || !usage->is_object()) return;
  step.input_tokens = TakeCount(*usage, {"input_tokens", "prompt_tokens"});
  step.output_tokens = TakeCount(*usage, {"output_tokens", "completion_tokens"});
  if (usage->empty()) step.extra.erase(usage);
  if (step.extra.empty()) step.extra = nullptr;
}

}  // namespace kedge::trace
