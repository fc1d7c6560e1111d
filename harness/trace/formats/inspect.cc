#include "harness/trace/formats/inspect.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/core/file.h"
#include "harness/core/zip_reader.h"
#include "harness/trace/formats/chat_message.h"
#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_kind.h"

namespace kedge::trace {
namespace {

constexpr std::string_view kSamples = "samples/";

// What all samples of a log share.
struct LogInfo {
  std::string task;
  std::string model;
  std::string run_id;
};

LogInfo InfoOf(const Json& eval) {
  LogInfo info;
  if (!eval.is_object()) return info;
  info.task = TextAttribute(eval, "task");
  info.model = TextAttribute(eval, "model");
  info.run_id = TextAttribute(eval, "run_id");
  return info;
}

// What a model event says of the message it made.
struct ModelEvent {
  std::string message_id;
  Json content;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t unix_nanos = 0;
};

Json At(const Json& value, std::initializer_list<const char*> path) {
  const Json* at = &value;
  for (const char* key : path) {
    if (at->is_array() && !at->empty()) at = &(*at)[0];
    const auto it = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || it == at->end()) return nullptr;
    at = &*it;
  }
  return *at;
}

// Long texts of events are kept apart, under a reference.
Json Resolve(Json content, const Json& attachments) {
  if (!content.is_string() || !attachments.is_object()) return content;
  const std::string_view text = content.get_ref<const std::string&>();
  for (const std::string_view prefix : {"attachment://", "tc://"}) {
    if (!text.starts_with(prefix)) continue;
    const auto found = attachments.find(std::string(text.substr(prefix.size())));
    if (found != attachments.end()) return *found;
  }
  return content;
}

std::vector<ModelEvent> ModelEvents(const Json& sample) {
  Json events = sample.value("events", Json());
  Json attachments = sample.value("attachments", Json());
  if (!events.is_array()) {
    events = At(sample, {"transcript", "events"});
    attachments = At(sample, {"transcript", "content"});
  }
  std::vector<ModelEvent> out;
  if (!events.is_array()) return out;
  for (const Json& event : events) {
    if (!event.is_object() || event.value("event", Json()) != "model") continue;
    ModelEvent& made = out.emplace_back();
    Json usage = At(event, {"output", "usage"});
    if (usage.is_object()) {
      made.input_tokens = TakeCount(usage, {"input_tokens"});
      made.output_tokens = TakeCount(usage, {"output_tokens"});
    }
    const Json message = At(event, {"output", "choices", "message"});
    if (message.is_object()) {
      made.message_id = TextAttribute(message, "id");
      made.content = Resolve(message.value("content", Json()), attachments);
    }
    made.unix_nanos = ParseIsoTime(TextAttribute(event, "timestamp"));
  }
  return out;
}

class SampleReader {
 public:
  SampleReader(const LogInfo& info, const ReadOptions& options) : info_(info), options_(options) {}

  Trace Read(Json&& json) {
    events_ = json.is_object() ? ModelEvents(json) : std::vector<ModelEvent>();
    ForeignRecord record(std::move(json), "");
    Trace trace;
    trace.agent = info_.model;
    trace.key.suite = info_.task;
    trace.key.task_id = record.NeedIdentifier("id");
    trace.key.trial = std::max<std::int64_t>(record.TakeInt("epoch"), 1) - 1;
    trace.id = record.TakeText("uuid");
    if (trace.id.empty()) {
      trace.id = info_.run_id + "/" + trace.key.task_id + "/" + std::to_string(trace.key.trial + 1);
    }
    ReadMessages(record, trace.steps);
    trace.outcome = TakeOutcome(record, trace);
    trace.extra = std::move(record).Rest();
    return trace;
  }

 private:
  void ReadMessages(ForeignRecord& record, std::vector<Step>& steps) {
    Json messages = record.TakeArray("messages");
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const std::string id =
          messages[i].is_object() ? TextAttribute(messages[i], "id") : std::string();
      const Json content = messages[i].is_object() ? messages[i].value("content", Json()) : Json();
      const std::size_t first = steps.size();
      AppendSteps(TakeChatMessage(std::move(messages[i]), "messages[" + std::to_string(i) + "]"), 0,
                  steps);
      if (steps[first].kind == StepKind::kModelCall) AddMeters(id, content, first, steps);
    }
  }

  void AddMeters(const std::string& id, const Json& content, std::size_t first,
                 std::vector<Step>& steps) {
    const auto event =
        std::find_if(events_.begin(), events_.end(), [&](const ModelEvent& candidate) {
          if (!id.empty() && !candidate.message_id.empty()) return candidate.message_id == id;
          return candidate.content == content;
        });
    if (event == events_.end()) return;
    steps[first].input_tokens = event->input_tokens;
    steps[first].output_tokens = event->output_tokens;
    for (std::size_t i = first; i < steps.size(); ++i) steps[i].unix_nanos = event->unix_nanos;
    events_.erase(event);
  }

  static Score ScoreOf(const std::string& name, const Json& json) {
    Score score;
    score.scorer = name;
    const Json value = json.is_object() ? json.value("value", Json()) : json;
    if (value.is_number()) score.score = std::clamp(value.get<double>(), 0.0, 1.0);
    if (value == "C" || value == true) score.score = 1;
    if (value == "P") score.score = 0.5;
    score.pass = score.score == 1;
    if (json.is_object() && !score.pass) score.why = TextAttribute(json, "explanation");
    return score;
  }

  std::optional<Outcome> TakeOutcome(ForeignRecord& record, const Trace& trace) const {
    Outcome outcome;
    const Json error = record.Take("error");
    const Json scores = record.Take("scores");
    const Json limit = record.Take("limit");
    if (!error.is_null()) {
      outcome.end = "infrastructure_error";
      outcome.end_detail = error.is_object() ? TextAttribute(error, "message") : DumpJson(error);
      if (!options_.errors_as_recorded) outcome.status = EpisodeStatus::kMissing;
    } else if (!scores.is_object()) {
      return std::nullopt;
    }
    if (limit.is_object()) outcome.end = TextAttribute(limit, "type") + "_limit";
    if (scores.is_object() && outcome.status == EpisodeStatus::kScored) {
      for (const auto& [name, score] : scores.items())
        outcome.scores.push_back(ScoreOf(name, score));
    }
    outcome.success = !outcome.scores.empty();
    for (const Score& score : outcome.scores) {
      outcome.success = outcome.success && score.pass;
      outcome.score += score.score / static_cast<double>(outcome.scores.size());
    }
    outcome.score = std::min(outcome.score, 1.0);
    outcome.latency_seconds = record.TakeNumber("total_time").value_or(0);
    outcome.steps = static_cast<std::int64_t>(trace.steps.size());
    outcome.tool_calls = Count(trace).tool_calls;
    AddUsage(record, outcome);
    return outcome;
  }

  static void AddUsage(ForeignRecord& record, Outcome& outcome) {
    Json by_model = record.Take("model_usage");
    if (!by_model.is_object()) return;
    for (Json& usage : by_model) {
      if (!usage.is_object()) continue;
      outcome.input_tokens += TakeCount(usage, {"input_tokens"});
      outcome.output_tokens += TakeCount(usage, {"output_tokens"});
    }
  }

  const LogInfo& info_;
  const ReadOptions& options_;
  std::vector<ModelEvent> events_;
};

}  // namespace

bool IsInspectLog(const JsonSlices& record) {
  return FindSlice(record, "eval") != nullptr && FindSlice(record, "version") != nullptr &&
         FindSlice(record, "status") != nullptr;
}

ReadReport ReadInspectLog(const std::string& path, const ReadOptions& options,
                          const TraceSink& sink) {
  ReadReport report;
  const auto cut = ForEachRecord(path, [&](const RecordText& record) {
    const JsonSlices members = SliceObject(record.text, record.line);
    LogInfo info;
    if (const JsonSlice* eval = FindSlice(members, "eval")) {
      info = InfoOf(ParseRecord({eval->text, eval->line}, path));
    }
    if (const JsonSlice* samples = FindSlice(members, "samples")) {
      JsonSlices slices = SliceArray(samples->text, samples->line);
      const auto convert = [&](Json&& json) {
        return SampleReader(info, options).Read(std::move(json));
      };
      for (const JsonSlice& slice : slices.items) {
        ConvertRecord({slice.text, slice.line}, path, convert, sink, report);
      }
      if (slices.error && !members.error) report.Bad(slices.error->At(path, slices.error->line()));
    }
    CheckUntaken(members, {"eval", "samples"}, path, report);
    if (members.error) report.Bad(std::move(Error(*members.error).At(path, members.error->line())));
    return true;
  });
  if (cut) report.Bad(*cut);
  return report;
}

ReadReport ReadInspectArchive(const std::string& path, const ReadOptions& options,
                              const TraceSink& sink) {
  ReadReport report;
  const std::string bytes = ReadFile(path);
  const ZipReader zip(bytes);
  LogInfo info;
  const auto read = [&](std::size_t index, const auto& use) {
    const std::string& name = zip.entries()[index].name;
    try {
      const std::string text = zip.Read(index);
      use(text, path + "/" + name);
    } catch (const Error& error) {
      report.Bad(std::move(BadData(error.message()).At(path + "/" + name, error.line())));
    }
  };
  for (const char* header : {"_journal/start.json", "header.json"}) {
    for (std::size_t i = 0; i < zip.entries().size(); ++i) {
      if (zip.entries()[i].name != header) continue;
      read(i, [&info](const std::string& text, const std::string& file) {
        const Json log = ParseJson(text, file);
        if (log.is_object()) info = InfoOf(log.value("eval", Json()));
      });
    }
  }
  const auto convert = [&](Json&& json) {
    return SampleReader(info, options).Read(std::move(json));
  };
  for (std::size_t i = 0; i < zip.entries().size(); ++i) {
    const std::string& name = zip.entries()[i].name;
    if (!name.starts_with(kSamples) || !name.ends_with(".json")) continue;
    read(i, [&](const std::string& text, const std::string& file) {
      ConvertRecord({text, 1}, file, convert, sink, report);
    });
  }
  return report;
}

bool IsInspectArchive(const std::string& path) {
  try {
    LineReader lines(path);
    const auto first = lines.Next();
    if (!first || !ZipReader::IsZip(*first)) return false;
    const std::string bytes = ReadFile(path);
    const ZipReader zip(bytes);
    return std::any_of(zip.entries().begin(), zip.entries().end(), [](const auto& entry) {
      return entry.name == "header.json" || entry.name == "_journal/start.json";
    });
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadData) throw;
    return false;
  }
}

}  // namespace kedge::trace
