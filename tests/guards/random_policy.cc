#include "tests/guards/random_policy.h"

#include "harness/core/error.h"
#include "tests/guards/policies.h"
#include "tests/guards/reference_interpreter.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kExampleTries = 200;
constexpr std::size_t kExampleLength = 12;

Json Tools() {
  return Json::parse(R"({
    "a": {"effect": "read", "result": {"label": "hist", "fields": ["/id"]},
          "remember": {"as": "f", "key": "/k"}},
    "b": {"effect": "write", "group": "g", "aliases": ["b2"]},
    "c": {"effect": "write", "result": {"label": "web"}},
    "d": {"effect": "external", "group": "g"}})");
}

class Maker {
 public:
  explicit Maker(Random& random) : random_(random) {}

  bool Chance(double p) { return random_.Bernoulli(p); }

  Json Pick(const char* list) {
    const Json choices = Json::parse(list);
    return choices[random_.Below(choices.size())];
  }

  Json Selector() {
    return Pick(R"([{"tool":"a"},{"tool":"b"},{"tool":["a","c"]},{"tool_group":"g"},
        {"effect":"write"},{"effect":"write","except":"b"},{"tool_group":"g","effect":"external"}])");
  }

  Json Property() {
    return Pick(R"([{"enum":["x",1]},{"enum":[1,2,null]},{"maximum":1},{"pattern":"^x"}])");
  }

  Json Same() { return Pick(R"(["/k",["/k"],["args"],["/k","/amount"]])"); }

  Json Occurrence() {
    Json out = Selector();
    if (Chance(0.6)) out["same"] = Same();
    if (Chance(0.2)) out["since"] = "turn";
    return out;
  }

  Json Bound(bool about_tools) {
    Json out = {{"per", Chance(0.2) ? "turn" : "session"}};
    if (about_tools && Chance(0.4)) {
      out["sum"] = "args:/amount";
      out["max"] = random_.Below(4);
    } else {
      out["n"] = random_.Below(4);
    }
    if (about_tools && Chance(0.5)) out["same"] = Pick(R"(["/k",["tool","args"],["tool"]])");
    if (about_tools && Chance(0.4)) out["of"] = Pick(R"(["attempts","successes"])");
    return out;
  }

  Json Match(bool& about_tools) {
    about_tools = !Chance(0.1);
    if (!about_tools) return {{"event", "final_output"}};
    Json match = Chance(0.3) ? Json{{"event", "tool_call"}} : Selector();
    if (Chance(0.2)) match["args"]["properties"]["k"] = Property();
    return match;
  }

  Json Args() {
    Json schema;
    for (const char* name : {"k", "amount"}) {
      if (name[0] == 'a' && Chance(0.6)) continue;
      schema["properties"][name] = Property();
      if (Chance(0.4)) schema["properties"][name]["optional"] = true;
    }
    return schema;
  }

  Json Require(bool about_tools) {
    Json require = Json::object();
    if (Chance(0.1)) {
      require["must_follow"] = {{"event", "assistant_message"}, {"matches", "yes"}};
      if (Chance(0.7)) require["must_follow"]["within"] = random_.Below(3) + 1;
      return require;
    }
    if (about_tools && Chance(0.2)) require["compare"] = Compare();
    if (about_tools && Chance(0.1)) {
      require["any_of"] = {{{"before", Occurrence()}}, {{"compare", Compare()}}};
    }
    if (about_tools && Chance(0.25)) {
      require["origin"] = {{"of", "/to"}, {"any", Pick(R"([["user"],["user","hist"],["hist"]])")}};
      if (Chance(0.3)) require["origin"]["optional"] = true;
    }
    if (about_tools && Chance(0.3)) require["args"] = Args();
    if (Chance(0.4)) {
      require["at_most"] = Json::array({Bound(about_tools)});
      if (Chance(0.3)) require["at_most"].push_back(Bound(about_tools));
    }
    if (about_tools && Chance(0.4)) require["before"] = Occurrence();
    if (Chance(0.2)) {
      require["latest"] = {
          {"event", "user_message"}, {"since", "last_assistant_message"}, {"matches", "^yes"}};
    }
    return require;
  }

  Json Compare() {
    Json out = {{"left", "args:/n"}, {"right", "fact:f[args:/k]:/v"}};
    out["op"] = Pick(R"(["<=","==","in"])");
    if (Chance(0.3)) out["optional"] = true;
    return out;
  }

  Json Rule(std::size_t number) {
    bool about_tools = true;
    Json rule = {{"id", "r" + std::to_string(number)},
                 {"severity", Pick(R"(["critical","high","medium","low","info"])")},
                 {"match", Match(about_tools)},
                 {"require", Require(about_tools)}};
    const bool owes = rule["require"].contains("must_follow");
    if (about_tools && !owes && (Chance(0.3) || rule["require"].empty())) {
      rule["forbid"]["after"] = Occurrence();
    }
    if (about_tools && !owes && Chance(0.1)) {
      rule["forbid"]["flow"] = {{"from", Pick(R"([["untrusted"],["hist"],["web","hist"]])")},
                                {"to", "/to"}};
    }
    if (about_tools && !owes && Chance(0.1)) {
      rule["forbid"]["args"]["properties"]["k"] = Property();
    }
    if (rule["require"].contains("origin") && Chance(0.6)) {
      rule["otherwise"] = Pick(R"([{"only":{"untrusted":"deny"},"unseen":"ask"},{"unseen":"warn"},
          {"only":{"untrusted":"ask","web":"deny"}}])");
    }
    if (Chance(0.5)) rule["verdict"] = Pick(R"(["deny","ask","warn"])");
    if (Chance(0.2)) rule["mode"] = "shadow";
    if (rule["require"].empty()) rule.erase("require");
    return rule;
  }

  Event Step(bool clean) {
    const auto kind = random_.Below(10);
    if (kind == 0) {
      return MakeMessage(EventType::kUserMessage,
                         Pick(R"(["yes","yes, alpha","no","yes Bravo dan","alpha bravo"])"));
    }
    if (kind == 1) return MakeMessage(EventType::kAssistantMessage, Pick(R"(["sure?","yes?"])"));
    if (kind == 2) return MakeMessage(EventType::kFinalOutput, "done");
    Json arguments = Json::object();
    if (Chance(0.85)) arguments["k"] = Pick(R"(["x","xy","y",1,1.0,2,null,[1]])");
    if (Chance(0.6)) arguments["amount"] = Pick(R"(["0.50","1",2,0.25,"0","-1","many"])");
    if (Chance(0.5)) {
      arguments["to"] = Pick(R"(["alpha","ALPHA bravo","carol","dan","x","dan carol","",null,7])");
    }
    if (Chance(0.5)) arguments["n"] = Pick(R"([1,2,3,"2","many"])");
    if (!clean && Chance(0.04)) arguments = "oops";
    std::string tool = Pick(R"(["a","b","b2","c","d"])");
    if (!clean && Chance(0.04)) tool = "z";
    if (kind < 7) return MakeCall(tool, arguments);
    Event result = MakeResult(tool, arguments, Chance(0.2));
    if (Chance(0.7)) {
      result.result = {{"id", Pick(R"(["alpha","bravo","carol","dan"])")},
                       {"note", Pick(R"(["pay carol","alpha","bravo 7",""])")}};
      if (Chance(0.8)) result.result["v"] = random_.Below(3) + 1;
    }
    return result;
  }

 private:
  Random& random_;
};

// Looks for an example of each kind; false when the tries run out.
bool AddExamples(Random& random, const Json& policy, Json& rule) {
  const ReferenceInterpreter truth(policy);
  Json bad;
  std::string verdict = "deny";
  Json good;
  for (std::size_t i = 0; i < kExampleTries && (bad.empty() || good.empty()); ++i) {
    std::vector<Event> trace = RandomTrace(random, kExampleLength, true);
    bool reached = false;
    for (std::size_t at = 0; at < trace.size(); ++at) {
      std::string answer = truth.JudgeRule(rule, trace, at);
      if (answer.empty() && truth.Late(rule, trace, at, false) > 0) answer = "violated";
      const std::vector<Event> prefix(trace.begin(),
                                      trace.begin() + static_cast<std::ptrdiff_t>(at + 1));
      if (answer.empty()) {
        reached |= truth.Matches(rule, trace[at]);
        if (reached && truth.Late(rule, trace, at, true) == 0)
          good = Json::array({ExampleOf(prefix)});
        continue;
      }
      if (answer.substr(0, 8) == "violated") {
        bad = Json::array({ExampleOf(prefix)});
        verdict = answer.size() > 9 ? answer.substr(9) : rule.value("verdict", "deny");
      }
      break;
    }
  }
  rule["examples"][verdict] = bad;
  rule["examples"]["allow"] = good;
  return !bad.empty() && !good.empty();
}

}  // namespace

std::vector<Event> RandomTrace(Random& random, std::size_t length, bool clean) {
  Maker maker(random);
  std::vector<Event> trace;
  for (std::size_t n = random.Below(length) + 1; n > 0; --n) trace.push_back(maker.Step(clean));
  return trace;
}

Json ExampleOf(const std::vector<Event>& trace) {
  Json out = Json::array();
  for (const Event& event : trace) {
    switch (event.type) {
      case EventType::kUserMessage:
        out.push_back({{"user", event.text}});
        break;
      case EventType::kAssistantMessage:
        out.push_back({{"assistant", event.text}});
        break;
      case EventType::kFinalOutput:
        out.push_back({{"final", event.text}});
        break;
      case EventType::kToolCall:
        out.push_back({{"call", event.tool}, {"args", event.arguments}});
        break;
      case EventType::kToolResult:
        out.push_back({{"result", event.tool},
                       {"args", event.arguments},
                       {"error", event.is_error},
                       {"value", event.result}});
        break;
      default:
        break;
    }
  }
  return out;
}

std::optional<Json> RandomPolicy(Random& random) {
  Maker maker(random);
  Json policy = {{"version", "guards/v1"}, {"tools", Tools()}, {"rules", Json::array()}};
  const std::size_t wanted = random.Below(4) + 1;
  for (std::size_t i = 0; i < wanted; ++i) {
    Json rule = maker.Rule(i);
    if (!rule.contains("require") && !rule.contains("forbid")) continue;
    if (AddExamples(random, policy, rule)) policy["rules"].push_back(std::move(rule));
  }
  if (policy["rules"].empty()) return std::nullopt;
  try {
    ReadPolicy(Document::FromValue(policy, "random"), "/nowhere");
  } catch (const Error& error) {
    // Rules that say the same, or of which one requires what another forbids.
    const std::string what = error.message();
    const bool conflict = what.find("says the same") != what.npos ||
                          what.find("no call could ever be allowed") != what.npos;
    if (!conflict) throw;
    return std::nullopt;
  }
  return policy;
}

}  // namespace kedge::guards
