#include "harness/drift/behaviour.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "harness/text/pattern.h"
#include "harness/trace/formats/records.h"

namespace kedge::drift {
namespace {

constexpr int kMaxArgumentDepth = 8;

bool IsAgents(const trace::Step& step) { return step.actor != "user" && step.actor != "system"; }

/// Classes of the resources that a text names.
class ResourceClasses {
 public:
  void Add(const Json& value, int depth = 0) {
    if (value.is_string()) {
      AddText(value.get_ref<const std::string&>());
    } else if (value.is_structured() && depth < kMaxArgumentDepth) {
      for (const Json& item : value) Add(item, depth + 1);
    }
  }

  std::string Joined() const {
    std::string text;
    for (const std::string& name : classes_) text += (text.empty() ? "" : ",") + name;
    return text;
  }

 private:
  void AddText(const std::string& text) {
    static const text::Pattern url = text::Pattern::Compile(
        R"(^(?:[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?|www\.)(?P<host>[^/:?#\s]+))");
    static const text::Pattern path = text::Pattern::Compile(R"(^(?P<root>/[^/\s]*)[^\s]*$)");
    static const text::Pattern mail = text::Pattern::Compile(R"(^[^@\s]+@(?P<domain>[^@\s]+)$)");
    if (const auto match = url.Search(text)) {
      classes_.insert("host:" + std::string(*match->Group("host")));
    } else if (const auto rooted = path.Search(text)) {
      classes_.insert("path:" + std::string(*rooted->Group("root")));
    } else if (const auto address = mail.Search(text)) {
      classes_.insert("mail:" + std::string(*address->Group("domain")));
    }
  }

  std::set<std::string> classes_;
};

/// Walks the steps of a trace once.
class TraceReader {
 public:
  TraceReader(const BehaviourOptions& options, Behaviour& out) : options_(options), out_(out) {}

  void Read(const std::vector<trace::Step>& steps) {
    for (const trace::Step& step : steps) ReadStep(step);
    out_.steps = static_cast<double>(out_.actions.size());
    out_.refusal = LooksLikeRefusal(last_text_) ? 1 : 0;
    const auto calls = static_cast<double>(std::max<std::size_t>(calls_.size(), 1));
    double failed = 0;
    for (const Call& call : calls_) failed += call.failed ? 1 : 0;
    out_.tool_error = failed / calls;
    out_.retry = retries_ / calls;
    if (tokens_ > 0) out_.output_tokens = static_cast<double>(tokens_);
    if (has_cost_) out_.cost = cost_;
  }

 private:
  struct Call {
    std::string id;
    bool failed = false;
    bool answered = false;
  };

  void ReadStep(const trace::Step& step) {
    tokens_ += step.output_tokens;
    if (step.cost) {
      has_cost_ = true;
      cost_ += *step.cost;
    }
    switch (step.kind) {
      case trace::StepKind::kMessage:
      case trace::StepKind::kModelCall:
        if (step.actor == "agent" && !step.text.empty()) {
          last_text_ = step.text;
          out_.actions.emplace_back(kMessageAction);
        }
        break;
      case trace::StepKind::kToolCall:
        if (IsAgents(step)) ReadCall(step.call);
        break;
      case trace::StepKind::kObservation:
        ReadObservation(step.observation);
        break;
      case trace::StepKind::kDecision:
      case trace::StepKind::kGuard:
        break;
    }
  }

  void ReadCall(const trace::ToolCall& call) {
    const bool again = !seen_.insert(call.name + "\n" + DumpJson(call.arguments)).second;
    const auto last = last_call_.find(call.name);
    if (again || (last != last_call_.end() && calls_[last->second].failed)) retries_ += 1;
    last_call_[call.name] = calls_.size();
    calls_.push_back({call.id});
    out_.actions.push_back(call.name);
    ResourceClasses resources;
    resources.Add(call.arguments);
    const auto permission = options_.permissions.find(call.name);
    out_.scopes.push_back(
        {call.name, resources.Joined(),
         permission == options_.permissions.end() ? std::string() : permission->second});
  }

  // Sources that give their calls no ids answer them in order.
  void ReadObservation(const trace::Observation& seen) {
    for (Call& call : calls_) {
      if (call.answered || (!call.id.empty() && call.id != seen.call_id)) continue;
      call.answered = true;
      call.failed = seen.is_error;
      return;
    }
  }

  const BehaviourOptions& options_;
  Behaviour& out_;
  std::vector<Call> calls_;
  std::set<std::string> seen_;
  std::map<std::string, std::size_t> last_call_;
  std::string last_text_;
  double retries_ = 0;
  std::int64_t tokens_ = 0;
  double cost_ = 0;
  bool has_cost_ = false;
};

/// Mean score of the judge minus mean score of all other scorers.
std::optional<double> JudgeGap(const trace::Outcome& outcome, const std::string& judge) {
  double judged = 0, verified = 0;
  int judges = 0, verifiers = 0;
  for (const trace::Score& score : outcome.scores) {
    const bool is_judge = score.scorer.starts_with(judge);
    (is_judge ? judged : verified) += score.score;
    ++(is_judge ? judges : verifiers);
  }
  if (judges == 0 || verifiers == 0) return std::nullopt;
  return judged / judges - verified / verifiers;
}

std::string TaskOf(const trace::Trace& trace) {
  std::string version;
  if (trace.extra.is_object()) {
    const auto it = trace.extra.find(trace::kTaskVersion);
    if (it != trace.extra.end() && it->is_string()) version = it->get<std::string>();
  }
  const trace::EpisodeKey& key = trace.key;
  return key.suite + '\x1f' + key.stratum + '\x1f' +
         (key.task_id.empty() ? trace.id : key.task_id) + '\x1f' + version;
}

}  // namespace

std::string ToString(const Scope& scope) {
  std::string text = scope.tool;
  if (!scope.permission.empty()) text += " [" + scope.permission + "]";
  if (!scope.resource.empty()) text += " [" + scope.resource + "]";
  return text;
}

bool LooksLikeRefusal(const std::string& text) {
  static const text::Pattern pattern = text::Pattern::Compile(
      R"(\b(I(['’]m| am) (sorry|afraid|unable|not able|not allowed|not permitted))"
      R"(|I (cannot|can['’]?t|can not|won['’]t|will not|must decline|decline to))"
      R"(|unable to (help|assist|comply|do that|complete|proceed|process|fulfil))\b)",
      {false, std::int64_t{8} << 20});
  return pattern.Matches(text);
}

std::optional<Behaviour> MeasureBehaviour(const trace::Trace& trace,
                                          const BehaviourOptions& options) {
  if (trace.outcome && trace.outcome->status == trace::EpisodeStatus::kMissing) return std::nullopt;
  Behaviour behaviour;
  behaviour.trace_id = trace.id;
  behaviour.task = TaskOf(trace);
  behaviour.cluster = trace.key.cluster_id.empty() ? behaviour.task : trace.key.cluster_id;
  behaviour.trial = trace.key.trial;
  TraceReader(options, behaviour).Read(trace.steps);
  if (trace.outcome) {
    const trace::Outcome& outcome = *trace.outcome;
    if (outcome.output_tokens > 0) {
      behaviour.output_tokens = static_cast<double>(outcome.output_tokens);
    }
    if (outcome.has_cost) behaviour.cost = outcome.cost;
    if (outcome.latency_seconds > 0) behaviour.latency_seconds = outcome.latency_seconds;
    behaviour.judge_gap = JudgeGap(outcome, options.judge);
  }
  return behaviour;
}

}  // namespace kedge::drift
