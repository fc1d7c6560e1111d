#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent_ref/blackboard.h"
#include "agent_ref/dice.h"
#include "agent_ref/goal_finder.h"
#include "agent_ref/playbook.h"
#include "agent_ref/rulebook.h"
#include "agent_ref/seen_rows.h"
#include "agent_ref/toolbox.h"
#include "harness/agent/agent.h"

namespace kedge::agent_ref {

/// Why a tool is called.
enum class Role {
  kGoal,    ///< it fulfils the goal
  kHelper,  ///< a rule or exploration wants it
  kSource,  ///< it offers a value that is needed
};

/// What is settled for one goal while it is worked on.
struct Scope {
  const FoundGoal* found = nullptr;
  std::map<std::string, Json> bound;  ///< arguments of the goal's tool by type
  bool confirmed = false;             ///< the user has said yes to this goal
};

/// How trying to call a tool ended.
struct Attempt {
  enum class Status {
    kDone,      ///< the call succeeded (or had succeeded before with the same arguments)
    kFailed,    ///< the tool answered with an error that could not be got round
    kMissing,   ///< an argument could not be found; `text` is its type
    kRefused,   ///< a check or a rule forbids it; `text` is what to tell the user
    kDeclined,  ///< the user said no
  };
  Status status = Status::kDone;
  std::string text;
};

/// One episode of the reference agent: README.md says what it does. Use once; one thread.
/// Worst case O(max_calls) calls; between two calls, O(tools x facts) work per argument.
class Episode : private History {
 public:
  Episode(const Playbook& playbook, const Toolbox& toolbox, const agent::EpisodeStart& start,
          agent::EpisodeIo& io);
  agent::EpisodeEnd Run();

 private:
  struct Call {
    const Tool* tool;
    Json arguments;
    bool ok;
  };
  /// What a rule says about where an argument should come from.
  struct Preference {
    std::string source;  ///< empty: nothing
    std::vector<std::string> fired, retrieved;
    bool Likes(const Tool* tool) const;  ///< null: the user
  };
  /// A value that is looked for.
  struct Wanted {
    const std::string& type;
    const Where* where = nullptr;        ///< other fields that its record must have
    const Tool* tool = nullptr;          ///< the tool that wants it; null for answers and checks
    const Argument* argument = nullptr;  ///< as which argument
    bool may_ask = true;
    bool latest = false;        ///< tool results before the user's words (answers, checks)
    bool ignore_bound = false;  ///< another value of a type that the goal has settled already
    bool all = false;           ///< every value, as a list
    const Preference* only = nullptr;  ///< known values from this source alone
  };
  struct Known {
    Json value;
    std::string folded;
    const Tool* tool;  ///< null: the user said it
  };
  /// What a tool is going to be called with.
  struct Prepared {
    Json arguments = Json::object();
    /// Arguments whose schema lists values and whose value nobody has asked for: not sent, or the
    /// default.
    std::vector<const Argument*> open;
    /// Arguments that nobody has asked for and whose schema lists nothing: texts and numbers, not
    /// sent, or the default.
    std::vector<const Argument*> free;
    /// Arguments whose value was found where it was looked for first: it could come from elsewhere.
    std::vector<const Argument*> found;
  };
  /// An argument with a value.
  using Setting = std::pair<std::string, Json>;
  /// Something to try: a helper, another value of an open argument, or another source of a value.
  struct Remedy {
    const Tool* helper = nullptr;
    Setting setting;          ///< its value is null while only the source is known
    std::string name;         ///< of the helper, SettingName or SourceName
    std::string source = {};  ///< where the argument is taken from; empty: no matter
  };
  /// Types with the folded texts that they must have.
  using Conditions = std::vector<std::pair<std::string, std::string>>;
  /// One way to a value; lower ranks are tried first.
  struct Way {
    enum class Kind { kKnown, kTool, kAsk } kind;
    const Tool* tool = nullptr;
    int rank = 0;
  };
  enum class Reach { kNo, kWithAsking, kFree };

  // episode.cc: the course of an episode.
  std::string RunGoal(const FoundGoal& found);
  std::string TextFor(const Attempt& attempt);
  void Decide(std::string point, std::vector<std::string> options, std::string chosen,
              std::vector<std::string> fired, std::string reason,
              std::vector<std::string> retrieved = {}, const std::string& left_out = {});
  std::string Ask(const std::string& question);
  bool Succeeded(const std::string& tool) const override;
  bool Knows(const std::string& type) const override;
  Json SeenAbout(const Json& arguments) const override { return seen_.About(arguments); }
  const WordSet& Words() const override { return words_; }
  agent::EpisodeEnd Finish(std::string text);

  // episode_known.cc: what is known of a type, best first.
  Conditions Settled(const Scope& scope) const;
  int RankOf(const Fact& fact, const Wanted& wanted, const Scope& scope, int newest_call) const;
  std::vector<Known> KnownValues(const Wanted& wanted, const Scope& scope,
                                 const Conditions& where) const;

  // episode_values.cc: finding a value, from a tool or from the user if need be.
  std::optional<Json> Resolve(const Wanted& wanted, Scope& scope, int depth);
  std::optional<Conditions> RenderWhere(const Wanted& wanted, Scope& scope, int depth);
  Preference PreferenceFor(const Wanted& wanted, const Scope& scope) const;
  std::vector<Way> WaysTo(const Wanted& wanted, const std::vector<Known>& known,
                          const Preference& preference, const Scope& scope, int depth) const;
  std::optional<Json> TakeKnown(const std::vector<Known>& known, const Wanted& wanted,
                                const Scope& scope);
  std::optional<Json> AskFor(const Wanted& wanted);
  bool CanAsk(const std::string& type) const;
  Lookup LookupIn(Scope& scope, int depth, bool may_ask, bool latest);

  // episode_arguments.cc: arguments of a tool.
  std::optional<Prepared> ResolveArguments(const Tool& tool, Scope& scope, Role role, int depth,
                                           std::string& missing);
  std::optional<Json> ResolveArgument(const Tool& tool, const Argument& argument, Scope& scope,
                                      Role role, int depth);
  void ApplySettings(const Tool& tool, const Scope& scope, Prepared& prepared);
  std::optional<Json> Choose(const Tool& tool, const Argument& argument, const ArgumentSpec& spec);
  static Wanted WantedFor(const Tool& tool, const Argument& argument, const ArgumentSpec* spec);
  const ArgumentSpec* SpecFor(const Tool& tool, const Argument& argument, const Scope& scope,
                              Role role) const;
  Reach ReachOf(const Tool& tool, const Scope& scope, int depth) const;
  Reach ReachOf(const Tool& tool, const Argument& argument, const Scope& scope, int depth) const;
  bool OnStack(const Tool& tool) const;

  // episode_calls.cc: calling a tool, with all that rules and policy want around it.
  Attempt Perform(const Tool& tool, Scope& scope, Role role, int depth);
  std::optional<std::string> Refusal(const Tool& tool, const Json& arguments, Scope& scope,
                                     Role role, int depth);
  std::optional<std::string> RefusedBy(const Check& check, Scope& scope, int depth);
  bool Holds(const Check& check, const Json& value, Scope& scope, int depth);
  bool Confirmed(const Tool& tool, const Json& arguments, Scope& scope);
  void CallHelpers(strategy::RuleAction action, const Tool& tool, const Json& arguments,
                   Scope& scope, int depth);
  void FollowOrder(const ActiveRule& active, const std::string& name, const Moment& moment,
                   std::vector<std::string> retrieved, Scope& scope, int depth);
  std::vector<const ActiveRule*> AvoidingRules(const Tool& tool, const Json& arguments,
                                               const Scope& scope) const;
  world::ToolResult CallOnce(const Tool& tool, const Json& arguments);
  bool SucceededWith(const Tool& tool, const Json& arguments) const;
  std::size_t SuccessfulCalls() const;

  // episode_errors.cc: what to do after an error.
  struct ErrorState {
    Json arguments;  // of the call that failed last
    struct Exploration {
      std::int64_t retries = 0;
      std::int64_t helpers = 0;
      std::optional<bool> replaces;  ///< tools that may take this one's place are kept for the end
    };
    std::map<std::string, std::int64_t> retries;  // by error class or rule id
    std::set<std::string> left_out;               // rules for which that was drawn, be it yes or no
    std::map<std::string, Exploration> explored;  // by error class
    /// Arguments with the values that they were given after an error class, as objects; taken back
    /// when the error comes again.
    std::map<std::string, Json> settings;
    std::set<const Argument*> taken;  ///< those that got a value from another source
  };
  Attempt CallUntilDone(const Tool& tool, const Prepared& prepared, Scope& scope, Role role,
                        int depth);
  enum class Next { kTryAgain, kDone, kGiveUp, kRefuse };
  Next AfterError(const Tool& tool, const Prepared& prepared, const world::ToolResult& error,
                  Scope& scope, Role role, int depth, ErrorState& state, std::string& refusal);
  std::optional<Next> AfterErrorByRule(const Tool& tool, const world::ToolResult& error,
                                       Scope& scope, Role role, int depth, ErrorState& state,
                                       std::string& refusal);
  bool TryPreferred(const ActiveRule& active, const std::function<void(std::string)>& decide,
                    const Tool& tool, const world::ToolResult& error, Scope& scope, int depth,
                    ErrorState& state);
  bool TryInstead(const ActiveRule& active, const std::function<void(std::string)>& decide,
                  Scope& scope, Role role, int depth);

  // episode_explore.cc: trying things out.
  std::optional<Next> ExploreAfterError(const Tool& tool, const Prepared& prepared,
                                        const world::ToolResult& error, Scope& scope, int depth,
                                        ErrorState& state);
  std::optional<std::string> ExploreRefusal(const Tool& tool, const Json& arguments, Scope& scope);
  bool TryValue(const Tool& tool, const Remedy& remedy, const std::string& error_class,
                Scope& scope, int depth, ErrorState& state);
  bool Explores(Role role) const { return role == Role::kGoal && !replacing_; }
  void ExploreAround(const Tool& tool, const Json& arguments, std::string_view when, Scope& scope,
                     int depth);
  void ExploreReading(const Tool& tool, const Json& arguments, const Json& result, Scope& scope,
                      int depth);
  bool TryHelper(const Tool& tool, const Json& arguments, const std::string& label,
                 const std::string& reason, Scope& scope, int depth);
  void Try(const Remedy& remedy, const std::string& reason, Scope& scope, int depth);
  std::vector<Remedy> Helpers(const Tool& tool, const Json& arguments, const Scope& scope,
                              int depth) const;
  std::vector<Remedy> Settings(const Tool& tool, const Prepared& prepared) const;
  std::optional<Remedy> Pick(std::vector<Remedy> remedies, const ExplorationOrder* order,
                             const std::string& label);
  const ExplorationOrder* OrderFor(const Tool& tool, std::string_view error) const;
  bool IsHelper(const Tool& tool) const;
  bool LeavesOut(const ActiveRule& active, const Tool& tool, const std::string& what,
                 const Scope& scope);

  // episode_sources.cc: values from elsewhere.
  std::optional<Json> ValueFrom(const Tool& tool, const Argument& argument,
                                const std::string& source, Scope& scope, int depth);
  std::vector<Remedy> Sources(const Tool& tool, const Prepared& prepared, const Json& arguments,
                              const Scope& scope, int depth) const;
  void AddSources(const Tool& tool, const Argument& argument, const Json& value, Scope scope,
                  int depth, std::vector<Remedy>& sources) const;
  std::vector<Remedy> Words(const Tool& tool, const Prepared& prepared, const Json& arguments,
                            const std::string& message) const;
  void ExploreSource(const Tool& tool, Prepared& prepared, Scope& scope, int depth);

  // episode_instead.cc: another tool in place of one that fails.
  std::vector<Remedy> Replacements(const Tool& tool, const Scope& scope, int depth) const;
  bool SpokenOfAsHelper(const Tool& tool) const;
  bool Replaces(const std::string& label, ErrorState::Exploration& so_far);
  std::optional<Next> ExploreInstead(const Tool& tool, const std::string& error_class,
                                     const std::string& label, Scope& scope, int depth);

  // episode_answer.cc
  std::string Answer(const Goal& goal, Scope& scope);

  const Playbook& playbook_;
  const Toolbox& toolbox_;
  const agent::EpisodeStart& start_;
  agent::EpisodeIo& io_;
  Dice dice_;
  Blackboard board_;
  SeenRows seen_;
  const WordSet words_;  // of what the user asked for
  std::vector<Call> calls_;
  std::map<std::string, std::int64_t> calls_of_;
  std::vector<const Tool*> stack_;    // tools being prepared, against circles
  std::set<std::string> unanswered_;  // types that the user could not tell
  std::set<std::string> explored_;    // helpers and settings tried by exploration
  bool replacing_ = false;            // a tool is tried in place of another
  std::int64_t input_tokens_ = 0;
  std::int64_t output_tokens_ = 0;
};

/// Ids of rules, for a decision's record.
std::vector<std::string> IdsOf(const std::vector<const ActiveRule*>& rules);

}  // namespace kedge::agent_ref
