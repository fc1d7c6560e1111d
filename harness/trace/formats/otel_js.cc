#include "harness/trace/formats/otel_js.h"

#include <utility>

#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_ids.h"

namespace kedge::trace {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

std::int64_t HighResolutionTime(ForeignRecord& record, const char* key) {
  const Json pair = record.Take(key);
  if (pair.is_null()) return 0;
  const bool good = pair.is_array() && pair.size() == 2 && pair[0].is_number_integer() &&
                    pair[1].is_number_integer() && pair[0] >= 0 &&
                    pair[0] < INT64_MAX / kNanosPerSecond && pair[1] >= 0 &&
                    pair[1] < kNanosPerSecond;
  if (!good) throw record.Bad(key, "expected [seconds, nanoseconds]");
  return pair[0].get<std::int64_t>() * kNanosPerSecond + pair[1].get<std::int64_t>();
}

Json ObjectOf(ForeignRecord& record, const char* key) {
  Json value = record.Take(key);
  return value.is_object() ? value : Json::object();
}

std::string IdOf(const std::string& text, std::size_t bytes, const ForeignRecord& record) {
  std::string id = SpanIdFromText(text, bytes);
  if (id.empty()) throw record.Bad("spanContext", "expected hex ids, not all zero");
  return id;
}

}  // namespace

bool IsOtelJs(const JsonSlices& record) {
  return FindSlice(record, "spanContext") != nullptr && FindSlice(record, "attributes") != nullptr;
}

Span SpanFromOtelJs(Json&& object) {
  ForeignRecord record(std::move(object), "");
  ForeignRecord context(record.Take("spanContext"), "spanContext");
  Span span;
  span.trace_id = IdOf(context.NeedText("traceId"), 16, record);
  span.id = IdOf(context.NeedText("spanId"), 8, record);
  std::string parent = record.TakeText("parentSpanId");
  if (Json outer = record.Take("parentSpanContext"); outer.is_object()) {
    parent = ForeignRecord(std::move(outer), "parentSpanContext").TakeText("spanId");
  }
  if (!parent.empty()) span.parent_id = IdOf(parent, 8, record);
  span.name = record.TakeText("name");
  span.start = HighResolutionTime(record, "startTime");
  span.end = HighResolutionTime(record, "endTime");
  span.attributes = ObjectOf(record, "attributes");
  Json events = record.TakeArray("events");
  for (std::size_t i = 0; i < events.size(); ++i) {
    ForeignRecord event(std::move(events[i]), "events[" + std::to_string(i) + "]");
    span.events.push_back(
        {event.TakeText("name"), HighResolutionTime(event, "time"), ObjectOf(event, "attributes")});
  }
  const Json status = record.Take("status");
  if (status.is_object() && status.value("code", Json()) == 1) span.status = SpanStatus::kOk;
  if (status.is_object() && status.value("code", Json()) == 2) {
    span.status = SpanStatus::kError;
    const Json message = status.value("message", Json());
    if (message.is_string()) span.status_message = message;
  }
  Json resource = ObjectOf(record, "resource");
  span.resource = std::make_shared<const Json>(
      resource.contains("attributes") ? resource["attributes"] : std::move(resource));
  return span;
}

}  // namespace kedge::trace
