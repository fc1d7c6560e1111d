#include "harness/trace/formats/mini_swe_agent.h"

#include <optional>
#include <string_view>
#include <utility>

#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_kind.h"

namespace kedge::trace {
namespace {

constexpr std::string_view kTimeout = "The last command <command>";
constexpr std::int64_t kMaxSeconds = 9'000'000'000;

// The text of the only block "```bash\n...\n```"; nullopt when there is none or more than one.
std::optional<std::string> OnlyCommand(std::string_view text) {
  constexpr std::string_view kOpen = "```bash";
  std::optional<std::string> found;
  std::size_t at = 0;
  while ((at = text.find(kOpen, at)) != std::string_view::npos) {
    at += kOpen.size();
    const std::size_t line = text.find_first_not_of(" \t\r", at);
    if (line == std::string_view::npos || text[line] != '\n') continue;
    const std::size_t close = text.find("\n```", line + 1);
    if (close == std::string_view::npos) break;
    if (found) return std::nullopt;
    // White space after the opening line belongs to the fence.
    const std::size_t start = text.find_first_not_of(" \t\r\n", line);
    const std::size_t begin = start == std::string_view::npos || start > close ? line + 1 : start;
    found = std::string(text.substr(begin, close - begin));
    at = close + 4;
  }
  return found;
}

void MarkFailure(Observation& seen) {
  constexpr std::string_view kCode = "<returncode>";
  const std::string_view text = seen.content;
  if (text.starts_with(kTimeout)) {
    seen.is_error = true;
    seen.error_class = "timeout";
  } else if (text.starts_with(kCode)) {
    const std::string_view code = text.substr(kCode.size(), text.find('<', 1) - 1);
    seen.is_error = !code.starts_with("0<");
    if (seen.is_error) {
      seen.error_class = "returncode_" + std::string(code.substr(0, code.find('<')).substr(0, 8));
    }
  }
}

class TrajectoryReader {
 public:
  std::vector<Step> Read(Json&& messages) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      ReadMessage(TakeChatMessage(std::move(messages[i]), "messages[" + std::to_string(i) + "]"));
    }
    return std::move(steps_);
  }

 private:
  void ReadMessage(ChatMessage&& message) {
    const std::size_t first = steps_.size();
    if (message.role == "user" && !open_call_.empty()) {
      Step& step = steps_.emplace_back();
      step.kind = StepKind::kObservation;
      step.actor = "tool";
      step.observation.call_id = std::exchange(open_call_, {});
      step.observation.content = std::move(message.text);
      MarkFailure(step.observation);
      step.extra = std::move(message.extra);
      return;
    }
    const auto command = message.role == "assistant" ? OnlyCommand(message.text) : std::nullopt;
    AppendSteps(std::move(message), 0, steps_);
    MoveMeters(steps_[first]);
    if (!command || steps_.size() > first + 1) return;
    const std::int64_t when = steps_[first].unix_nanos;
    Step& step = steps_.emplace_back();
    step.kind = StepKind::kToolCall;
    step.actor = "agent";
    step.unix_nanos = when;
    step.call.name = "bash";
    step.call.id = open_call_ = "action-" + std::to_string(++actions_);
    step.call.arguments = {{"command", *command}};
  }

  static void MoveMeters(Step& step) {
    if (!step.extra.is_object() || !step.extra.contains("extra")) return;
    Json& extra = step.extra["extra"];
    if (!extra.is_object() || !extra.contains("response")) return;
    Json& response = extra["response"];
    if (!response.is_object()) return;
    if (Json& usage = response["usage"]; usage.is_object()) {
      step.input_tokens = TakeCount(usage, {"prompt_tokens", "input_tokens"});
      step.output_tokens = TakeCount(usage, {"completion_tokens", "output_tokens"});
    }
    const Json created = response.value("created", Json());
    if (created.is_number_integer() && created > 0 && created < kMaxSeconds) {
      step.unix_nanos = created.get<std::int64_t>() * 1'000'000'000;
    }
  }

  std::vector<Step> steps_;
  std::string open_call_;
  int actions_ = 0;
};

std::string ModelName(const Json& info) {
  const Json config = info.value("config", Json());
  if (!config.is_object()) return {};
  const Json model = config.value("model", Json());
  return model.is_object() ? TextAttribute(model, "model_name") : std::string();
}

Trace FromTrajectory(Json&& json) {
  ForeignRecord record(std::move(json), "");
  Trace trace;
  trace.key.task_id = record.TakeText("instance_id");
  trace.steps = TrajectoryReader().Read(record.NeedArray("messages"));
  Json info = record.Take("info");
  if (info.is_object()) trace.agent = ModelName(info);
  trace.extra = std::move(record).Rest();
  if (!info.is_null()) trace.extra["info"] = std::move(info);
  trace.id = trace.key.task_id;
  if (trace.id.empty()) trace.id = "trajectory-" + JsonDigest(trace.extra).substr(0, 16);
  return trace;
}

}  // namespace

bool IsMiniSweAgent(const JsonSlices& record) {
  if (FindSlice(record, "messages") == nullptr) return false;
  if (const JsonSlice* format = FindSlice(record, "trajectory_format")) {
    return format->text.starts_with("\"mini-swe-agent");
  }
  const JsonSlice* info = FindSlice(record, "info");
  return info != nullptr && info->text.find("\"mini_version\"") != std::string_view::npos;
}

ReadReport ReadMiniSweAgent(const std::string& path, const ReadOptions&, const TraceSink& sink) {
  return ConvertRecords(path, FromTrajectory, sink);
}

}  // namespace kedge::trace
