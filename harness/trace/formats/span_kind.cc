#include "harness/trace/formats/span_kind.h"

#include <charconv>
#include <map>
#include <string_view>
#include <utility>

namespace kedge::trace {
namespace {

constexpr std::int64_t kMaxCount =
    1'000'000'000'000;  // no call takes as much; sums cannot overflow

const std::map<std::string_view, SpanKind>& Operations() {
  static const std::map<std::string_view, SpanKind> kOperations = {
      {"invoke_agent", SpanKind::kAgent},
      {"create_agent", SpanKind::kAgent},
      {"invoke_workflow", SpanKind::kAgent},
      {"chat", SpanKind::kModel},
      {"text_completion", SpanKind::kModel},
      {"generate_content", SpanKind::kModel},
      {"embeddings", SpanKind::kModel},
      {"execute_tool", SpanKind::kTool},
      {"retrieval", SpanKind::kTool},
      {"search_memory", SpanKind::kTool},
      {"create_memory", SpanKind::kTool},
      {"update_memory", SpanKind::kTool},
      {"upsert_memory", SpanKind::kTool},
      {"delete_memory", SpanKind::kTool},
      {"plan", SpanKind::kPlan},
      {"run_guardrail", SpanKind::kGuard}};
  return kOperations;
}

const std::map<std::string_view, SpanKind>& OpenInferenceKinds() {
  static const std::map<std::string_view, SpanKind> kKinds = {
      {"AGENT", SpanKind::kAgent},     {"CHAIN", SpanKind::kOther}, {"LLM", SpanKind::kModel},
      {"EMBEDDING", SpanKind::kModel}, {"TOOL", SpanKind::kTool},   {"RETRIEVER", SpanKind::kTool},
      {"GUARDRAIL", SpanKind::kGuard}};
  return kKinds;
}

}  // namespace

SpanKind KindOf(const Span& span) {
  const Json& attributes = span.attributes;
  if (const auto known = Operations().find(TextAttribute(attributes, "gen_ai.operation.name"));
      known != Operations().end()) {
    return known->second;
  }
  if (const auto known =
          OpenInferenceKinds().find(TextAttribute(attributes, "openinference.span.kind"));
      known != OpenInferenceKinds().end()) {
    return known->second;
  }
  for (const char* key : {"gen_ai.tool.name", "ai.toolCall.name"}) {
    if (attributes.contains(key)) return SpanKind::kTool;
  }
  for (const char* key : {"gen_ai.request.model", "gen_ai.response.model", "gen_ai.prompt.0.role",
                          "gen_ai.completion.0.role", "llm.model_name", "ai.model.id"}) {
    if (attributes.contains(key)) return SpanKind::kModel;
  }
  return SpanKind::kOther;
}

std::string TextAttribute(const Json& attributes, const char* key) {
  const auto it = attributes.find(key);
  return it != attributes.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Json TakeAttribute(Json& attributes, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto it = attributes.find(key);
    if (it == attributes.end() || it->is_null()) continue;
    Json value = std::move(*it);
    attributes.erase(it);
    return value;
  }
  return nullptr;
}

std::int64_t TakeCount(Json& attributes, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto it = attributes.find(key);
    if (it == attributes.end()) continue;
    std::int64_t count = -1;
    if (it->is_number_integer()) {
      count = it->get<std::int64_t>();
    } else if (it->is_string()) {
      const auto& text = it->get_ref<const std::string&>();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (error != std::errc() || end != text.data() + text.size()) count = -1;
    }
    if (count < 0 || count > kMaxCount) continue;
    attributes.erase(it);
    return count;
  }
  return 0;
}

}  // namespace kedge::trace
