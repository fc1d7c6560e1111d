#include "harness/service/trace_ingest.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/core/utf8.h"

namespace kedge::service {
namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kProtobufType[] = "application/x-protobuf";
constexpr int kInvalidArgument = 3;  // google.rpc.Code
constexpr int kUnavailable = 14;
constexpr char kRetryAfterSeconds[] = "5";
constexpr std::size_t kMaxShownErrors = 5;

// --- the two messages that OTLP answers with, in protobuf's wire format

void AppendVarint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendInteger(unsigned field, std::uint64_t value, std::string& out) {
  AppendVarint(field << 3, out);
  AppendVarint(value, out);
}

void AppendBytes(unsigned field, const std::string& bytes, std::string& out) {
  AppendVarint(field << 3 | 2, out);
  AppendVarint(bytes.size(), out);
  out += bytes;
}

net::HttpResponse Answer(int status, bool is_json, const Json& json, std::string protobuf) {
  if (is_json) return net::MakeResponse(status, kJsonType, DumpJson(json));
  return net::MakeResponse(status, kProtobufType, std::move(protobuf));
}

// google.rpc.Status {code = 1, message = 2}
net::HttpResponse Refuse(int status, bool is_json, int code, const std::string& text) {
  std::string protobuf;
  AppendInteger(1, static_cast<std::uint64_t>(code), protobuf);
  AppendBytes(2, text, protobuf);
  return Answer(status, is_json, {{"code", code}, {"message", text}}, std::move(protobuf));
}

std::string Describe(const trace::ReadReport& report) {
  std::string text;
  for (std::size_t i = 0; i < report.errors.size() && i < kMaxShownErrors; ++i) {
    text += (i > 0 ? "; " : "") + std::string(report.errors[i].what());
  }
  return ReplaceInvalidUtf8(text);
}

// ExportTraceServiceResponse {partial_success = 1 {rejected_spans = 1, error_message = 2}}
net::HttpResponse Accept(const trace::ReadReport& report, bool is_json) {
  // A message without refused spans is a warning.
  if (report.bad == 0 && report.errors.empty()) return Answer(200, is_json, Json::object(), "");
  const std::string text = Describe(report);
  std::string partial, protobuf;
  AppendInteger(1, static_cast<std::uint64_t>(report.bad), partial);
  AppendBytes(2, text, partial);
  AppendBytes(1, partial, protobuf);
  const Json json = {
      {"partialSuccess", {{"rejectedSpans", std::to_string(report.bad)}, {"errorMessage", text}}}};
  return Answer(200, is_json, json, std::move(protobuf));
}

}  // namespace

TraceIngest::TraceIngest(TraceLog& log, TraceReview& review, metrics::IngestMetrics& metrics,
                         const Clock& clock, trace::SpanAssemblerOptions options)
    : log_(log),
      review_(review),
      metrics_(metrics),
      clock_(clock),
      max_held_spans_(2 * options.max_spans),
      assembler_(options) {}

net::HttpResponse TraceIngest::Post(const net::ServerRequest& request) {
  const std::string type = net::MediaType(request.headers.Get("Content-Type"));
  const bool is_json = type == kJsonType;
  net::HttpResponse response;
  if (!is_json && type != kProtobufType) {
    response = net::MakeResponse(415, "text/plain; charset=utf-8",
                                 "send application/json or application/x-protobuf\n");
  } else if (const std::string trouble = Trouble(); !trouble.empty()) {
    response = Refuse(503, is_json, kUnavailable, trouble);
    response.headers.Add("Retry-After", kRetryAfterSeconds);
  } else {
    try {
      response = Accept(Take(request, is_json), is_json);
    } catch (const Error& error) {
      response = Refuse(400, is_json, kInvalidArgument, ReplaceInvalidUtf8(error.what()));
    }
  }
  metrics_.CountRequest(response.status);
  return response;
}

std::string TraceIngest::Trouble() const {
  const std::lock_guard lock(mutex_);
  if (!trouble_.empty()) return trouble_;
  const std::size_t held = assembler_.held_spans() + spans_in_review_;
  return held > max_held_spans_ ? "traces come faster than they are written" : "";
}

trace::ReadReport TraceIngest::Take(const net::ServerRequest& request, bool is_json) {
  trace::SpanBatch batch = trace::ReadOtlpRequest(request.body, is_json);
  const std::lock_guard lock(mutex_);
  assembler_.Add(std::move(batch.spans), clock_.SteadyNanos());
  metrics_.CountSpans(batch.report.read, batch.report.bad);
  metrics_.SetWaiting(static_cast<std::int64_t>(assembler_.waiting_spans()));
  return std::move(batch.report);
}

template <typename TakeTraces>
std::vector<trace::AssembledTrace> TraceIngest::TakeOut(TakeTraces take) {
  const std::lock_guard lock(mutex_);
  const std::size_t before = assembler_.held_spans();
  std::vector<trace::AssembledTrace> taken = take(assembler_);
  spans_in_review_ += before - assembler_.held_spans();
  metrics_.SetWaiting(static_cast<std::int64_t>(assembler_.waiting_spans()));
  return taken;
}

void TraceIngest::WriteFinished() {
  const std::lock_guard writing(write_mutex_);
  const std::int64_t now = clock_.SteadyNanos();
  Review(TakeOut([now](trace::SpanAssembler& assembler) { return assembler.TakeFinished(now); }));
  try {
    WriteUnwritten();
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (trouble_.empty()) Log(LogLevel::kError, std::string("writing traces: ") + error.what());
    trouble_ = "traces cannot be written";
  }
}

void TraceIngest::Flush() {
  const std::lock_guard writing(write_mutex_);
  Review(TakeOut([](trace::SpanAssembler& assembler) { return assembler.Flush(); }));
  WriteUnwritten();
}

void TraceIngest::Review(std::vector<trace::AssembledTrace> assembled) {
  for (trace::AssembledTrace& item : assembled) {
    for (const Error& error : item.report.errors) {
      const std::string line = "trace " + item.trace.id + ": " + error.what();
      Log(LogLevel::kWarning, review_.Loggable(line, item.trace.id));
    }
    unwritten_.push_back(review_.Review(std::move(item.trace)));
  }
}

void TraceIngest::WriteUnwritten() {
  log_.Append(unwritten_);
  const auto count = static_cast<std::int64_t>(unwritten_.size());
  metrics_.CountTraces(count, 0);
  review_.Written(unwritten_, log_.end());
  unwritten_.clear();
  const std::lock_guard lock(mutex_);
  traces_written_ += count;
  spans_in_review_ = 0;
  trouble_.clear();
}

TraceIngest::Status TraceIngest::status() const {
  const std::lock_guard lock(mutex_);
  return {assembler_.waiting_spans(), traces_written_, trouble_};
}

}  // namespace kedge::service
