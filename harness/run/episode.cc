#include "harness/run/episode.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/agent/end_names.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/core/utf8.h"
#include "harness/run/recording_io.h"
#include "harness/suite/scorer.h"

namespace kedge::run {
namespace {

constexpr std::size_t kMaxDetailBytes = 500;

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

agent::EpisodeEnd CrashedEnd(const std::string& what) {
  agent::EpisodeEnd end;
  end.end = agent::kAgentCrashed;
  end.detail = what;
  return end;
}

// Runs the agent to its end. What the agent throws ends this episode only; what kedge's own parts
// throw, even through the agent, ends the run.
agent::EpisodeEnd RunAgent(agent::Agent& agent, const agent::EpisodeStart& start, RecordingIo& io) {
  agent::EpisodeEnd end;
  try {
    io.Begin();
    end = agent.Run(start, io);
  } catch (const agent::EpisodeEnded& ended) {
    end.end = ended.end;
    end.detail = ended.detail;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal && !io.defect()) throw;
    end = CrashedEnd(error.what());
  } catch (const std::exception& error) {
    end = CrashedEnd(error.what());
  } catch (...) {
    end = CrashedEnd("an exception of unknown type");
  }
  if (io.defect()) std::rethrow_exception(io.defect());
  if (end.end == agent::kAnswered) io.CheckDeadline();
  if (io.ended()) {
    end.end = io.ended()->end;
    end.detail = io.ended()->detail;
    end.infrastructure = false;
  }
  return end;
}

// Totals as the agent gave them, else what its steps say.
void FillMeters(const agent::EpisodeEnd& end, const std::vector<trace::Step>& steps,
                trace::Outcome& outcome) {
  outcome.input_tokens = end.input_tokens;
  outcome.output_tokens = end.output_tokens;
  outcome.cost = end.cost;
  outcome.has_cost = end.has_cost;
  const bool sum_tokens = end.input_tokens == 0 && end.output_tokens == 0;
  for (const trace::Step& step : steps) {
    if (sum_tokens) {
      outcome.input_tokens += step.input_tokens;
      outcome.output_tokens += step.output_tokens;
    }
    if (!end.has_cost && step.cost) {
      outcome.cost += *step.cost;
      outcome.has_cost = true;
    }
  }
}

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
  void Judge(const EpisodeSpec& spec, const agent::EpisodeEnd& end, const std::string& told,
             trace::Trace& trace);
  void Score(const EpisodeSpec& spec, const std::string& told, trace::Trace& trace);
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

void EpisodeRunner::State::Score(const EpisodeSpec& spec, const std::string& told,
                                 trace::Trace& trace) {
  suite::EpisodeEvidence evidence;
  evidence.trace = &trace;
  evidence.final_text = told;
  if (session) evidence.difference = session->difference();
  try {
    suite::Judgement judgement = suite::ScoreEpisode(*suite, spec.task_index, evidence);
    trace.outcome->success = judgement.success;
    trace.outcome->score = judgement.score;
    trace.outcome->scores = std::move(judgement.scores);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnavailable) throw;
    trace.outcome->status = trace::EpisodeStatus::kMissing;
    trace.outcome->end = "scorer_unavailable";
    trace.outcome->end_detail = Elide(EscapeControls(error.what()), kMaxDetailBytes);
  }
}

// An agent that did not finish has failed, whatever state it left behind.
void EpisodeRunner::State::Judge(const EpisodeSpec& spec, const agent::EpisodeEnd& end,
                                 const std::string& told, trace::Trace& trace) {
  trace::Outcome& outcome = *trace.outcome;
  outcome.end = end.end;
  outcome.end_detail = Elide(EscapeControls(end.detail), kMaxDetailBytes);
  if (end.infrastructure) {
    outcome.status = trace::EpisodeStatus::kMissing;
  } else if (end.end == agent::kAnswered) {
    Score(spec, told, trace);
  } else {
    outcome.scores.push_back({"end", false, 0, "the agent did not finish: " + end.end});
  }
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
                              .arm = spec.arm});
  const agent::EpisodeEnd end = RunAgent(*agent, StartOf(spec), io);
  const double seconds = io.seconds();
  const std::string told = io.Finish(end.final_text);
  Try result{NewTrace(spec), end.infrastructure};
  trace::Trace& trace = result.trace;
  trace.steps = std::move(io.steps());
  trace::Outcome& outcome = trace.outcome.emplace();
  outcome.violations = io.violations();
  outcome.watched_guards = WatchedGuards(outcome);
  outcome.steps = static_cast<std::int64_t>(trace.steps.size());
  outcome.tool_calls = io.tool_calls();
  FillMeters(end, trace.steps, outcome);
  outcome.latency_seconds = seconds;
  Judge(spec, end, told, trace);
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
