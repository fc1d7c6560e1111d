#include "harness/trace/formats/span_assembler.h"

#include <algorithm>
#include <utility>

#include "harness/trace/fast_json.h"
#include "harness/trace/formats/otlp_json.h"
#include "harness/trace/formats/otlp_protobuf.h"
#include "harness/trace/formats/span_trace.h"

namespace kedge::trace {
namespace {

constexpr std::size_t kRememberedIds = 65536;

}  // namespace

// The requests of one conversation.
struct SpanAssembler::Group {
  std::string id;
  std::vector<std::string> trace_ids;
  std::uint64_t number = UINT64_MAX;
  std::int64_t last_arrival = INT64_MIN;
  bool has_roots = true;
};

SpanBatch ReadOtlpRequest(std::string_view body, bool is_json) {
  if (is_json) return SpansFromOtlpJson(ParseJsonFast(body));
  SpanBatch batch = SpansFromOtlpProtobuf(body);
  if (batch.spans.empty() && batch.report.bad > 0) throw batch.report.errors.at(0);
  return batch;
}

SpanAssembler::SpanAssembler(SpanAssemblerOptions options) : options_(options) {}

void SpanAssembler::Add(std::vector<Span>&& spans, std::int64_t now_nanos) {
  for (Span& span : spans) {
    const auto [place, added] = requests_.try_emplace(span.trace_id);
    Request& request = place->second;
    if (added) request.number = next_number_++;
    request.last_arrival = now_nanos;
    request.has_root = request.has_root || span.parent_id.empty();
    if (request.conversation.empty()) request.conversation = ConversationOf(span);
    request.spans.push_back(std::move(span));
    ++waiting_spans_;
  }
  if (waiting_spans_ > options_.max_spans) CloseOldest();
}

std::vector<SpanAssembler::Group> SpanAssembler::Groups() const {
  std::map<std::string, Group> by_id;
  for (const auto& [trace_id, request] : requests_) {
    const std::string& id = request.conversation.empty() ? trace_id : request.conversation;
    Group& group = by_id[id];
    group.id = id;
    group.trace_ids.push_back(trace_id);
    group.number = std::min(group.number, request.number);
    group.last_arrival = std::max(group.last_arrival, request.last_arrival);
    group.has_roots = group.has_roots && request.has_root;
  }
  std::vector<Group> groups;
  groups.reserve(by_id.size());
  for (auto& [id, group] : by_id) groups.push_back(std::move(group));
  std::sort(groups.begin(), groups.end(),
            [](const Group& a, const Group& b) { return a.number < b.number; });
  return groups;
}

std::vector<AssembledTrace> SpanAssembler::TakeFinished(std::int64_t now_nanos) {
  std::vector<AssembledTrace> out = TakeEarly();
  for (const Group& group : Groups()) {
    const std::int64_t wait = group.has_roots ? options_.quiet_nanos : options_.patience_nanos;
    if (now_nanos - group.last_arrival >= wait) out.push_back(Close(group));
  }
  return out;
}

std::vector<AssembledTrace> SpanAssembler::Flush() {
  std::vector<AssembledTrace> out = TakeEarly();
  for (const Group& group : Groups()) out.push_back(Close(group));
  return out;
}

// Makes room for as many spans again, so that a full house is not searched for every span.
void SpanAssembler::CloseOldest() {
  std::vector<Group> groups = Groups();
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.last_arrival < b.last_arrival; });
  for (const Group& group : groups) {
    if (waiting_spans_ <= options_.max_spans / 2) return;
    const std::size_t before = waiting_spans_;
    early_.push_back(Close(group));
    early_spans_ += before - waiting_spans_;
  }
}

std::vector<AssembledTrace> SpanAssembler::TakeEarly() {
  early_spans_ = 0;
  return std::exchange(early_, {});
}

AssembledTrace SpanAssembler::Close(const Group& group) {
  std::vector<Span> spans;
  std::vector<std::pair<std::uint64_t, std::string>> ids;
  for (const std::string& id : group.trace_ids) ids.emplace_back(requests_.at(id).number, id);
  std::sort(ids.begin(), ids.end());
  for (const auto& [number, id] : ids) {
    const auto request = requests_.find(id);
    waiting_spans_ -= request->second.spans.size();
    std::move(request->second.spans.begin(), request->second.spans.end(),
              std::back_inserter(spans));
    requests_.erase(request);
  }
  AssembledTrace out;
  out.trace = TraceFromSpans(IdForPart(group.id), std::move(spans), out.report);
  out.report.read = 1;
  return out;
}

std::string SpanAssembler::IdForPart(const std::string& id) {
  const int part = ++parts_[id];
  if (part > 1) return id + "/part-" + std::to_string(part);
  parts_order_.push_back(id);
  if (parts_order_.size() > kRememberedIds) {
    parts_.erase(parts_order_.front());
    parts_order_.pop_front();
  }
  return id;
}

}  // namespace kedge::trace
