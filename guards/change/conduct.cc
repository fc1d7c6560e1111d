#include "guards/change/conduct.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "guards/change/trace_calls.h"

namespace kedge::guards {
namespace {

using strategy::Rule;
using strategy::RuleAction;
using trace::Step;
using trace::StepKind;

constexpr std::size_t kTellingBytes = 4;  // shorter values occur by chance

bool Lists(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Words in lower case with single spaces between them.
std::string FoldedText(std::string_view text) {
  std::string folded;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (IsWordByte(c)) {
      folded += c;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

/// One rule in one trace.
class Reading {
 public:
  Reading(const Rule& rule, const trace::Trace& trace, const ToolFactsByName& tools)
      : rule_(rule), trace_(trace), tools_(tools), calls_(CallsOf(trace)) {}

  Conduct Read() {
    for (const TraceCall& call : calls_) {
      if (!IsAbout(call) || IsSilenced(call)) continue;
      if (rule_.errors.empty()) {
        AtCall(call);
      } else if (!call.ok && Lists(rule_.errors, call.error)) {
        AfterError(call);
      }
    }
    if (rule_.action == RuleAction::kStop && TellsStopText()) met_ = true;
    if (broken_) return Conduct::kBroken;
    return met_ ? Conduct::kKept : Conduct::kAbsent;
  }

 private:
  void Note(bool kept) {
    met_ = true;
    broken_ = broken_ || !kept;
  }

  const ToolFacts* FactsOf(const TraceCall& call) const {
    const auto found = tools_.find(call.call->name);
    return found == tools_.end() ? nullptr : &found->second;
  }

  // The arguments of the call that the rule's condition names.
  std::vector<std::string> ArgumentsMeant(const TraceCall& call) const {
    std::vector<std::string> meant;
    const ToolFacts* facts = FactsOf(call);
    if (!call.call->arguments.is_object()) return meant;
    for (const auto& [name, value] : call.call->arguments.items()) {
      std::string type;
      if (facts != nullptr && facts->arguments.contains(name)) type = facts->arguments.at(name);
      if (name == rule_.argument || type == rule_.argument) meant.push_back(name);
    }
    return meant;
  }

  bool IsAbout(const TraceCall& call) const {
    if (!rule_.tools.empty() && !Lists(rule_.tools, call.call->name)) return false;
    if (!rule_.effect.empty()) {
      const ToolFacts* facts = FactsOf(call);
      if (facts == nullptr || facts->writes != (rule_.effect == "write")) return false;
    }
    if (!strategy::Pass(rule_.arguments, call.call->arguments)) return false;
    // What an error asks for may have been left out of the call that met it.
    if (rule_.action == RuleAction::kPrefer && !rule_.errors.empty()) return true;
    return rule_.argument.empty() || !ArgumentsMeant(call).empty();
  }

  bool Succeeded(const std::string& tool, std::size_t before) const {
    return std::any_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
      return one.ok && one.answered_at < before && one.call->name == tool;
    });
  }

  // About the same thing: with an argument in common, by name and value, or without any.
  static bool IsAboutTheSame(const TraceCall& helper, const TraceCall& call) {
    const Json& arguments = helper.call->arguments;
    const Json& own = call.call->arguments;
    if (!arguments.is_object() || !own.is_object() || arguments.empty()) return true;
    for (const auto& [name, value] : arguments.items()) {
      if (own.value(name, Json()) == value) return true;
    }
    return false;
  }

  bool CalledBetween(const std::string& tool, std::size_t after, std::size_t before) const {
    return std::any_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
      return one.at > after && one.at < before && one.call->name == tool;
    });
  }

  // A rule that calls what it is silent after has silenced itself by the time of the call.
  bool IsSilenced(const TraceCall& call) const {
    return std::any_of(rule_.unless_called.begin(), rule_.unless_called.end(),
                       [&](const std::string& tool) {
                         return !Lists(rule_.helpers, tool) && Succeeded(tool, call.at);
                       });
  }

  bool HasSettings(const TraceCall& call) const {
    const Json& arguments = call.call->arguments;
    const auto settings = rule_.settings.items();
    return std::all_of(settings.begin(), settings.end(), [&](const auto& setting) {
      return arguments.is_object() && arguments.value(setting.key(), Json()) == setting.value();
    });
  }

  void AtCall(const TraceCall& call) {
    switch (rule_.action) {
      case RuleAction::kCallFirst:
        return Note(
            std::all_of(rule_.helpers.begin(), rule_.helpers.end(), [&](const std::string& helper) {
              return std::any_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
                return one.at < call.at && one.call->name == helper;
              });
            }));
      case RuleAction::kCallAfter:
        if (!call.ok) return;
        return Note(
            std::all_of(rule_.helpers.begin(), rule_.helpers.end(), [&](const std::string& helper) {
              return CalledBetween(helper, call.answered_at, trace_.steps.size());
            }));
      case RuleAction::kPrefer:
        return Note(ComesFromSource(call));
      case RuleAction::kConfirm:
        if (rule_.confirm) Note(WasAskedFor(call));
        return;
      case RuleAction::kStop:
        return Note(false);
      case RuleAction::kSet:
        return Note(HasSettings(call));
      case RuleAction::kAvoid:
        return Note(std::none_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
          return Lists(rule_.helpers, one.call->name) && IsAboutTheSame(one, call);
        }));
      default:
        return;  // the others speak after an error
    }
  }

  void AfterError(const TraceCall& call) {
    // A remedy is due once; what comes after a second failure is another rule's.
    const bool first = handled_.emplace(call.call->name, call.error).second;
    const std::string& tool = call.call->name;
    const std::size_t end = trace_.steps.size();
    switch (rule_.action) {
      case RuleAction::kRecover:
        if (first) {
          Note(CalledBetween(rule_.helpers[0], call.answered_at, end) ||
               Succeeded(rule_.helpers[0], call.at));
        }
        return;
      case RuleAction::kInstead:
        if (first) Note(CalledBetween(rule_.helpers[0], call.answered_at, end));
        return;
      case RuleAction::kRetry:
        if (first) Note(CalledBetween(tool, call.answered_at, end));
        return;
      case RuleAction::kSet:
        if (first) {
          Note(std::any_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
            return one.at > call.answered_at && one.call->name == tool && HasSettings(one);
          }));
        }
        return;
      case RuleAction::kPrefer:
        if (first) NoteSourceOfLaterCalls(call);
        return;
      case RuleAction::kGiveUp:
      case RuleAction::kStop:
        return Note(std::none_of(calls_.begin(), calls_.end(), [&](const TraceCall& one) {
          return one.at > call.answered_at && one.call->name == tool &&
                 one.call->arguments == call.call->arguments;
        }));
      default:
        return AtCall(call);
    }
  }

  // Of the tries after the error one has the argument from the source. An agent that found nothing
  // there has nothing to try.
  void NoteSourceOfLaterCalls(const TraceCall& failed) {
    bool tried = false;
    bool kept = false;
    for (const TraceCall& one : calls_) {
      if (one.at <= failed.answered_at || one.call->name != failed.call->name) continue;
      tried = true;
      kept = kept || (!ArgumentsMeant(one).empty() && ComesFromSource(one));
    }
    if (tried) Note(kept);
  }

  // A message of the agent that was answered, and that names the tool or a value of the call.
  bool WasAskedFor(const TraceCall& call) const {
    std::string tool = call.call->name;
    std::replace(tool.begin(), tool.end(), '_', ' ');
    std::vector<std::string> telling = {FoldedText(tool), FoldedText(call.call->name)};
    if (call.call->arguments.is_object()) {
      for (const auto& [name, value] : call.call->arguments.items()) {
        std::string text = PlainValue(value);
        if (text.size() >= kTellingBytes) telling.push_back(std::move(text));
      }
    }
    for (std::size_t i = 0; i < call.at; ++i) {
      if (!IsMessage(i, "agent") || !IsAnswered(i, call.at)) continue;
      const std::string question = FoldedText(trace_.steps[i].text);
      if (std::any_of(telling.begin(), telling.end(), [&](const std::string& one) {
            return question.find(one) != std::string::npos;
          })) {
        return true;
      }
    }
    return false;
  }

  bool IsMessage(std::size_t i, std::string_view actor) const {
    return trace_.steps[i].kind == StepKind::kMessage && trace_.steps[i].actor == actor;
  }

  bool IsAnswered(std::size_t question, std::size_t before) const {
    for (std::size_t i = question + 1; i < before; ++i) {
      if (IsMessage(i, "user")) return true;
      if (IsMessage(i, "agent")) return false;
    }
    return false;
  }

  static std::string PlainValue(const Json& value) {
    return FoldedText(value.is_string() ? value.get<std::string>() : DumpJson(value));
  }

  bool ComesFromSource(const TraceCall& call) const {
    for (const std::string& name : ArgumentsMeant(call)) {
      if (!WasHeld(PlainValue(call.call->arguments.at(name)), call.at)) return false;
    }
    return true;
  }

  // Whether the rule's source held the value before a step.
  bool WasHeld(const std::string& value, std::size_t before) const {
    bool asked = false;
    std::string tool;
    for (std::size_t i = 0; i < before; ++i) {
      const Step& step = trace_.steps[i];
      asked = asked || IsMessage(i, "agent");
      if (step.kind == StepKind::kToolCall) tool = step.call.name;
      std::string held;
      if (IsMessage(i, "user") && (rule_.source == "user" || (rule_.source == "ask" && asked))) {
        held = step.text;
      } else if (step.kind == StepKind::kObservation && !step.observation.is_error &&
                 (rule_.source == "tool" || rule_.source == "tool:" + tool)) {
        held = step.observation.content;
      } else if (step.kind == StepKind::kObservation && step.observation.is_error &&
                 rule_.source == "message") {
        held = step.observation.content;
      }
      if (!held.empty() && FoldedText(held).find(value) != std::string::npos) return true;
    }
    return false;
  }

  // A rule that stops leaves no call behind: what shows that it spoke is what the user is told.
  bool TellsStopText() const {
    if (rule_.text.empty()) return false;
    for (std::size_t i = 0; i < trace_.steps.size(); ++i) {
      if (IsMessage(i, "agent") && trace_.steps[i].text.find(rule_.text) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  const Rule& rule_;
  const trace::Trace& trace_;
  const ToolFactsByName& tools_;
  const std::vector<TraceCall> calls_;
  std::set<std::pair<std::string, std::string>> handled_;  // tool and error
  bool met_ = false;
  bool broken_ = false;
};

}  // namespace

Conduct ConductOf(const Rule& rule, const trace::Trace& trace, const ToolFactsByName& tools) {
  return Reading(rule, trace, tools).Read();
}

bool HasUnseenCondition(const Rule& rule) {
  return !rule.goals.empty() || !rule.seen.empty() || !rule.unless_known.empty();
}

bool Reports(const trace::Trace& trace, const std::string& guideline) {
  return std::any_of(trace.steps.begin(), trace.steps.end(), [&](const Step& step) {
    return step.kind == StepKind::kDecision && Lists(step.decision.fired_rules, guideline);
  });
}

}  // namespace kedge::guards
