#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/run/answer_source.h"
#include "harness/suite/scripted_user.h"
#include "harness/suite/task.h"
#include "harness/trace/trace.h"
#include "harness/world/world.h"

namespace kedge::run {

/// What one episode is run with; nothing is owned, all outlive the RecordingIo.
struct EpisodePorts {
  const suite::Task& task;
  suite::ScriptedUser& user;
  world::Session* session = nullptr;   ///< null for a suite without a world; begun by the caller
  guards::Monitor* monitor = nullptr;  ///< null without a policy; reset by the caller
  const agent::EpisodeLimits& limits;
  const Clock& clock;
  Observer* observer = nullptr;  ///< may be null
  std::string arm;
  AnswerSource* source = nullptr;  ///< answers in place of session and user; null: those do
};

/// The agent's view of one episode: asks the guards before each event takes effect, hands calls to
/// the world and questions to the scripted user, records every step and enforces the limits. One
/// object serves one try of one episode on one thread; its time starts when it is made.
class RecordingIo : public agent::EpisodeIo {
 public:
  explicit RecordingIo(const EpisodePorts& ports);

  /// Records the task's instruction; call it first.
  void Begin();
  world::ToolResult CallTool(const std::string& name, const Json& arguments) override;
  std::string AskUser(const std::string& question) override;
  /// Takes messages, model calls and decisions; calls and observations are recorded where they
  /// happen, so an agent cannot invent them (Error(kBadData)).
  void Record(trace::Step step) override;
  /// Records what the user is told at the end. The text, or "" when a guard withheld it.
  std::string Finish(const std::string& final_text);

  /// Set once a limit was reached: the episode's end, whatever the agent reports afterwards.
  const std::optional<agent::EpisodeEnded>& ended() const { return ended_; }
  /// An exception of the world, the guards or the user: a defect of kedge, never the agent's doing.
  const std::exception_ptr& defect() const { return defect_; }
  /// Ends the episode if its deadline has passed, for agents that returned late.
  void CheckDeadline() noexcept;

  const std::map<std::string, int>& violations() const { return violations_; }
  /// Of rules in shadow mode; no violations.
  const std::map<std::string, int>& shadow_findings() const { return shadow_findings_; }
  std::int64_t tool_calls() const { return tool_calls_; }
  double seconds() const;
  std::vector<trace::Step>& steps() { return steps_; }

 private:
  /// What the user said to an event that a guard wants confirmed.
  enum class Consent { kNotAsked, kGiven, kRefused };

  /// Runs code of kedge itself; what it throws is kept as a defect.
  template <typename Body>
  auto Own(Body&& body);
  void EnsureMayGoOn();
  [[noreturn]] void End(std::string end, std::string detail);
  bool IsOverDeadline() const;
  trace::Step& AddStep(trace::StepKind kind, std::string actor);
  void AddMessage(std::string actor, std::string text);
  /// True when the guards let the event take effect; records what they found. Where they want
  /// something cut out, `event` is what is left.
  bool Permits(guards::Event& event);
  /// The user agrees: the guards judge the event again with that approval.
  bool PermitsApproved(const guards::Event& event, const std::string& binding);
  void RecordFindings(const guards::Decision& decision, Consent consent);
  void RecordFinding(const guards::Finding& finding, Consent consent);
  world::ToolResult AnswerCall(const std::string& name, const Json& arguments);
  std::string AnswerQuestion(const std::string& question);
  world::ToolResult ShowResult(const std::string& name, const Json& arguments,
                               world::ToolResult result);
  void AddObservation(const world::ToolResult& result);

  EpisodePorts ports_;
  std::int64_t start_nanos_;
  std::vector<trace::Step> steps_;
  std::map<std::string, int> violations_;
  std::map<std::string, int> shadow_findings_;
  std::int64_t tool_calls_ = 0;
  std::string last_denial_;  // what the guards said of the event they last refused
  std::optional<agent::EpisodeEnded> ended_;
  std::exception_ptr defect_;
};

}  // namespace kedge::run
