#include "harness/run/tape_replay.h"

#include <algorithm>
#include <utility>

#include "harness/core/random.h"
#include "harness/core/utf8.h"
#include "harness/run/agent_run.h"
#include "harness/run/recording_io.h"
#include "harness/run/world_replay.h"

namespace kedge::run {
namespace {

constexpr std::size_t kShownCallBytes = 160;

std::uint64_t WorldSeed(const trace::Trace& recorded) { return DeriveSeed(recorded.seed, "world"); }

// Only an episode that kedge ran has a seed, and with it errors that come and go.
world::Session::Options WorldOptionsOf(const trace::Trace& recorded) {
  return {true, recorded.seed != 0};
}

const std::string* FirstUserMessage(const trace::Trace& recorded) {
  for (const trace::Step& step : recorded.steps) {
    if (step.kind == trace::StepKind::kMessage && step.actor == "user") return &step.text;
  }
  return nullptr;
}

// What is journalled of a text result is its JSON form; what other programs record is the text.
bool IsRecordedAnswer(const std::string& recorded, const std::string& answered) {
  return SameAnswer(recorded, answered) || recorded == DumpJson(Json(answered));
}

// A call that a guard refused never reached the world.
trace::Trace WithoutRefused(const trace::Trace& recorded) {
  trace::Trace executed = recorded;
  executed.steps.clear();
  for (std::size_t i = 0; i < recorded.steps.size(); ++i) {
    const bool call = recorded.steps[i].kind == trace::StepKind::kToolCall;
    std::size_t end = i + 1;
    while (call && end < recorded.steps.size() &&
           recorded.steps[end].kind == trace::StepKind::kGuard) {
      ++end;
    }
    const bool refused = end > i + 1 && end < recorded.steps.size() &&
                         recorded.steps[end].observation.error_class == "denied";
    if (refused) {
      i = end;
    } else {
      executed.steps.push_back(recorded.steps[i]);
    }
  }
  return executed;
}

bool UsesKnownTools(const trace::Trace& recorded, const suite::Suite& suite) {
  std::set<std::string> known;
  if (suite.world()) {
    for (const world::ToolSpec& tool : suite.world()->tools()) known.insert(tool.name);
  }
  return std::all_of(recorded.steps.begin(), recorded.steps.end(), [&](const trace::Step& step) {
    const bool call = step.kind == trace::StepKind::kToolCall && step.actor != "user";
    return !call || known.contains(step.call.name);
  });
}

/// Tape first, then the world that was kept in step with it.
class TapeSource : public AnswerSource {
 public:
  TapeSource(const trace::Trace& recorded, const TapeRules& rules, suite::ScriptedUser* user,
             world::Session* world, bool fork, TapeReplay& replay)
      : recorded_(recorded),
        tape_(recorded, rules),
        user_(user),
        world_(world),
        fork_(fork),
        replay_(replay) {}

  std::optional<world::ToolResult> Call(const std::string& tool, const Json& arguments) override {
    ++calls_;
    if (replay_.forked_at) return FromWorld(tool, arguments);
    std::optional<TapeAnswer> answer = tape_.Take(tool, arguments);
    if (answer) {
      ++(answer->match == TapeMatch::kExact        ? replay_.exact
         : answer->match == TapeMatch::kNormalised ? replay_.normalised
                                                   : replay_.order_free);
      KeepInStep(tool, arguments, answer->step);
      return std::move(answer->result);
    }
    if (world_ != nullptr && fork_) {
      replay_.forked_at = tape_.DueStep();
      return FromWorld(tool, arguments);
    }
    Diverge(calls_, tool + " " + Elide(DumpJson(arguments), kShownCallBytes) + "; " + tape_.Due());
    return std::nullopt;
  }

  std::optional<std::string> Reply(const std::string& question) override {
    if (user_ != nullptr) return user_->Answer(question);
    for (std::size_t i = next_reply_; i + 1 < recorded_.steps.size(); ++i) {
      const trace::Step& asked = recorded_.steps[i];
      const trace::Step& reply = recorded_.steps[i + 1];
      const bool pair = asked.actor == "agent" && asked.text == question &&
                        reply.kind == trace::StepKind::kMessage && reply.actor == "user";
      if (!pair) continue;
      next_reply_ = i + 2;
      return reply.text;
    }
    Diverge(0,
            "a question that the recorded user was not asked: " + Elide(question, kShownCallBytes));
    return std::nullopt;
  }

  std::string why() const override { return replay_.divergence ? replay_.divergence->detail : ""; }

  /// The world's state is the state that the agent's calls lead to.
  bool in_step() const { return world_ != nullptr; }
  const Tape& tape() const { return tape_; }

 private:
  world::ToolResult FromWorld(const std::string& tool, const Json& arguments) {
    ++replay_.from_world;
    return world_->Call(tool, arguments);
  }

  void KeepInStep(const std::string& tool, const Json& arguments, std::size_t step) {
    if (world_ == nullptr) return;
    const std::string answered = ShownText(world_->Call(tool, arguments));
    const std::string& id = recorded_.steps[step].call.id;
    for (std::size_t i = step + 1; i < recorded_.steps.size(); ++i) {
      const trace::Step& seen = recorded_.steps[i];
      if (seen.kind != trace::StepKind::kObservation || seen.observation.call_id != id) continue;
      if (!IsRecordedAnswer(seen.observation.content, answered)) world_ = nullptr;
      return;
    }
  }

  void Diverge(std::int64_t call, std::string detail) {
    replay_.divergence = Divergence{tape_.DueStep(), call, std::move(detail)};
  }

  const trace::Trace& recorded_;
  Tape tape_;
  suite::ScriptedUser* user_;
  world::Session* world_;  // null once it is not in step, or was not to begin with
  const bool fork_;
  TapeReplay& replay_;
  std::int64_t calls_ = 0;
  std::size_t next_reply_ = 0;
};

// A session's episode, ended on every path out of it.
class WorldEpisode {
 public:
  WorldEpisode(world::Session* session, const trace::Trace& recorded) : session_(session) {
    if (session_ != nullptr) session_->Begin(WorldSeed(recorded), WorldOptionsOf(recorded));
  }
  ~WorldEpisode() {
    if (session_ != nullptr) session_->End();
  }
  WorldEpisode(const WorldEpisode&) = delete;
  WorldEpisode& operator=(const WorldEpisode&) = delete;

 private:
  world::Session* session_;
};

}  // namespace

double TapeReplay::agreement() const {
  const std::int64_t left = (divergence || forked_at ? 1 : 0) + missed;
  const std::int64_t all = on_tape() + left;
  return all == 0 ? 1 : static_cast<double>(on_tape()) / static_cast<double>(all);
}

RecordedStart ExamineRecorded(const trace::Trace& recorded, const suite::Suite& suite,
                              world::Session* session) {
  RecordedStart start;
  const std::string* said = FirstUserMessage(recorded);
  start.replayable = said != nullptr && UsesKnownTools(recorded, suite);
  if (!start.replayable) return start;
  const bool named = recorded.key.suite.empty() || recorded.key.suite == suite.name();
  start.task = named ? suite.FindTask(recorded.key.task_id) : std::nullopt;
  if (start.task) {
    const suite::Task& task = suite.tasks()[*start.task];
    if (task.instruction != *said || task.split == "vault") start.task.reset();
  }
  if (session == nullptr) return start;
  WorldReplayOptions options;
  options.seed = WorldSeed(recorded);
  options.session = WorldOptionsOf(recorded);
  const WorldReplay replay = ReplayOnWorld(WithoutRefused(recorded), *session, options);
  start.world = (start.task || !replay.calls.empty()) &&
                std::all_of(replay.calls.begin(), replay.calls.end(), [](const ReplayedCall& call) {
                  return IsRecordedAnswer(call.recorded, call.answered);
                });
  return start;
}

struct TapeReplayer::State {
  std::shared_ptr<const suite::Suite> suite;
  std::unique_ptr<agent::Agent> agent;
  std::string strategy_hash;
  TapeReplayOptions options;
  const Clock& clock;
  TapeRules rules;
  agent::EpisodeStart start;
  std::optional<world::Session> session;
  std::optional<guards::Monitor> monitor;

  suite::Task TaskOf(const trace::Trace& recorded, const RecordedStart& found) const {
    if (found.task) return suite->tasks()[*found.task];
    suite::Task task;
    task.id = recorded.key.task_id;
    if (const std::string* said = FirstUserMessage(recorded)) task.instruction = *said;
    return task;
  }
};

TapeReplayer::TapeReplayer(std::shared_ptr<const suite::Suite> suite,
                           std::unique_ptr<agent::Agent> agent, std::string strategy_hash,
                           std::shared_ptr<const guards::Policy> policy, TapeReplayOptions options,
                           const Clock& clock)
    : state_(new State{std::move(suite),
                       std::move(agent),
                       std::move(strategy_hash),
                       std::move(options),
                       clock,
                       {},
                       {},
                       std::nullopt,
                       std::nullopt}) {
  State& state = *state_;
  state.start.limits = state.options.limits;
  if (state.suite->world()) {
    state.rules = TapeRulesOf(state.suite->world()->tools());
    state.start.policy = state.suite->world()->policy();
    state.start.tools = state.suite->world()->tools();
    state.session.emplace(state.suite->world());
  }
  state.rules.order_free.insert(state.options.order_free.begin(), state.options.order_free.end());
  if (policy != nullptr) state.monitor.emplace(std::move(policy));
}

TapeReplayer::~TapeReplayer() = default;

RecordedStart TapeReplayer::Examine(const trace::Trace& recorded) {
  return ExamineRecorded(recorded, *state_->suite, state_->session ? &*state_->session : nullptr);
}

TapeReplay TapeReplayer::Run(const trace::Trace& recorded, const RecordedStart& found,
                             const std::string& arm) {
  State& state = *state_;
  const suite::Task task = state.TaskOf(recorded, found);
  suite::ScriptedUser user(task, state.suite->user_noise(), DeriveSeed(recorded.seed, "user"));
  world::Session* const world = found.world && state.session ? &*state.session : nullptr;
  const WorldEpisode episode(world, recorded);
  if (state.monitor) state.monitor->Reset();
  TapeReplay replay;
  TapeSource source(recorded, state.rules, found.task ? &user : nullptr, world, state.options.fork,
                    replay);
  RecordingIo io(EpisodePorts{.task = task,
                              .user = user,
                              .session = nullptr,
                              .monitor = state.monitor ? &*state.monitor : nullptr,
                              .limits = state.options.limits,
                              .clock = state.clock,
                              .observer = nullptr,
                              .arm = arm,
                              .source = &source});
  state.start.episode_id = arm + "/" + recorded.id;
  state.start.instruction = task.instruction;
  state.start.seed = DeriveSeed(recorded.seed, "agent");
  const agent::EpisodeEnd end = RunAgent(*state.agent, state.start, io);
  const double seconds = io.seconds();
  const std::string told = replay.divergence ? std::string() : io.Finish(end.final_text);
  replay.trace.id = state.start.episode_id;
  replay.trace.agent = arm;
  replay.trace.strategy = state.strategy_hash;
  replay.trace.key = recorded.key;
  replay.trace.split = recorded.split;
  replay.trace.seed = recorded.seed;
  replay.trace.inclusion_probability = recorded.inclusion_probability;
  replay.trace.steps = std::move(io.steps());
  replay.violations = io.violations();
  replay.shadow_findings = io.shadow_findings();
  if (!replay.divergence && !replay.forked_at) replay.missed = source.tape().missed();
  const bool state_known = source.in_step() || state.suite->world() == nullptr;
  if (replay.divergence || !found.task || !state_known) return replay;
  FillOutcome(end, io, seconds, replay.trace);
  JudgeEpisode(*state.suite, *found.task, end, told, world, replay.trace);
  return replay;
}

}  // namespace kedge::run
