#include "harness/trace/formats/jaeger.h"

#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_ids.h"

namespace kedge::trace {
namespace {

constexpr std::int64_t kNanosPerMicro = 1000;

template <typename Number>
bool NumberOf(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

Json TagValue(std::string_view type, Json&& value) {
  if (!value.is_string()) return std::move(value);
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t integer = 0;
  double number = 0;
  if (type == "int64" && NumberOf(text, integer)) return integer;
  if (type == "float64" && NumberOf(text, number)) return number;
  if (type == "bool" && (text == "true" || text == "false")) return text == "true";
  return std::move(value);
}

Json TagsOf(Json&& tags) {
  Json out = Json::object();
  for (Json& tag : tags) {
    if (!tag.is_object() || !tag.value("key", Json()).is_string()) continue;
    const Json type = tag.value("type", Json());
    out[tag["key"].get<std::string>()] =
        TagValue(type.is_string() ? type.get_ref<const std::string&>() : "", Json(tag["value"]));
  }
  return out;
}

std::string PaddedId(std::string text, std::size_t bytes) {
  if (text.size() < 2 * bytes) text.insert(0, 2 * bytes - text.size(), '0');
  return SpanIdFromText(text, bytes);
}

std::int64_t NanosOf(ForeignRecord& record, const char* key) {
  const std::int64_t micros = record.TakeInt(key);
  const bool fits = micros >= 0 && micros <= INT64_MAX / kNanosPerMicro / 2;
  if (!fits) throw record.Bad(key, "out of range");
  return micros * kNanosPerMicro;
}

class JaegerReader {
 public:
  SpanBatch Read(Json&& document) {
    ForeignRecord record(std::move(document), "");
    Json traces = record.NeedArray("data");
    for (std::size_t i = 0; i < traces.size(); ++i) {
      Try([&] {
        ReadTrace(ForeignRecord(std::move(traces[i]), "data[" + std::to_string(i) + "]"));
      });
    }
    return std::move(batch_);
  }

 private:
  template <typename Action>
  void Try(Action action) {
    try {
      action();
    } catch (const Error& error) {
      batch_.report.Bad(error);
    }
  }

  void ReadTrace(ForeignRecord trace) {
    processes_.clear();
    nothing_ = std::make_shared<const Json>(Json::object());
    Json processes = trace.Take("processes");
    if (processes.is_object()) {
      for (auto& [id, process] : processes.items())
        Try([&, &name = id, &value = process] {
          ReadProcess(name, ForeignRecord(std::move(value), trace.PathOf("processes." + name)));
        });
    }
    Json spans = trace.NeedArray("spans");
    for (std::size_t i = 0; i < spans.size(); ++i) {
      Try([&] {
        ReadSpan(
            ForeignRecord(std::move(spans[i]), trace.PathOf("spans[" + std::to_string(i) + "]")));
      });
    }
  }

  void ReadProcess(const std::string& id, ForeignRecord process) {
    Json attributes = TagsOf(process.TakeArray("tags"));
    attributes["service.name"] = process.TakeText("serviceName");
    processes_[id] = std::make_shared<const Json>(std::move(attributes));
  }

  void ReadSpan(ForeignRecord record) {
    Span span;
    span.trace_id = PaddedId(record.NeedText("traceID"), 16);
    span.id = PaddedId(record.NeedText("spanID"), 8);
    if (span.trace_id.empty()) throw record.Bad("traceID", "expected hex digits, not all zero");
    if (span.id.empty()) throw record.Bad("spanID", "expected hex digits, not all zero");
    span.name = record.TakeText("operationName");
    span.start = NanosOf(record, "startTime");
    span.end = span.start + NanosOf(record, "duration");
    span.attributes = TagsOf(record.TakeArray("tags"));
    ReadReferences(record, span);
    Json logs = record.TakeArray("logs");
    for (std::size_t i = 0; i < logs.size(); ++i) {
      ForeignRecord log(std::move(logs[i]), record.PathOf("logs[" + std::to_string(i) + "]"));
      span.events.push_back(ReadLog(log));
    }
    ReadStatus(span);
    const auto process = processes_.find(record.TakeText("processID"));
    span.resource = process == processes_.end() ? nothing_ : process->second;
    ++batch_.report.read;
    batch_.spans.push_back(std::move(span));
  }

  static void ReadReferences(ForeignRecord& record, Span& span) {
    for (Json& item : record.TakeArray("references")) {
      ForeignRecord reference(std::move(item), record.PathOf("references"));
      const std::string type = reference.TakeText("refType");
      const std::string trace = PaddedId(reference.TakeText("traceID"), 16);
      const std::string id = PaddedId(reference.TakeText("spanID"), 8);
      if (type == "CHILD_OF" && trace == span.trace_id && span.parent_id.empty()) {
        span.parent_id = id;
      } else {
        span.links.push_back(
            {{"trace_id", trace}, {"span_id", id}, {"attributes", {{"type", type}}}});
      }
    }
  }

  static SpanEvent ReadLog(ForeignRecord& log) {
    SpanEvent event;
    event.unix_nanos = NanosOf(log, "timestamp");
    event.attributes = TagsOf(log.TakeArray("fields"));
    const auto name = event.attributes.find("event");
    if (name != event.attributes.end() && name->is_string()) {
      event.name = name->get<std::string>();
      event.attributes.erase(name);
    }
    return event;
  }

  // OpenTelemetry's exporters turn the status into tags.
  static void ReadStatus(Span& span) {
    const Json code = span.attributes.value("otel.status_code", Json());
    if (code == "OK") span.status = SpanStatus::kOk;
    if (code == "ERROR" || span.attributes.value("error", Json()) == true) {
      span.status = SpanStatus::kError;
    }
    const Json message = span.attributes.value("otel.status_description", Json());
    if (message.is_string()) span.status_message = message;
    const Json scope = span.attributes.value("otel.scope.name", Json());
    if (scope.is_string()) span.scope = scope;
    for (const char* key : {"otel.status_code", "otel.status_description", "error",
                            "otel.scope.name", "otel.scope.version", "span.kind"}) {
      span.attributes.erase(key);
    }
  }

  SpanBatch batch_;
  std::map<std::string, std::shared_ptr<const Json>> processes_;
  std::shared_ptr<const Json> nothing_;
};

}  // namespace

bool IsJaeger(const JsonSlices& record) {
  const JsonSlice* data = FindSlice(record, "data");
  return data != nullptr && data->text.starts_with('[') &&
         data->text.find("\"spans\"") != std::string_view::npos;
}

SpanBatch SpansFromJaeger(Json&& document) { return JaegerReader().Read(std::move(document)); }

}  // namespace kedge::trace
