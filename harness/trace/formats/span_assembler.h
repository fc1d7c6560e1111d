#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// When a conversation counts as finished, and how much may be waiting.
struct SpanAssemblerOptions {
  /// With its root span there, a conversation is finished when no span has come for so long.
  std::int64_t quiet_nanos = 30'000'000'000;
  /// The same without a root span (it may have been lost).
  std::int64_t patience_nanos = 600'000'000'000;
  /// Above this many waiting spans the conversations that were quiet longest are closed early.
  std::size_t max_spans = 1'000'000;
};

/// The body of one ExportTraceServiceRequest, in OTLP/JSON or OTLP/protobuf. What is wrong with
/// single spans is in the report (`read` spans were accepted, `bad` were not: OTLP's partial
/// success). Throws Error(kBadData) when the body is no such request.
SpanBatch ReadOtlpRequest(std::string_view body, bool is_json);

/// A finished conversation and what was odd about it.
struct AssembledTrace {
  Trace trace;
  ReadReport report;  ///< oddities and unreadable parts, each naming its span
};

/// Collects spans that come over many requests, out of order, twice, or without their parents, and
/// gives traces: one per conversation (`gen_ai.conversation.id`, else `session.id`), or per trace
/// id where there is none. A conversation that goes on after it was taken gives a further trace
/// whose id ends in "/part-2" and so on.
///
/// Time is the caller's (`now_nanos`, any clock that never goes back). Not thread-safe.
class SpanAssembler {
 public:
  explicit SpanAssembler(SpanAssemblerOptions options = {});

  /// Adds the spans of one request (ReadOtlpRequest).
  void Add(std::vector<Span>&& spans, std::int64_t now_nanos);

  /// The traces that are finished at `now_nanos`, in the order of their first spans.
  std::vector<AssembledTrace> TakeFinished(std::int64_t now_nanos);
  /// All that is left, finished or not.
  std::vector<AssembledTrace> Flush();

  /// Of conversations that are not finished.
  std::size_t waiting_spans() const { return waiting_spans_; }
  /// These and those of conversations that were closed early and not taken yet.
  std::size_t held_spans() const { return waiting_spans_ + early_spans_; }

 private:
  struct Request {  // the spans of one trace id
    std::vector<Span> spans;
    std::int64_t last_arrival = 0;
    std::uint64_t number = 0;  // in order of arrival
    std::string conversation;
    bool has_root = false;
  };
  struct Group;

  std::vector<Group> Groups() const;
  AssembledTrace Close(const Group& group);
  void CloseOldest();
  std::vector<AssembledTrace> TakeEarly();
  std::string IdForPart(const std::string& id);

  const SpanAssemblerOptions options_;
  std::map<std::string, Request> requests_;  // by trace id
  std::vector<AssembledTrace> early_;        // closed for want of room
  std::map<std::string, int> parts_;         // conversations taken -> how often
  std::deque<std::string> parts_order_;
  std::uint64_t next_number_ = 0;
  std::size_t waiting_spans_ = 0;
  std::size_t early_spans_ = 0;
};

}  // namespace kedge::trace
