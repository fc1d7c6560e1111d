#include "tests/guards/reference_interpreter.h"

#include <algorithm>
#include <map>

namespace kedge::guards {
namespace {

// An event whose arguments are no object cannot be judged; it still happened.
bool IsSound(const Event& event) {
  const bool has_tool = event.type == EventType::kToolCall || event.type == EventType::kToolResult;
  return !has_tool || event.arguments.is_object() || event.arguments.is_null();
}

Json Arguments(const Event& event) {
  return event.arguments.is_object() ? event.arguments : Json::object();
}

std::vector<Json> Listed(const Json& one_or_more) {
  if (one_or_more.is_array()) return one_or_more.get<std::vector<Json>>();
  return {one_or_more};
}

// What two events must share; nullopt and the error when a part is absent.
std::optional<Json> KeyOf(const Json& same, const Event& event, const std::string& tool) {
  if (!IsSound(event)) return std::nullopt;
  Json key = Json::array();
  for (const Json& part : Listed(same)) {
    if (part == "tool") {
      key.push_back(tool);
    } else if (part == "args") {
      key.push_back(Arguments(event));
    } else {
      const std::string name = part.get<std::string>().substr(1);
      const Json arguments = Arguments(event);
      if (!arguments.contains(name)) return std::nullopt;
      key.push_back(arguments[name]);
    }
  }
  return key;
}

// The amounts that the generator draws, in hundredths.
std::optional<int> Hundredths(const Json& value) {
  static const std::map<std::string, int> kKnown = {
      {R"("0.50")", 50}, {R"("1")", 100}, {"2", 200}, {"0.25", 25}, {R"("0")", 0}};
  const auto found = kKnown.find(value.dump());
  if (found == kKnown.end()) return std::nullopt;
  return found->second;
}

bool Satisfies(const Json& property, const Json& value) {
  if (property.contains("enum")) {
    const auto& allowed = property["enum"];
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
  }
  if (property.contains("maximum")) return !value.is_number() || value <= property["maximum"];
  return !value.is_string() || value.get<std::string>().substr(0, 1) == "x";  // pattern ^x
}

}  // namespace

std::string ReferenceInterpreter::Tool(const Event& event) const {
  for (const auto& [name, tool] : policy_["tools"].items()) {
    if (name == event.tool) return name;
    for (const Json& alias : tool.value("aliases", Json::array())) {
      if (alias == event.tool) return name;
    }
  }
  return "";
}

bool ReferenceInterpreter::InSet(const Json& selector, const Event& event) const {
  const std::string name = Tool(event);
  const bool named =
      selector.contains("tool") || selector.contains("tool_group") || selector.contains("effect");
  if (name.empty()) return !named;
  const Json& tool = policy_["tools"][name];
  const auto lists = [](const Json& values, const Json& value) {
    const auto all = Listed(values);
    return std::find(all.begin(), all.end(), value) != all.end();
  };
  if (selector.contains("tool") && !lists(selector["tool"], name)) return false;
  if (selector.contains("tool_group") &&
      !(tool.contains("group") && lists(selector["tool_group"], tool["group"]))) {
    return false;
  }
  if (selector.contains("effect") && selector["effect"] != tool["effect"]) return false;
  return !selector.contains("except") || !lists(selector["except"], name);
}

bool ReferenceInterpreter::Matches(const Json& rule, const Event& event) const {
  const Json& match = rule["match"];
  const EventType wanted = match.value("event", "tool_call") == "tool_call"
                               ? EventType::kToolCall
                               : EventType::kFinalOutput;
  if (event.type != wanted) return false;
  if (wanted == EventType::kFinalOutput) return true;
  if (!InSet(match, event)) return false;
  if (!match.contains("args")) return true;
  for (const auto& [name, property] : match["args"]["properties"].items()) {
    const Json arguments = Arguments(event);
    if (arguments.contains(name) && !Satisfies(property, arguments[name])) return false;
  }
  return true;
}

std::string ReferenceInterpreter::Args(const Json& schema, const Event& event) const {
  const Json arguments = Arguments(event);
  for (const auto& [name, property] : schema["properties"].items()) {
    if (!arguments.contains(name)) {
      if (!property.value("optional", false)) return "violated";
    } else if (!Satisfies(property, arguments[name])) {
      return "violated";
    }
  }
  return "";
}

std::optional<bool> ReferenceInterpreter::Happened(const Json& what,
                                                   const std::vector<Event>& trace,
                                                   std::size_t index, bool proof,
                                                   std::string& error) const {
  std::optional<Json> wanted;
  if (what.contains("same")) {
    wanted = KeyOf(what["same"], trace[index], Tool(trace[index]));
    if (!wanted) {
      error = "absent_argument";
      return std::nullopt;
    }
  }
  for (std::size_t i = 0; i < index; ++i) {
    const Event& event = trace[i];
    if (event.type != EventType::kToolResult || event.is_error || !InSet(what, event)) continue;
    if (proof && !IsSound(event)) continue;
    if (!wanted || KeyOf(what["same"], event, Tool(event)) == wanted) return true;
  }
  return false;
}

std::string ReferenceInterpreter::AtMost(const Json& rule, const Json& bound,
                                         const std::vector<Event>& trace, std::size_t index) const {
  const Event& now = trace[index];
  const bool final_output = now.type == EventType::kFinalOutput;
  if (!final_output && !InSet(bound, now)) return "";
  std::optional<Json> wanted;
  if (bound.contains("same")) {
    wanted = KeyOf(bound["same"], now, Tool(now).empty() ? now.tool : Tool(now));
    if (!wanted) return "absent_argument";
  }
  const bool successes = bound.value("of", "attempts") == "successes";
  int spent = 0;
  for (std::size_t i = 0; i < index; ++i) {
    Event event = trace[i];
    if (successes) {
      if (event.type != EventType::kToolResult || event.is_error) continue;
      event.type = EventType::kToolCall;  // to ask whether the rule would be about its call
    }
    if (!Matches(rule, event) || (!final_output && !InSet(bound, event))) continue;
    if (wanted &&
        KeyOf(bound["same"], event, Tool(event).empty() ? event.tool : Tool(event)) != wanted) {
      continue;
    }
    if (!bound.contains("sum")) {
      ++spent;
    } else if (const Json arguments = Arguments(event); arguments.contains("amount")) {
      spent += Hundredths(arguments["amount"]).value_or(0);
    }
  }
  if (!bound.contains("sum")) return spent + 1 > bound["n"].get<int>() ? "violated" : "";
  const Json arguments = Arguments(now);
  if (!arguments.contains("amount")) return "absent_argument";
  const std::optional<int> amount = Hundredths(arguments["amount"]);
  if (!amount) return "bad_amount";
  return spent + *amount > bound["max"].get<int>() * 100 ? "violated" : "";
}

// Always the pattern ^yes.
std::string ReferenceInterpreter::Latest(const std::vector<Event>& trace, std::size_t index) const {
  for (std::size_t i = index; i-- > 0;) {
    if (trace[i].type == EventType::kAssistantMessage) return "violated";
    if (trace[i].type != EventType::kUserMessage) continue;
    return trace[i].text.substr(0, 3) == "yes" ? "" : "violated";
  }
  return "violated";
}

std::string ReferenceInterpreter::Words(const Json& rule, const std::vector<Event>& trace,
                                        std::size_t index) const {
  std::vector<std::string> answers;
  std::string error;
  const Json require = rule.value("require", Json::object());
  if (require.contains("args")) answers.push_back(Args(require["args"], trace[index]));
  if (require.contains("at_most")) {
    for (const Json& bound : Listed(require["at_most"])) {
      answers.push_back(AtMost(rule, bound, trace, index));
    }
  }
  if (require.contains("before")) {
    const auto happened = Happened(require["before"], trace, index, true, error);
    answers.push_back(!happened ? error : *happened ? "" : "violated");
  }
  if (require.contains("latest")) answers.push_back(Latest(trace, index));
  if (rule.contains("forbid")) {
    const auto happened = Happened(rule["forbid"]["after"], trace, index, false, error);
    answers.push_back(!happened ? error : *happened ? "violated" : "");
  }
  std::string worst;
  for (const std::string& answer : answers) {
    if (answer.empty()) continue;
    if (answer != "violated") return answer;  // an error outranks every violation
    worst = answer;
  }
  return worst;
}

std::string ReferenceInterpreter::JudgeRule(const Json& rule, const std::vector<Event>& trace,
                                            std::size_t index) const {
  if (!IsSound(trace[index]) || !Matches(rule, trace[index])) return "";
  return Words(rule, trace, index);
}

std::string ReferenceInterpreter::Judge(const std::vector<Event>& trace, std::size_t index) const {
  static const std::vector<std::string> kSeverities = {"critical", "high", "medium", "low", "info"};
  static const std::vector<std::string> kVerdicts = {"deny", "ask", "warn", "allow"};
  struct Line {
    std::size_t severity;
    std::string rule, verdict, mark;
    bool shadow;
  };
  std::vector<Line> lines;
  const Event& event = trace[index];
  if (!IsSound(event)) lines.push_back({1, "event", "deny", "!bad_arguments", false});
  if (IsSound(event) && event.type == EventType::kToolCall && Tool(event).empty()) {
    lines.push_back({1, "unknown_tool", "deny", "", false});
  }
  for (const Json& rule : policy_["rules"]) {
    const std::string answer = JudgeRule(rule, trace, index);
    if (answer.empty()) continue;
    const bool shadow = rule.value("mode", "enforce") == "shadow";
    std::string verdict = answer == "violated" ? rule.value("verdict", "deny") : "deny";
    if (shadow) verdict = "warn";
    const auto severity = std::find(kSeverities.begin(), kSeverities.end(), rule["severity"]);
    lines.push_back({static_cast<std::size_t>(severity - kSeverities.begin()), rule["id"], verdict,
                     (answer == "violated" ? "" : "!" + answer) + (shadow ? "?" : ""), shadow});
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.severity != b.severity ? a.severity < b.severity : a.rule < b.rule;
  });
  std::string overall = "allow";
  std::string out;
  for (const Line& line : lines) {
    const auto rank = [](const std::string& verdict) {
      return std::find(kVerdicts.begin(), kVerdicts.end(), verdict) - kVerdicts.begin();
    };
    if (!line.shadow && rank(line.verdict) < rank(overall)) overall = line.verdict;
    out += " " + line.rule + ":" + line.verdict + line.mark;
  }
  return overall + out;
}

}  // namespace kedge::guards
