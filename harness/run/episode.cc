#include "harness/run/episode.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/core/random.h"
#include "harness/run/agent_run.h"
#include "harness/run/recording_io.h"

namespace kedge::run {
namespace {

// A world session begun for one try, ended on every path out of it.
class SessionScope {
 public:
  SessionScope(world::Session* session, std::uint64_t seed, bool transient_errors)
      : session_(session) {
    if (session_ != nullptr) {
      session_->Begin(seed, {.quirks = true, .transient_errors = transient_errors});
    }
  }
  ~SessionScope() {
    if (session_ != nullptr) session_->End();
  }
  SessionScope(const SessionScope&) = delete;
  SessionScope& operator=(const SessionScope&) = delete;

 private:
  world::Session* session_;
};

const char* ResultName(const trace::Outcome& outcome) {
  if (outcome.status == trace::EpisodeStatus::kMissing) return "missing";
  return outcome.success ? "success" : "failure";
}

}  // namespace

std::string EpisodeId(const suite::Suite& suite, const EpisodeSpec& spec) {
  return spec.arm + "/" + suite.tasks().at(spec.task_index).id + "/" + std::to_string(spec.trial);
}

std::uint64_t EpisodeSeed(const suite::Suite& suite, std::size_t task_index, std::int64_t trial,
                          std::uint64_t run_seed) {
  const std::string& task_id = suite.tasks().at(task_index).id;
  return DeriveSeed(DeriveSeed(run_seed, "episode/" + suite.digest() + "/" + task_id),
                    static_cast<std::uint64_t>(trial));
}

struct EpisodeRunner::State {
  State(std::shared_ptr<const suite::Suite> the_suite, std::unique_ptr<agent::Agent> the_agent,
        std::string hash, std::shared_ptr<const guards::Policy> policy, EpisodeOptions the_options,
        const Clock& the_clock, Observer* the_observer);

  struct Try {
    trace::Trace trace;
    bool infrastructure = false;  // worth another try
  };
  Try RunOnce(const EpisodeSpec& spec);
  trace::Trace NewTrace(const EpisodeSpec& spec) const;
  const agent::EpisodeStart& StartOf(const EpisodeSpec& spec);
  std::vector<std::string> WatchedGuards(const trace::Outcome& outcome) const;
  void Report(const trace::Trace& trace, const EpisodeSpec& spec) const;

  std::shared_ptr<const suite::Suite> suite;
  std::unique_ptr<agent::Agent> agent;
  std::string strategy_hash;
  EpisodeOptions options;
  const Clock& clock;
  Observer* observer;
  agent::EpisodeStart start;  // policy, tools and limits are the same for every episode
  std::optional<world::Session> session;
  std::optional<guards::Monitor> monitor;
  std::vector<std::string> rule_ids;  // sorted
};

EpisodeRunner::State::State(std::shared_ptr<const suite::Suite> the_suite,
                            std::unique_ptr<agent::Agent> the_agent, std::string hash,
                            std::shared_ptr<const guards::Policy> policy,
                            EpisodeOptions the_options, const Clock& the_clock,
                            Observer* the_observer)
    : suite(std::move(the_suite)),
      agent(std::move(the_agent)),
      strategy_hash(std::move(hash)),
      options(the_options),
      clock(the_clock),
      observer(the_observer) {
  start.limits = options.limits;
  if (suite->world() != nullptr) {
    start.policy = suite->world()->policy();
    start.tools = suite->world()->tools();
    session.emplace(suite->world());
  }
  if (policy == nullptr) return;
  rule_ids = policy->rule_ids();
  std::sort(rule_ids.begin(), rule_ids.end());
  monitor.emplace(std::move(policy));
}

trace::Trace EpisodeRunner::State::NewTrace(const EpisodeSpec& spec) const {
  const suite::Task& task = suite->tasks()[spec.task_index];
  trace::Trace trace;
  trace.id = EpisodeId(*suite, spec);
  trace.agent = spec.arm;
  trace.strategy = strategy_hash;
  trace.key = {suite->name(), task.stratum, task.family, task.id, task.cluster_id, spec.trial};
  trace.split = task.split;
  trace.principal = task.principal;
  trace.seed = spec.seed;
  return trace;
}

const agent::EpisodeStart& EpisodeRunner::State::StartOf(const EpisodeSpec& spec) {
  start.episode_id = EpisodeId(*suite, spec);
  start.instruction = suite->tasks()[spec.task_index].instruction;
  start.seed = DeriveSeed(spec.seed, "agent");
  return start;
}

std::vector<std::string> EpisodeRunner::State::WatchedGuards(const trace::Outcome& outcome) const {
  std::vector<std::string> watched = rule_ids;
  for (const auto& [rule, count] : outcome.violations) {
    if (!std::binary_search(rule_ids.begin(), rule_ids.end(), rule)) watched.push_back(rule);
  }
  return watched;
}

EpisodeRunner::State::Try EpisodeRunner::State::RunOnce(const EpisodeSpec& spec) {
  const suite::Task& task = suite->tasks()[spec.task_index];
  suite::ScriptedUser user(task, options.user_noise, DeriveSeed(spec.seed, "user"));
  if (monitor) monitor->Reset();
  const SessionScope scope(session ? &*session : nullptr, DeriveSeed(spec.seed, "world"),
                           options.transient_errors);
  RecordingIo io(EpisodePorts{.task = task,
                              .user = user,
                              .session = session ? &*session : nullptr,
                              .monitor = monitor ? &*monitor : nullptr,
                              .limits = options.limits,
                              .clock = clock,
                              .observer = observer,
                              .arm = spec.arm,
                              .source = nullptr});
  const agent::EpisodeEnd end = RunAgent(*agent, StartOf(spec), io);
  const double seconds = io.seconds();
  const std::string told = io.Finish(end.final_text);
  Try result{NewTrace(spec), end.infrastructure};
  trace::Trace& trace = result.trace;
  trace.steps = std::move(io.steps());
  FillOutcome(end, io, seconds, trace);
  trace.outcome->watched_guards = WatchedGuards(*trace.outcome);
  JudgeEpisode(*suite, spec.task_index, end, told, session ? &*session : nullptr, trace);
  return result;
}

void EpisodeRunner::State::Report(const trace::Trace& trace, const EpisodeSpec& spec) const {
  if (observer == nullptr) return;
  observer->On(EpisodeFinished{trace.key.suite, trace.key.stratum, spec.arm,
                               ResultName(*trace.outcome), trace.outcome->latency_seconds});
}

EpisodeRunner::EpisodeRunner(std::shared_ptr<const suite::Suite> suite,
                             std::unique_ptr<agent::Agent> agent, std::string strategy_hash,
                             std::shared_ptr<const guards::Policy> policy, EpisodeOptions options,
                             const Clock& clock, Observer* observer)
    : state_(std::make_unique<State>(std::move(suite), std::move(agent), std::move(strategy_hash),
                                     std::move(policy), options, clock, observer)) {}

EpisodeRunner::~EpisodeRunner() = default;

trace::Trace EpisodeRunner::Run(const EpisodeSpec& spec) {
  State::Try result = state_->RunOnce(spec);
  for (int retry = 0; result.infrastructure && retry < state_->options.infrastructure_retries;
       ++retry) {
    result = state_->RunOnce(spec);
  }
  state_->Report(result.trace, spec);
  return std::move(result.trace);
}

}  // namespace kedge::run
