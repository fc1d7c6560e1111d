#include "harness/trace/formats/otlp_protobuf.h"

#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "harness/core/utf8.h"
#include "harness/trace/formats/protobuf_wire.h"
#include "harness/trace/formats/span_ids.h"

namespace kedge::trace {
namespace {

constexpr int kMaxNesting = 32;

std::string TextOf(const WireField& field, const char* what) {
  if (field.type != 2) throw BadData(std::string(what) + ": wrong wire type");
  if (!IsValidUtf8(field.bytes)) throw BadData(std::string(what) + ": invalid UTF-8");
  return std::string(field.bytes);
}

std::int64_t TimeOf(const WireField& field) {
  return field.value > INT64_MAX ? 0 : static_cast<std::int64_t>(field.value);
}

// Calls `visit` for each field; throws where the message is damaged.
template <typename Visit>
void ForEachField(std::string_view message, const char* what, Visit visit) {
  WireReader reader(message);
  WireField field;
  while (reader.Next(field)) visit(field);
  if (!reader.ok()) {
    throw BadData(std::string(what) + ": damaged at byte " + std::to_string(reader.position()));
  }
}

Json ReadAnyValue(std::string_view message, int depth);

void ReadKeyValue(std::string_view message, Json& out, int depth) {
  std::string key;
  Json value;
  ForEachField(message, "attribute", [&](const WireField& field) {
    if (field.number == 1) key = TextOf(field, "attribute key");
    if (field.number == 2 && field.type == 2) value = ReadAnyValue(field.bytes, depth + 1);
  });
  out[key] = std::move(value);
}

Json ReadAnyValue(std::string_view message, int depth) {
  if (depth > kMaxNesting) throw BadData("attribute values nested too deeply");
  Json out;
  ForEachField(message, "attribute value", [&out, depth](const WireField& field) {
    if (field.number == 1) out = TextOf(field, "attribute value");
    if (field.number == 2) out = field.value != 0;
    if (field.number == 3) out = static_cast<std::int64_t>(field.value);
    if (field.number == 4) {
      const auto number = std::bit_cast<double>(field.value);
      out = std::isfinite(number) ? Json(number) : Json(std::to_string(number));
    }
    if (field.number == 5) {
      out = Json::array();
      ForEachField(field.bytes, "array", [&out, depth](const WireField& item) {
        if (item.number == 1) out.push_back(ReadAnyValue(item.bytes, depth + 1));
      });
    }
    if (field.number == 6) {
      out = Json::object();
      ForEachField(field.bytes, "key-value list", [&out, depth](const WireField& item) {
        if (item.number == 1) ReadKeyValue(item.bytes, out, depth + 1);
      });
    }
    if (field.number == 7) out = Base64Of(field.bytes);
  });
  return out;
}

SpanEvent ReadEvent(std::string_view message) {
  SpanEvent event;
  ForEachField(message, "event", [&event](const WireField& field) {
    if (field.number == 1) event.unix_nanos = TimeOf(field);
    if (field.number == 2) event.name = TextOf(field, "event name");
    if (field.number == 3) ReadKeyValue(field.bytes, event.attributes, 0);
  });
  return event;
}

Json ReadLink(std::string_view message) {
  Json link = {{"attributes", Json::object()}};
  ForEachField(message, "link", [&link](const WireField& field) {
    if (field.number == 1) link["trace_id"] = HexOf(field.bytes);
    if (field.number == 2) link["span_id"] = HexOf(field.bytes);
    if (field.number == 4) ReadKeyValue(field.bytes, link["attributes"], 0);
  });
  return link;
}

std::string IdOf(const WireField& field, std::size_t bytes, const char* what) {
  const std::string hex = HexOf(field.bytes);
  const bool good = field.bytes.size() == bytes && hex.find_first_not_of('0') != std::string::npos;
  if (!good) throw BadData(std::string(what) + ": expected " + std::to_string(bytes) + " bytes");
  return hex;
}

class WireMessageReader {
 public:
  SpanBatch Read(std::string_view bytes) {
    Walk(bytes, "message", [this](const WireField& field) {
      if (field.number == 1) ReadResourceSpans(field.bytes);
    });
    return std::move(batch_);
  }

 private:
  // Damage ends this message only; what precedes it has been read.
  template <typename Visit>
  void Walk(std::string_view message, const char* what, Visit visit) {
    try {
      ForEachField(message, what, visit);
    } catch (const Error& error) {
      Complain(error);
    }
  }

  void Complain(const Error& error) {
    batch_.report.Bad(
        std::move(BadData(error.message()).At({}, 0, "span[" + std::to_string(seen_) + "]")));
  }

  void ReadResourceSpans(std::string_view message) {
    resource_ = std::make_shared<const Json>(Json::object());
    // The resource may come after its spans on the wire.
    Walk(message, "resource spans", [this](const WireField& field) {
      if (field.number == 1) ReadResource(field.bytes);
    });
    Walk(message, "resource spans", [this](const WireField& field) {
      if (field.number == 2 || field.number == 1000) ReadScopeSpans(field.bytes);
    });
  }

  void ReadResource(std::string_view message) {
    Json attributes = Json::object();
    Walk(message, "resource", [&attributes](const WireField& field) {
      if (field.number == 1) ReadKeyValue(field.bytes, attributes, 0);
    });
    resource_ = std::make_shared<const Json>(std::move(attributes));
  }

  void ReadScopeSpans(std::string_view message) {
    scope_.clear();
    Walk(message, "scope spans", [this](const WireField& field) {
      if (field.number == 1) {
        ForEachField(field.bytes, "scope", [this](const WireField& member) {
          if (member.number == 1) scope_ = TextOf(member, "scope name");
        });
      }
      if (field.number == 2) ReadSpan(field.bytes);
    });
  }

  void ReadSpan(std::string_view message) {
    try {
      Span span;
      ForEachField(message, "span", [&](const WireField& field) { ReadMember(field, span); });
      if (span.trace_id.empty() || span.id.empty()) throw BadData("a span without ids");
      span.scope = scope_;
      span.resource = resource_;
      ++batch_.report.read;
      batch_.spans.push_back(std::move(span));
    } catch (const Error& error) {
      Complain(error);
    }
    ++seen_;
  }

  void ReadMember(const WireField& field, Span& span) {
    switch (field.number) {
      case 1:
        span.trace_id = IdOf(field, 16, "trace id");
        break;
      case 2:
        span.id = IdOf(field, 8, "span id");
        break;
      case 4:
        if (!field.bytes.empty()) span.parent_id = IdOf(field, 8, "parent span id");
        break;
      case 5:
        span.name = TextOf(field, "span name");
        break;
      case 7:
        span.start = TimeOf(field);
        break;
      case 8:
        span.end = TimeOf(field);
        break;
      case 9:
        ReadKeyValue(field.bytes, span.attributes, 0);
        break;
      case 11:
        span.events.push_back(ReadEvent(field.bytes));
        break;
      case 13:
        span.links.push_back(ReadLink(field.bytes));
        break;
      case 15:
        ReadStatus(field.bytes, span);
        break;
      default:
        break;
    }
  }

  void ReadStatus(std::string_view message, Span& span) {
    ForEachField(message, "status", [&](const WireField& field) {
      if (field.number == 2) span.status_message = TextOf(field, "status message");
      if (field.number != 3) return;
      if (field.value <= 2) {
        span.status = static_cast<SpanStatus>(field.value);
      } else {
        batch_.report.Odd(
            std::move(BadData("unknown status code " + std::to_string(field.value))
                          .At({}, 0, "span[" + std::to_string(seen_) + "].status.code")));
      }
    });
  }

  SpanBatch batch_;
  std::shared_ptr<const Json> resource_;
  std::string scope_;
  std::int64_t seen_ = 0;
};

}  // namespace

bool IsOtlpProtobuf(std::string_view bytes) {
  WireReader reader(bytes);
  WireField field;
  bool any = false;
  while (reader.Next(field)) {
    if (field.number != 1 || field.type != 2) return false;
    any = true;
    WireReader inner(field.bytes);
    WireField member;
    while (inner.Next(member)) {
      if (member.type != 2 || (member.number > 3 && member.number != 1000)) return false;
    }
    if (!inner.ok()) return false;
  }
  return any && reader.ok();
}

SpanBatch SpansFromOtlpProtobuf(std::string_view bytes) { return WireMessageReader().Read(bytes); }

}  // namespace kedge::trace
