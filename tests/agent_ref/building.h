#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"

namespace kedge::agent_ref {

/// What holds in the building beyond what its tools say.
struct BuildingRules {
  bool show_badge = true;  ///< open_door fails `badge_unseen` unless show_badge came before
  bool ring_bell = true;   ///< a locked door fails `occupied` unless ring_bell came before
  bool sync_log = true;    ///< silent: a door is only closed for good if sync_log follows
  bool wake_meter = true;  ///< silent: read_meter shows an old value unless wake_meter came before
  double transient = 0;    ///< chance of `unavailable`
  bool heavy_doors = false;  ///< open_door fails `too_heavy` in lab and vault unless held open
  /// What has to be done instead of show_badge, if show_badge is wanted at all.
  std::string badge_helper = "show_badge";
  /// open_door fails `badge_unseen` unless show_badge came before for badges of kind a and b,
  /// sync_log for c and d; the other one of the two jams the door for good. get_badge says the
  /// kind.
  bool badge_kinds = false;
  /// Share of the days on which Ann has a visitor's badge, with which no door may be opened
  /// although it does. get_badge then says whose badge it is.
  double visitors = 0;
  /// A helper after which a door cannot be opened; and one after which an open door sounds the
  /// alarm.
  std::string jams = {}, alarms = {};
  /// list_doors has old numbers for lab and vault, which open_door does not know (`no_such_door`);
  /// find_door has the right ones, draw_plan never has.
  bool moved_doors = false;
  bool found_everywhere = true;  ///< find_door has the kitchen's right number, too
  /// open_door takes a `reason`, and fails `reason_missing` in lab and vault unless it is the one
  /// that the message quotes: this, or with a "#" in it another one in every episode.
  std::string reason = {};
  /// open_door fails `stuck` in lab and vault, whatever is done; push_door opens the door then, and
  /// knock_door does nothing.
  bool stuck_doors = false;
};

/// A tiny world without a database: people, badges, doors, meters. One episode.
class Building : public agent::EpisodeIo {
 public:
  Building(const BuildingRules& rules, std::uint64_t seed) : rules_(rules), seed_(seed) {}

  world::ToolResult CallTool(const std::string& name, const Json& arguments) override;
  std::string AskUser(const std::string& question) override;
  void Record(trace::Step step) override { steps.push_back(std::move(step)); }

  static std::vector<world::ToolSpec> Tools(const BuildingRules& rules = {});
  const BuildingRules& rules() const { return rules_; }

  std::map<std::string, std::string> facts = {{"badge", "It is B0001."}, {"name", "I am Ann."}};
  bool confirms = true;
  int silent_replies = 0;  ///< so many first replies say nothing useful

  std::vector<trace::Step> steps;
  std::vector<std::string> questions;
  std::vector<std::string> called;  ///< names of all calls
  std::set<std::string> opened, closed;
  bool alarm = false;

  bool IsVisitor() const;
  std::vector<trace::Decision> Decisions(const std::string& point) const;

 private:
  std::string Reason() const;
  std::optional<world::ToolResult> Refusal(const Json& arguments) const;
  world::ToolResult Answer(const std::string& name, const Json& arguments);
  bool Worked(const std::string& call) const { return worked_.count(call) != 0; }
  char BadgeKind() const { return static_cast<char>('a' + seed_ % 4); }

  BuildingRules rules_;
  std::uint64_t seed_;
  std::set<std::string> worked_;  // "tool argument"
  std::set<std::string> unsynced_;
};

/// The strategy that knows its way around but none of the rules.
std::map<std::string, Json> BuildingLayers();
strategy::Strategy BuildingStrategy();
/// The same with other values: `{"planner/parameters/explore", 0.5}` and so on.
strategy::Strategy With(const strategy::Strategy& parent,
                        const std::vector<strategy::Operation>& operations);

/// Kinds of task: "open", "close" and "meter" in two rooms each ("open.kitchen", "open.lab", ...).
std::vector<std::string> BuildingFamilies();

struct BuildingRun {
  trace::Trace trace;
  agent::EpisodeEnd end;
  bool success = false;
};
/// One episode of a family's task, recorded as a dev trace.
BuildingRun RunBuilding(agent::Agent& agent, const std::string& family, std::uint64_t seed,
                        const BuildingRules& rules);

/// An episode with these words in a given building; for looking at what the agent did.
agent::EpisodeEnd Say(const strategy::Strategy& strategy, Building& building,
                      const std::string& words, std::uint64_t seed = 1);

}  // namespace kedge::agent_ref
