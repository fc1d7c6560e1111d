#include "tests/guards/reference_interpreter.h"

#include <algorithm>
#include <cctype>
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

bool BeginsTurn(const Event& event) {
  return event.type == EventType::kUserMessage || event.type == EventType::kToolResult;
}

// Lower-case words between blanks and commas.
std::vector<std::string> WordsIn(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ' || c == ',') {
      words.emplace_back();
    } else {
      words.back() += static_cast<char>(std::tolower(c));
    }
  }
  std::erase(words, "");
  return words;
}

int Strength(const std::string& verdict) {
  return verdict == "deny" ? 3 : verdict == "ask" ? 2 : verdict == "warn" ? 1 : 0;
}

// A whole number or text of one; nullopt for all else.
std::optional<int> Number(const Json& value) {
  if (value.is_number_integer()) return value.get<int>();
  if (value == "2") return 2;
  return std::nullopt;
}

bool Satisfies(const Json& property, const Json& value) {
  if (property.contains("enum")) {
    const auto& allowed = property["enum"];
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
  }
  if (property.contains("maximum")) return !value.is_number() || value <= property["maximum"];
  return !value.is_string() || value.get<std::string>().substr(0, 1) == "x";  // pattern ^x
}

// The answer that speaks for a rule: the first error, else the first of the strongest violations.
std::string Worst(const std::vector<std::string>& answers, const std::string& own) {
  std::string worst;
  const auto strength = [&own](const std::string& answer) {
    return Strength(answer.size() > 9 ? answer.substr(9) : own);
  };
  for (const std::string& answer : answers) {
    if (answer.empty()) continue;
    if (answer.substr(0, 8) != "violated") return answer;
    if (worst.empty() || strength(answer) > strength(worst)) worst = answer;
  }
  return worst;
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
  std::size_t first = 0;
  for (std::size_t i = 0; i < index && what.contains("since"); ++i) {
    if (BeginsTurn(trace[i]) && (proof || IsSound(trace[i]))) first = i;
  }
  for (std::size_t i = first; i < index; ++i) {
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
  std::size_t first = 0;
  for (std::size_t i = 0; i < index && bound["per"] == "turn"; ++i) {
    if (BeginsTurn(trace[i])) first = i;
  }
  for (std::size_t i = first; i < index; ++i) {
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

std::string ReferenceInterpreter::AnyOf(const Json& branches, const std::vector<Event>& trace,
                                        std::size_t index) const {
  std::string worst;
  for (const Json& branch : branches) {
    const std::string answer = Words({{"require", branch}}, trace, index);
    if (answer.empty()) return "";
    if (worst.empty() || (worst == "violated" && answer != "violated")) worst = answer;
  }
  return worst;
}

// Always args:/n OP fact:f[args:/k]:/v.
std::string ReferenceInterpreter::Compare(const Json& what, const std::vector<Event>& trace,
                                          std::size_t index) const {
  const Json arguments = Arguments(trace[index]);
  if (!arguments.contains("n")) return what.value("optional", false) ? "" : "absent_argument";
  if (!arguments.contains("k")) return "absent_argument";
  const Json* fact = nullptr;
  for (std::size_t i = 0; i < index; ++i) {
    const Event& event = trace[i];
    if (event.type != EventType::kToolResult || event.is_error || !IsSound(event)) continue;
    if (Tool(event) != "a" || !Arguments(event).contains("k")) continue;
    if (event.arguments["k"] == arguments["k"]) fact = &event.result;
  }
  if (fact == nullptr) return "absent_fact";
  if (!fact->is_object() || !fact->contains("v")) return "absent_field";
  const std::optional<int> left = Number(arguments["n"]);
  const int right = (*fact)["v"].get<int>();
  if (what["op"] != "<=") return left == right ? "" : "violated";
  if (!left) return "type_clash";
  return *left <= right ? "" : "violated";
}

std::set<std::string> ReferenceInterpreter::LabelsOf(const std::string& word,
                                                     const std::vector<Event>& trace,
                                                     std::size_t index) const {
  std::set<std::string> labels;
  const auto holds = [&word](const Json& value) {
    const auto words = WordsIn(value.is_string() ? value.get<std::string>() : value.dump());
    return word == "*" || std::find(words.begin(), words.end(), word) != words.end();
  };
  for (std::size_t i = 0; i < index; ++i) {
    const Event& event = trace[i];
    if (event.type == EventType::kUserMessage && holds(event.text)) labels.insert("user");
    if (event.type != EventType::kToolResult) continue;
    const std::string tool = Tool(event);
    if (!IsSound(event)) {
      if (word != "*") continue;  // it taints the session, but nothing in it was read
      labels.insert("untrusted");
      if (tool == "a") labels.insert("hist");
      if (tool == "c") labels.insert("web");
      continue;
    }
    if (!event.result.is_object()) continue;
    for (const auto& [name, value] : event.result.items()) {
      const std::string inside = tool == "a"   ? (name == "id" ? "hist" : "untrusted")
                                 : tool == "c" ? "web"
                                               : "untrusted";
      const std::string around = tool == "c" ? "web" : "untrusted";
      if (holds(value)) labels.insert(event.is_error ? "untrusted" : inside);
      if (holds(name)) labels.insert(event.is_error ? "untrusted" : around);
    }
  }
  return labels;
}

std::string ReferenceInterpreter::Origin(const Json& rule, const std::vector<Event>& trace,
                                         std::size_t index) const {
  const Json& what = rule["require"]["origin"];
  const Json otherwise = rule.value("otherwise", Json::object());
  const Json blamed = otherwise.value("only", Json::object());
  const std::string own = rule.value("verdict", "deny");
  const Json value = Arguments(trace[index]).value("to", Json());
  if (value.is_null() || value == "") return what.value("optional", false) ? "" : "absent_argument";
  std::vector<std::string> words =
      WordsIn(value.is_string() ? value.get<std::string>() : value.dump());
  const auto is_long = [](const std::string& word) { return word.size() >= 4; };
  if (std::any_of(words.begin(), words.end(), is_long)) {
    std::erase_if(words, [&](const std::string& word) { return !is_long(word); });
  }
  std::vector<std::string> answers;
  for (const std::string& word : words) {
    const std::set<std::string> labels = LabelsOf(word, trace, index);
    bool good = false;
    for (const Json& wanted : what["any"]) good |= labels.count(wanted) != 0;
    if (good) continue;
    std::string verdict;
    if (labels.empty()) verdict = otherwise.value("unseen", own);
    for (const auto& [label, only] : blamed.items()) {
      if (labels.count(label) != 0 && Strength(only) > Strength(verdict)) verdict = only;
    }
    answers.push_back("violated=" + (verdict.empty() ? own : verdict));
  }
  return Worst(answers, own);
}

std::string ReferenceInterpreter::Flow(const Json& what, const std::vector<Event>& trace,
                                       std::size_t index) const {
  const Json value = Arguments(trace[index]).value("to", Json());
  if (value.is_null() || value == "") return "";
  const std::set<std::string> labels = LabelsOf("*", trace, index);
  for (const Json& from : what["from"]) {
    if (labels.count(from) != 0) return "violated";
  }
  return "";
}

// Always an assistant's message that says yes.
int ReferenceInterpreter::Late(const Json& rule, const std::vector<Event>& trace, std::size_t index,
                               bool at_end) const {
  const Json owed = rule.value("require", Json::object()).value("must_follow", Json());
  if (owed.is_null()) return 0;
  const std::size_t within = owed.value("within", std::size_t{1000});
  int late = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    if (!IsSound(trace[i]) || !Matches(rule, trace[i])) continue;
    if (at_end ? index - i >= within : index - i != within) continue;
    bool done = false;
    for (std::size_t j = i + 1; j <= index; ++j) {
      done |= trace[j].type == EventType::kAssistantMessage &&
              trace[j].text.find("yes") != std::string::npos;
    }
    late += done ? 0 : 1;
  }
  return late;
}

std::string ReferenceInterpreter::Words(const Json& rule, const std::vector<Event>& trace,
                                        std::size_t index) const {
  std::vector<std::string> answers;
  std::string error;
  const Json require = rule.value("require", Json::object());
  if (require.contains("any_of")) answers.push_back(AnyOf(require["any_of"], trace, index));
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
  if (require.contains("compare")) answers.push_back(Compare(require["compare"], trace, index));
  if (require.contains("latest")) answers.push_back(Latest(trace, index));
  if (require.contains("origin")) answers.push_back(Origin(rule, trace, index));
  const Json forbid = rule.value("forbid", Json::object());
  if (forbid.contains("after")) {
    const auto happened = Happened(forbid["after"], trace, index, false, error);
    answers.push_back(!happened ? error : *happened ? "violated" : "");
  }
  if (forbid.contains("args")) {
    bool all = true;
    const Json arguments = Arguments(trace[index]);
    for (const auto& [name, property] : forbid["args"]["properties"].items()) {
      all &= !arguments.contains(name) || Satisfies(property, arguments[name]);
    }
    answers.push_back(all ? "violated" : "");
  }
  if (forbid.contains("flow")) answers.push_back(Flow(forbid["flow"], trace, index));
  return Worst(answers, rule.value("verdict", "deny"));
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
    const bool shadow = rule.value("mode", "enforce") == "shadow";
    const auto found = std::find(kSeverities.begin(), kSeverities.end(), rule["severity"]);
    const auto severity = static_cast<std::size_t>(found - kSeverities.begin());
    const bool violated = answer.substr(0, 8) == "violated";
    std::string verdict = !violated           ? "deny"
                          : answer.size() > 9 ? answer.substr(9)
                                              : rule.value("verdict", "deny");
    if (shadow) verdict = "warn";
    if (!answer.empty()) {
      lines.push_back({severity, rule["id"], verdict,
                       (violated ? "" : "!" + answer) + (shadow ? "?" : ""), shadow});
    }
    for (int late = Late(rule, trace, index, false); late > 0; --late) {
      lines.push_back({severity, rule["id"], "warn", shadow ? "?" : "", true});
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
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
