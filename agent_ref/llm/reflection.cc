#include "agent_ref/llm/reflection.h"

#include <map>
#include <utility>

#include "agent_ref/llm/reflection_prompt.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::agent_ref {
namespace {

// In an order that mixes families and does not depend on that of the archive; each id once.
std::vector<const trace::Trace*> InFixedOrder(const std::vector<trace::Trace>& traces) {
  std::map<std::string, const trace::Trace*> keyed;
  for (const trace::Trace& trace : traces) {
    if (trace.split != "dev") {
      throw Error(ErrorKind::kNotPermitted, "trace \"" + trace.id + "\" is of the split \"" +
                                                trace.split +
                                                "\"; a learner reads dev traces and nothing else");
    }
    keyed.emplace(Sha256Hex(trace.id), &trace);
  }
  std::vector<const trace::Trace*> ordered;
  for (const auto& [key, trace] : keyed) ordered.push_back(trace);
  return ordered;
}

// The traces of each request.
std::vector<Json> Batches(const std::vector<trace::Trace>& traces,
                          const ReflectionOptions& options) {
  std::vector<Json> batches;
  std::size_t bytes = 0;
  for (const trace::Trace* trace : InFixedOrder(traces)) {
    Json shown = TraceForModel(*trace);
    const std::size_t size = DumpJson(shown).size();
    if (size > options.max_trace_bytes) continue;
    if (batches.empty() || bytes + size > options.max_trace_bytes) {
      if (static_cast<int>(batches.size()) == options.max_requests) break;
      batches.emplace_back(Json::array());
      bytes = 0;
    }
    batches.back().push_back(std::move(shown));
    bytes += size;
  }
  return batches;
}

class Reflecting {
 public:
  Reflecting(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
             llm::ChatModel& model, const ReflectionOptions& options)
      : parent_(parent),
        model_(model),
        options_(options),
        batches_(Batches(traces, options)),
        judge_(parent, traces, options.proposals) {}

  ReflectionResult Run() {
    std::size_t shown = 0;
    for (const Json& batch : batches_) {
      shown += batch.size();
      Take(Ask(batch));
    }
    ReflectionResult result;
    for (auto& [target, operation] : taken_) result.operations.push_back(std::move(operation));
    result.report = {{"model", options_.model},
                     {"requests", batches_.size()},
                     {"traces_shown", shown},
                     {"proposed", proposed_},
                     {"taken", result.operations.size()},
                     {"refused", std::move(counts_)},
                     {"refusals", std::move(refusals_)},
                     {"input_tokens", usage_.input_tokens},
                     {"output_tokens", usage_.output_tokens}};
    return result;
  }

 private:
  llm::ChatResponse Ask(const Json& batch) {
    llm::ChatRequest request = ReflectionRequest(parent_, batch);
    request.model = options_.model;
    request.max_tokens = options_.max_tokens;
    auto response = model_.Complete(request, {});
    if (!response) {
      throw Error(ErrorKind::kUnavailable, "the model gives no answer: " +
                                               std::string(llm::ToString(response.error().kind)) +
                                               ": " + response.error().text);
    }
    usage_.input_tokens += response->usage.input_tokens;
    usage_.output_tokens += response->usage.output_tokens;
    return std::move(*response);
  }

  void Take(const llm::ChatResponse& response) {
    for (const llm::ToolUse& use : response.tool_uses) {
      const auto list = use.arguments.find("operations");
      if (use.name != kProposeTool || list == use.arguments.end() || !list->is_array()) {
        ++proposed_;
        Refuse(Json(use.name), {"schema", "not a list of operations"});
        continue;
      }
      for (const Json& proposal : *list) TakeOne(proposal);
    }
  }

  void TakeOne(const Json& proposal) {
    ++proposed_;
    auto operation = judge_.Judge(proposal, options_.model);
    if (!operation) return Refuse(proposal, operation.error());
    if (taken_.count(operation->target) != 0) {
      return Refuse(proposal, {"duplicate", "another operation has this target"});
    }
    if (taken_.size() == options_.max_operations) {
      return Refuse(proposal, {"too_many", "beyond the most operations of one run"});
    }
    const std::string target = operation->target;
    taken_.emplace(target, std::move(*operation));
  }

  void Refuse(const Json& proposal, const Refusal& refusal) {
    counts_[refusal.reason] = counts_.value(refusal.reason, 0) + 1;
    refusals_.push_back(
        {{"reason", refusal.reason}, {"detail", refusal.detail}, {"operation", proposal}});
  }

  const strategy::Strategy& parent_;
  llm::ChatModel& model_;
  const ReflectionOptions& options_;
  const std::vector<Json> batches_;
  const ProposalJudge judge_;
  std::map<std::string, strategy::Operation> taken_;
  std::int64_t proposed_ = 0;
  Json counts_ = Json::object();
  Json refusals_ = Json::array();
  llm::Usage usage_;
};

}  // namespace

ReflectionResult Reflect(const std::vector<trace::Trace>& traces, const strategy::Strategy& parent,
                         llm::ChatModel& model, const ReflectionOptions& options) {
  return Reflecting(traces, parent, model, options).Run();
}

}  // namespace kedge::agent_ref
