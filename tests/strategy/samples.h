#pragma once

#include <map>
#include <string>

#include "harness/core/json.h"
#include "harness/strategy/strategy.h"

namespace kedge::strategy {

/// A small complete strategy: two sections (one frozen), three guidelines (one of them only text),
/// and something in every other layer.
inline std::map<std::string, Json> SampleLayers() {
  return {
      {"instructions", ParseJson(R"({"sections": [
          {"name": "role", "text": "You open doors.", "frozen": true},
          {"name": "style", "text": "Be brief."}]})")},
      {"guidelines", ParseJson(R"({"guidelines": [
          {"id": "badge-first", "text": "Show the badge before you open a door.",
           "when": {"tool": "open_door"}, "then": {"call_first": "show_badge"},
           "sources": [{"trace": "t1", "steps": [1, 2], "outcome": "success", "family": "enter"}],
           "support": 1},
          {"id": "knock", "text": "Knock.",
           "when": {"tool": "open_door", "error": "occupied"}, "then": {"on_error": "retry"}},
          {"id": "polite", "text": "Be polite."}]})")},
      {"tool_policy", ParseJson(R"({"confirm": ["open_door"], "retry": {"unavailable": 2}})")},
      {"planner", ParseJson(R"({"parameters": {"explore": 0.25, "max_calls": 20},
          "goals": [{"id": "enter", "patterns": ["open"], "tool": "open_door"},
                    {"id": "leave", "patterns": ["close"], "tool": "close_door"}]})")},
      {"retrieval", ParseJson(R"({"k": 5})")},
      {"model", ParseJson(R"({"alias": "offline", "temperature": 0.5, "seed": 7})")},
  };
}

inline Strategy SampleStrategy() { return Strategy::FromLayers("sample", {}, SampleLayers()); }

}  // namespace kedge::strategy
