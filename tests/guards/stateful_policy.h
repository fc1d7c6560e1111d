#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/policy_reader.h"

namespace kedge::guards {

/// {kind: tool, args: {order_id, amount}}, as examples write events.
inline Json ExampleEvent(const char* kind, const std::string& tool) {
  return {{kind, tool}, {"args", {{"order_id", "W1"}, {"amount", "1.00"}}}};
}

/// One of four kinds of stateful rule about `tool`, no two alike.
inline Json StatefulRule(int number, const std::string& tool) {
  const Json call = ExampleEvent("call", tool);
  const std::string extra = "extra" + std::to_string(number / 4);
  Json rule = {
      {"id", "r" + std::to_string(number)}, {"severity", "high"}, {"match", {{"tool", tool}}}};
  switch (number % 4) {
    case 0:
      rule["require"]["before"] = {{"tool", {"read_order", extra}}, {"same", "/order_id"}};
      rule["examples"] = {{"deny", {{call}}},
                          {"allow", {{ExampleEvent("result", "read_order"), call}}}};
      break;
    case 1:
      rule["forbid"]["after"] = {{"tool", {"close_order", extra}}, {"same", "/order_id"}};
      rule["examples"] = {{"deny", {{ExampleEvent("result", "close_order"), call}}},
                          {"allow", {{call}}}};
      break;
    case 2: {
      const int limit = number / 4 + 1;
      rule["require"]["at_most"] = {
          {"n", limit}, {"per", "session"}, {"same", "/order_id"}, {"of", "successes"}};
      Json too_many = Json::array();
      for (int i = 0; i < limit; ++i) too_many.push_back(ExampleEvent("result", tool));
      too_many.push_back(call);
      rule["examples"] = {{"deny", {too_many}}, {"allow", {{call}}}};
      break;
    }
    default:
      rule["require"]["at_most"] = {{"sum", "args:/amount"},
                                    {"max", std::to_string(1'000'000 + number)},
                                    {"per", "session"},
                                    {"same", {"/order_id"}}};
      Json large = call;
      large["args"]["amount"] = "9000000";
      rule["examples"] = {{"deny", {{large}}}, {"allow", {{call}}}};
  }
  return rule;
}

/// A policy of `rules` stateful rules, spread over `tools` writing tools.
inline std::unique_ptr<Policy::Compiled> StatefulPolicy(int rules, int tools) {
  Json policy = {{"version", "guards/v1"}, {"rules", Json::array()}};
  policy["tools"]["read_order"] = {{"effect", "read"}};
  policy["tools"]["close_order"] = {{"effect", "write"}};
  for (int i = 0; i < tools; ++i) {
    policy["tools"]["write" + std::to_string(i)] = {{"effect", "write"}};
  }
  for (int i = 0; i < rules; ++i) {
    policy["tools"]["extra" + std::to_string(i / 4)] = {{"effect", "read"}};
    policy["rules"].push_back(StatefulRule(i, "write" + std::to_string(i / 4 % tools)));
  }
  return ReadPolicy(Document::FromValue(policy, "stateful"), ".");
}

/// An event about an order.
inline Event OrderEvent(EventType type, const std::string& tool, const std::string& order) {
  Event event;
  event.type = type;
  event.tool = tool;
  event.arguments = {{"order_id", order}, {"reason", "no longer needed"}, {"amount", "12.50"}};
  return event;
}

}  // namespace kedge::guards
