#include "tests/agent_ref/building.h"

#include <algorithm>

#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"

namespace kedge::agent_ref {
namespace {

using world::ToolResult;

world::ToolSpec Spec(const std::string& name, bool writes, const std::vector<std::string>& required,
                     const Json& result_types) {
  world::ToolSpec spec;
  spec.name = name;
  spec.description = name;
  spec.writes = writes;
  spec.arguments = {{"type", "object"}, {"required", required}, {"properties", Json::object()}};
  for (const std::string& argument : required) {
    spec.arguments["properties"][argument] = {{"type", "string"}};
  }
  spec.result_types = result_types;
  return spec;
}

Json Doors(bool moved) {
  Json doors = ParseJson(R"([
      {"door_id": "D1", "room_name": "Kitchen", "door_state": "shut"},
      {"door_id": "D2", "room_name": "Chemistry Lab", "door_state": "shut"},
      {"door_id": "D3", "room_name": "Vault", "door_state": "locked"}])");
  if (moved) {
    doors[1]["door_id"] = "O2";
    doors[2]["door_id"] = "O3";
  }
  return doors;
}

std::string DoorOf(const std::string& room) {
  return room == "kitchen" ? "D1" : room == "vault" ? "D3" : "D2";
}

const char* const kMeters[] = {"17.5", "12.0"};  // awake, asleep

}  // namespace

std::vector<world::ToolSpec> Building::Tools(const BuildingRules& rules) {
  std::vector<world::ToolSpec> tools = {
      Spec("get_badge", false, {"person_name"},
           {{"badge_id", "badge_id"}, {"badge_state", "badge_state"}}),
      Spec("list_doors", false, {"badge_id"},
           {{"door_id", "door_id"}, {"room_name", "room_name"}, {"door_state", "door_state"}}),
      Spec("open_door", true, {"door_id", "badge_id", "mode"},
           {{"door_id", "door_id"}, {"closing_time", "closing_time"}}),
      Spec("close_door", true, {"door_id"}, {{"door_id", "door_id"}}),
      Spec("read_meter", false, {"room_name"}, {{"reading", "reading"}}),
      Spec("show_badge", true, {"badge_id"}, Json::object()),
      Spec("ring_bell", true, {"door_id"}, Json::object()),
      Spec("wake_meter", true, {"room_name"}, Json::object()),
      Spec("sync_log", true, {}, Json::object()),
      Spec("water_plants", true, {}, Json::object()),
  };
  tools[2].arguments["properties"]["mode"]["enum"] = {"once", "hold_open"};
  if (!rules.reason.empty()) {
    tools[2].arguments["properties"]["reason"] = {{"type", "string"}};
  }
  if (rules.moved_doors) {
    const Json offers = {{"door_id", "door_id"}, {"badge_id", "badge_id"}};
    tools.push_back(Spec("draw_plan", false, {"room_name"}, offers));
    tools.push_back(Spec("find_door", false, {"room_name"}, {{"door_id", "door_id"}}));
  }
  if (rules.stuck_doors) {
    for (const char* name : {"knock_door", "push_door"}) {
      tools.push_back(Spec(name, true, {"door_id", "badge_id", "mode"}, Json::object()));
    }
  }
  return tools;
}

ToolResult Building::CallTool(const std::string& name, const Json& arguments) {
  trace::Step call;
  call.kind = trace::StepKind::kToolCall;
  call.call = {std::to_string(called.size()), name, arguments};
  steps.push_back(call);
  const std::string label = name + std::to_string(std::count(called.begin(), called.end(), name));
  called.push_back(name);
  const bool down = UniformAt(seed_, "down/" + label) < rules_.transient;
  ToolResult result =
      down ? ToolResult::Failure("unavailable", "Try again.") : Answer(name, arguments);
  trace::Step observation;
  observation.kind = trace::StepKind::kObservation;
  observation.observation = {call.call.id, !result.ok, result.error_class,
                             result.ok ? DumpJson(result.content) : result.message};
  steps.push_back(observation);
  return result;
}

bool Building::IsVisitor() const { return UniformAt(seed_, "visitor") < rules_.visitors; }

std::string Building::Reason() const {
  std::string reason = rules_.reason;
  const std::size_t mark = reason.find('#');
  if (mark != std::string::npos) reason.replace(mark, 1, std::to_string(seed_));
  return reason;
}

// Why a door that knows the badge stays closed.
std::optional<ToolResult> Building::Refusal(const Json& arguments) const {
  const std::string door = arguments["door_id"];
  if (rules_.moved_doors && door[0] != 'D') {
    return ToolResult::Failure("no_such_door", "There is no such door.");
  }
  if (door == "D1") return std::nullopt;
  if (!rules_.reason.empty() && arguments.value("reason", "") != Reason()) {
    return ToolResult::Failure("reason_missing", "Say a reason: '" + Reason() + "'.");
  }
  if (rules_.stuck_doors) return ToolResult::Failure("stuck", "The door is stuck.");
  if (rules_.heavy_doors && arguments["mode"] != "hold_open") {
    return ToolResult::Failure("too_heavy", "The door falls shut.");
  }
  return std::nullopt;
}

ToolResult Building::Answer(const std::string& name, const Json& arguments) {
  const std::string first = arguments.empty() ? "" : arguments.begin()->get<std::string>();
  Json result = Json::object();
  if (name == "get_badge") {
    if (first != "Ann") return ToolResult::Failure("not_found", "Nobody is called " + first + ".");
    result = {{"badge_id", "B0001"}, {"badge_state", "valid"}};
    if (rules_.badge_kinds) result["badge_kind"] = std::string(1, BadgeKind());
    if (rules_.visitors > 0) result["badge_kind"] = IsVisitor() ? "visitor" : "staff";
  } else if (name == "list_doors") {
    result = Doors(rules_.moved_doors);
  } else if (name == "open_door") {
    const std::string door = arguments["door_id"];
    const std::string badge = arguments["badge_id"];
    const std::string& helper = rules_.badge_helper;
    if (rules_.show_badge && !Worked(helper + " " + badge) && !Worked(helper)) {
      return ToolResult::Failure("badge_unseen", "The door does not know you.");
    }
    if (rules_.badge_kinds) {
      const bool shown = BadgeKind() == 'a' || BadgeKind() == 'b';
      if (Worked(shown ? "sync_log" : "show_badge " + badge)) {
        return ToolResult::Failure("jammed", "The door is jammed.");
      }
      if (!Worked(shown ? "show_badge " + badge : "sync_log")) {
        return ToolResult::Failure("badge_unseen", "The door does not know you.");
      }
    }
    if (auto refusal = Refusal(arguments)) return *std::move(refusal);
    if (rules_.ring_bell && door == "D3" && !Worked("ring_bell D3")) {
      return ToolResult::Failure("occupied", "Somebody is inside.");
    }
    const auto came = [&](const std::string& jam) {
      return Worked(jam) || Worked(jam + " " + door) || Worked(jam + " " + badge);
    };
    if (came(rules_.jams)) return ToolResult::Failure("jammed", "The door does not move.");
    opened.insert(door);
    alarm = alarm || came(rules_.alarms);
    result = {{"door_id", door}, {"closing_time", "18:30"}};
  } else if (name == "close_door") {
    unsynced_.insert(first);
    if (!rules_.sync_log) closed.insert(first);
    result = {{"door_id", first}};
  } else if (name == "read_meter") {
    const bool asleep = rules_.wake_meter && !Worked("wake_meter " + first);
    result = {{"reading", kMeters[asleep ? 1 : 0]}};
  } else if (name == "find_door") {
    const bool lacks = first == "kitchen" && !rules_.found_everywhere;
    result = {{"door_id", lacks ? "O1" : DoorOf(first)}};
  } else if (name == "draw_plan") {
    result = {{"door_id", "O7"}, {"badge_id", "B0001"}};
  } else if (name == "push_door") {
    opened.insert(arguments["door_id"].get<std::string>());
  } else if (name == "sync_log") {
    closed.insert(unsynced_.begin(), unsynced_.end());
  }
  worked_.insert(first.empty() ? name : name + " " + first);
  return ToolResult::Ok(result);
}

std::string Building::AskUser(const std::string& question) {
  questions.push_back(question);
  if (silent_replies-- > 0) return "Hm, one moment please.";
  if (question.find("Shall I go ahead") != std::string::npos) {
    return confirms ? "Yes, please." : "No, leave it.";
  }
  for (const auto& [keyword, value] : facts) {
    if (question.find(keyword) != std::string::npos) return value;
  }
  return "I don't know.";
}

std::vector<trace::Decision> Building::Decisions(const std::string& point) const {
  std::vector<trace::Decision> found;
  for (const trace::Step& step : steps) {
    if (step.kind == trace::StepKind::kDecision && step.decision.point == point) {
      found.push_back(step.decision);
    }
  }
  return found;
}

std::map<std::string, Json> BuildingLayers() {
  return {
      {"tool_policy", ParseJson(R"({"confirm": ["write"], "retry": {"unavailable": 3}})")},
      {"planner", ParseJson(R"json({
          "types": {
            "badge_id": {"pattern": "\\bB[0-9]{4}\\b", "ask": "What is the number on your badge?"},
            "person_name": {"pattern": "I am (?P<value>[A-Z][a-z]+)", "ask": "What is your name?"}},
          "goals": [
            {"id": "open", "patterns": ["open the (?P<room_name>kitchen|chemistry lab|vault|attic)"],
             "tool": "open_door",
             "arguments": {"door_id": {"type": "door_id", "where": {"room_name": "{room_name}"}}},
             "answer": ["Door {door_id} is open.", "It closes at {closing_time}."]},
            {"id": "close", "patterns": ["close the (?P<room_name>kitchen|chemistry lab)"],
             "tool": "close_door",
             "arguments": {"door_id": {"type": "door_id", "where": {"room_name": "{room_name}"}}},
             "answer": "Door {door_id} is closed."},
            {"id": "meter", "patterns": ["meter in the (?P<room_name>kitchen|chemistry lab)"],
             "tool": "read_meter", "answer": "The meter shows {reading}."}]})json")},
  };
}

strategy::Strategy BuildingStrategy() {
  return strategy::Strategy::FromLayers("building", {}, BuildingLayers());
}

strategy::Strategy With(const strategy::Strategy& parent,
                        const std::vector<strategy::Operation>& operations) {
  return strategy::Apply(parent, parent.hash(), operations, "changed", {});
}

std::vector<std::string> BuildingFamilies() {
  return {"open.kitchen",        "open.chemistry lab", "open.vault",         "close.kitchen",
          "close.chemistry lab", "meter.kitchen",      "meter.chemistry lab"};
}

BuildingRun RunBuilding(agent::Agent& agent, const std::string& family, std::uint64_t seed,
                        const BuildingRules& rules) {
  const std::size_t dot = family.find('.');
  const std::string kind = family.substr(0, dot);
  const std::string room = family.substr(dot + 1);
  const std::string door = DoorOf(room);
  Building building(rules, seed);
  agent::EpisodeStart start;
  start.instruction = kind == "meter" ? "I am Ann. What does the meter in the " + room + " say?"
                                      : "I am Ann. Please " + kind + " the " + room + ".";
  start.tools = Building::Tools(rules);
  start.seed = seed;
  BuildingRun run;
  run.end = agent.Run(start, building);
  const bool allowed = !building.IsVisitor() && !building.alarm;
  run.success = kind == "open"    ? (building.opened.count(door) != 0) == allowed
                : kind == "close" ? building.closed.count(door) != 0
                                  : run.end.final_text.find(kMeters[0]) != std::string::npos;
  run.trace.id = family + "/" + std::to_string(seed);
  run.trace.key.family = family;
  run.trace.split = "dev";
  run.trace.principal = "p" + std::to_string(seed % 3);
  run.trace.steps = std::move(building.steps);
  run.trace.outcome.emplace();
  run.trace.outcome->success = run.success;
  return run;
}

agent::EpisodeEnd Say(const strategy::Strategy& strategy, Building& building,
                      const std::string& words, std::uint64_t seed) {
  agent::EpisodeStart start;
  start.instruction = words;
  start.tools = Building::Tools(building.rules());
  start.seed = seed;
  return ReferenceAgentFactory().Make(strategy)->Run(start, building);
}

}  // namespace kedge::agent_ref
