#include "harness/trace/formats/otlp_json.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "harness/trace/formats/foreign_record.h"
#include "harness/trace/formats/span_ids.h"

namespace kedge::trace {
namespace {

constexpr int kMaxValueDepth = 32;

std::int64_t IntegerOf(const Json& value, const ForeignRecord& record, const char* key) {
  if (value.is_null()) return 0;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  std::int64_t out = 0;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error == std::errc() && end == text.data() + text.size()) return out;
  }
  throw record.Bad(key, "expected a 64-bit integer, as text or number");
}

Json PlainValue(Json&& wrapped, int depth);

Json PlainList(Json&& wrapped, int depth) {
  Json out = Json::array();
  if (!wrapped.is_object()) return out;
  const auto values = wrapped.find("values");
  if (values == wrapped.end() || !values->is_array()) return out;
  for (Json& value : *values) out.push_back(PlainValue(std::move(value), depth + 1));
  return out;
}

// A list of {"key", "value"} as an object; of a key that is written twice the last value stays.
Json PlainMap(Json&& pairs, int depth) {
  Json out = Json::object();
  if (!pairs.is_array()) return out;
  for (Json& pair : pairs) {
    if (!pair.is_object()) continue;
    const auto key = pair.find("key");
    const auto value = pair.find("value");
    if (key == pair.end() || !key->is_string() || value == pair.end()) continue;
    out[key->get_ref<const std::string&>()] = PlainValue(std::move(*value), depth + 1);
  }
  return out;
}

Json PlainInteger(Json&& value) {
  if (!value.is_string()) return std::move(value);
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return std::move(value);
}

Json PlainValue(Json&& wrapped, int depth) {
  if (!wrapped.is_object() || wrapped.empty()) return nullptr;
  if (depth > kMaxValueDepth) throw BadData("attribute values nested too deeply");
  const std::string kind = wrapped.begin().key();
  Json& value = wrapped.begin().value();
  if (kind == "intValue") return PlainInteger(std::move(value));
  if (kind == "arrayValue") return PlainList(std::move(value), depth);
  if (kind != "kvlistValue") return std::move(value);
  if (!value.is_object() || !value.contains("values")) return Json::object();
  return PlainMap(std::move(value["values"]), depth);
}

class DocumentReader {
 public:
  SpanBatch Read(Json&& document) {
    ForeignRecord record(std::move(document), "");
    bool known = false;
    for (const char* key : {"resourceSpans", "batches", "resource_spans"}) {
      known = known || record.Has(key);
      ForEach(record, key, [this](ForeignRecord& group) { ReadResource(group); });
    }
    if (!known) throw record.Bad("resourceSpans", "is missing");
    return std::move(batch_);
  }

 private:
  // Calls `visit` with every element of an array; what it throws is reported.
  template <typename Visit>
  void ForEach(ForeignRecord& record, const char* key, Visit visit) {
    try {
      Json items = record.TakeArray(key);
      for (std::size_t i = 0; i < items.size(); ++i) {
        try {
          ForeignRecord item(std::move(items[i]),
                             record.PathOf(key) + "[" + std::to_string(i) + "]");
          visit(item);
        } catch (const Error& error) {
          batch_.report.Bad(error);
        }
      }
    } catch (const Error& error) {
      batch_.report.Bad(error);
    }
  }

  void ReadResource(ForeignRecord& group) {
    Json resource = group.Take("resource");
    Json attributes = Json::object();
    if (resource.is_object() && resource.contains("attributes")) {
      attributes = PlainMap(std::move(resource["attributes"]), 0);
    }
    resource_ = std::make_shared<const Json>(std::move(attributes));
    for (const char* key : {"scopeSpans", "instrumentationLibrarySpans", "scope_spans"}) {
      ForEach(group, key, [this](ForeignRecord& scope) { ReadScope(scope); });
    }
  }

  void ReadScope(ForeignRecord& group) {
    scope_.clear();
    for (const char* key : {"scope", "instrumentationLibrary"}) {
      const Json scope = group.Take(key);
      if (scope.is_object() && scope.value("name", Json()).is_string()) scope_ = scope["name"];
    }
    ForEach(group, "spans", [this](ForeignRecord& span) { ReadSpan(span); });
  }

  void ReadSpan(ForeignRecord& record) {
    Span span;
    span.trace_id = NeedId(record, "traceId", 16);
    span.id = NeedId(record, "spanId", 8);
    const std::string parent = record.TakeText("parentSpanId");
    if (!parent.empty()) {
      span.parent_id = SpanIdFromText(parent, 8);
      if (span.parent_id.empty()) throw record.Bad("parentSpanId", "expected 16 hex digits");
    }
    span.name = record.TakeText("name");
    span.start = IntegerOf(record.Take("startTimeUnixNano"), record, "startTimeUnixNano");
    span.end = IntegerOf(record.Take("endTimeUnixNano"), record, "endTimeUnixNano");
    span.attributes = PlainMap(record.TakeArray("attributes"), 0);
    ForEach(record, "events", [&span](ForeignRecord& event) {
      span.events.push_back({event.TakeText("name"),
                             IntegerOf(event.Take("timeUnixNano"), event, "timeUnixNano"),
                             PlainMap(event.TakeArray("attributes"), 0)});
    });
    ForEach(record, "links", [&span](ForeignRecord& link) {
      span.links.push_back({{"trace_id", link.TakeText("traceId")},
                            {"span_id", link.TakeText("spanId")},
                            {"attributes", PlainMap(link.TakeArray("attributes"), 0)}});
    });
    ReadStatus(record, span);
    span.scope = scope_;
    span.resource = resource_;
    ++batch_.report.read;
    batch_.spans.push_back(std::move(span));
  }

  static std::string NeedId(ForeignRecord& record, const char* key, std::size_t bytes) {
    std::string id = SpanIdFromText(record.NeedText(key), bytes);
    if (id.empty()) {
      throw record.Bad(key, "expected " + std::to_string(2 * bytes) + " hex digits, not all zero");
    }
    return id;
  }

  void ReadStatus(ForeignRecord& record, Span& span) {
    Json json = record.Take("status");
    if (json.is_null()) return;
    ForeignRecord status(std::move(json), record.PathOf("status"));
    span.status_message = status.TakeText("message");
    const Json code = status.Take("code");
    if (code.is_null() || code == 0 || code == "STATUS_CODE_UNSET") return;
    if (code == 1 || code == "STATUS_CODE_OK") {
      span.status = SpanStatus::kOk;
    } else if (code == 2 || code == "STATUS_CODE_ERROR") {
      span.status = SpanStatus::kError;
    } else {
      batch_.report.Odd(status.Bad("code", "unknown status code " + DumpJson(code)));
    }
  }

  SpanBatch batch_;
  std::shared_ptr<const Json> resource_;
  std::string scope_;
};

}  // namespace

bool IsOtlpJson(const JsonSlices& record) {
  return FindSlice(record, "resourceSpans") != nullptr || FindSlice(record, "batches") != nullptr ||
         FindSlice(record, "resource_spans") != nullptr;
}

SpanBatch SpansFromOtlpJson(Json&& document) { return DocumentReader().Read(std::move(document)); }

}  // namespace kedge::trace
