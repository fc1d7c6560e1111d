#include "agent_ref/hypothesis.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent_ref/setting.h"
#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

// Successful other tools among calls [from, to).
void NoteHelpers(const EpisodeView& view, std::size_t from, std::size_t to, Trial& trial) {
  for (std::size_t i = from; i < to; ++i) {
    const CallView& call = view.calls[i];
    if (!call.ok || call.tool == trial.tool || view.chosen_tools.count(call.tool) != 0) continue;
    const bool on_outcome = trial.link == Link::kBefore || trial.link == Link::kAfter;
    if (on_outcome && view.logs_decisions && !call.explored) {
      trial.unclear.insert(call.tool);
      continue;
    }
    trial.helpers.insert(call.tool);
    trial.helper_steps[call.tool] = call.step;
    trial.closest = call.tool;
  }
}

// The call that a value comes from belongs to the taking of it and is no helper.
void NoteSource(const CallView& call, std::string value, Trial& trial) {
  trial.closest = SourceName(call.varied, call.source);
  trial.helpers.erase(ToolOfSource(call.source));
  trial.sources[call.varied] = call.source;
  if (call.source.rfind(kFromMessage, 0) != 0) return;
  trial.closest = SettingName(call.varied, call.arguments[call.varied]);
  trial.words[call.varied] = std::move(value);
}

void NoteSetting(const CallView& call, Trial& trial) {
  std::string value = call.varied.empty() ? std::string() : ValueText(call, call.varied);
  if (value.empty()) return;
  if (!call.source.empty()) return NoteSource(call, std::move(value), trial);
  trial.closest = SettingName(call.varied, call.arguments[call.varied]);
  trial.settings[call.varied] = std::move(value);
}

bool WorkedIn(const EpisodeView& view, const std::string& tool) {
  return std::any_of(view.calls.begin(), view.calls.end(),
                     [&](const CallView& call) { return call.ok && call.tool == tool; });
}

// For a goal, not by chance.
bool Worked(const CallView& call, const std::string& tool) {
  return call.ok && call.tool == tool && !call.explored;
}

bool WorkedForAGoal(const EpisodeView& view, const std::string& tool) {
  return std::any_of(view.calls.begin(), view.calls.end(),
                     [&](const CallView& call) { return Worked(call, tool); });
}

bool WorkedWithSource(const EpisodeView& view, const Hypothesis& known) {
  return std::any_of(view.calls.begin(), view.calls.end(), [&](const CallView& call) {
    return call.ok && call.tool == known.tool && call.varied == known.helper &&
           call.source == known.source;
  });
}

bool WorkedWithValue(const EpisodeView& view, const Hypothesis& setting) {
  return std::any_of(view.calls.begin(), view.calls.end(), [&](const CallView& call) {
    return call.ok && call.tool == setting.tool && ValueText(call, setting.helper) == setting.value;
  });
}

bool IsOnOutcome(Link link) {
  return link == Link::kBefore || link == Link::kAfter || IsProhibition(link);
}

// Which side of an accepted hypothesis a trial is on, so that what it explains is held fixed.
char Side(const Trial& trial, const Hypothesis& known) {
  if (Concerns(trial, known)) return HasRemedy(trial, known) ? '1' : '0';
  if (!known.condition.Holds(trial.situation)) return '-';
  if (trial.link == Link::kRecovery || trial.link == Link::kChanges) return '-';
  if (IsProhibition(trial.link)) return '-';
  if (!WorkedIn(*trial.view, known.tool)) return '-';
  if (!known.source.empty()) return WorkedWithSource(*trial.view, known) ? '1' : '0';
  if (known.IsSetting()) return WorkedWithValue(*trial.view, known) ? '1' : '0';
  return WorkedIn(*trial.view, known.helper) ? '1' : '0';
}

std::string StratumOf(const Trial& trial, const Hypothesis& hypothesis,
                      const std::vector<Hypothesis>& known) {
  std::string stratum = IsOnOutcome(trial.link) ? trial.view->family : std::string();
  if (trial.asked.count(hypothesis.helper) != 0) stratum += "\nasked";
  for (const Hypothesis& other : known) {
    if (other == hypothesis) continue;
    // Whether a tool was called, and whether it worked, is what a prohibition is about: the side
    // of anything else would follow from it.
    const bool prohibition = IsProhibition(other.link) || IsProhibition(hypothesis.link);
    if (prohibition && other.link != hypothesis.link) continue;
    if (other.tool == hypothesis.tool || other.helper == hypothesis.helper) {
      stratum += '\n';
      stratum += Side(trial, other);
    }
  }
  return stratum;
}

Trial OrderTrial(const EpisodeView& view, const std::string& tool, Link link) {
  Trial trial;
  trial.link = link;
  trial.tool = tool;
  trial.view = &view;
  trial.good = *view.success;
  const auto worked = [&](const CallView& call) { return Worked(call, tool); };
  const auto& calls = view.calls;
  const auto first = std::find_if(calls.begin(), calls.end(), worked);
  const auto last = std::find_if(calls.rbegin(), calls.rend(), worked);
  const auto first_index = static_cast<std::size_t>(first - calls.begin());
  const auto after_last = static_cast<std::size_t>(last.base() - calls.begin());
  if (link == Link::kBefore) {
    NoteHelpers(view, 0, first_index, trial);
    trial.steps = {first->step};
  } else {
    NoteHelpers(view, after_last, calls.size(), trial);
    trial.steps = {last->step};
  }
  return trial;
}

bool SameCall(const CallView& a, const CallView& b) {
  return a.tool == b.tool && a.arguments == b.arguments;
}

Json Without(Json arguments, const std::string& name) {
  if (arguments.is_object()) arguments.erase(name);
  return arguments;
}

std::size_t NextSameCall(const std::vector<CallView>& calls, std::size_t index) {
  std::size_t next = index + 1;
  while (next < calls.size() && !SameCall(calls[next], calls[index])) ++next;
  return next;
}

/// The tries of an episode: which call tries again what another one failed at. An argument that is
/// varied for a try has its old value back afterwards, unless it helped.
class Tries {
 public:
  explicit Tries(const std::vector<CallView>& calls) : calls_(calls) {
    for (const CallView& call : calls) plain_.push_back(&call.arguments);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const std::size_t next = After(i);
      if (next < calls.size()) plain_[next] = PlainOf(calls[next], i);
    }
  }

  /// The next try of what call `index` asked for; the number of calls when there is none.
  std::size_t After(std::size_t index) const {
    std::size_t next = index + 1;
    while (next < calls_.size() && !TriesAgain(calls_[next], index)) ++next;
    return next;
  }

 private:
  static bool Varies(const CallView& call, const Json& arguments) {
    return !call.varied.empty() &&
           Without(call.arguments, call.varied) == Without(arguments, call.varied);
  }
  const Json* PlainOf(const CallView& next, std::size_t index) const {
    const Json& before = calls_[index].arguments;
    if (next.arguments == before || Varies(next, *plain_[index])) return plain_[index];
    return Varies(next, before) ? &before : &next.arguments;
  }
  bool TriesAgain(const CallView& call, std::size_t index) const {
    if (call.tool != calls_[index].tool) return false;
    const Json& before = calls_[index].arguments;
    return call.arguments == before || call.arguments == *plain_[index] || Varies(call, before) ||
           Varies(call, *plain_[index]);
  }

  const std::vector<CallView>& calls_;
  std::vector<const Json*> plain_;  // by call: its arguments before anything was varied
};

// Whether the try at `next` got past the error at `index`. Another error is progress only if the
// call worked in the end, without meeting the first one again: a helper may also have made things
// worse, and some errors come and go by themselves. Nothing when that is unknown.
std::optional<bool> WentThrough(const std::vector<CallView>& calls, const Tries& tries,
                                std::size_t index, std::size_t next) {
  for (std::size_t i = next; i < calls.size(); i = tries.After(i)) {
    if (calls[i].ok) return true;
    if (calls[i].error_class == calls[index].error_class) return false;
  }
  return std::nullopt;
}

}  // namespace

bool IsHarm(Link link) { return link == Link::kBlocks || link == Link::kHarms; }

bool IsProhibition(Link link) { return link == Link::kRefuse || IsHarm(link); }

std::string RemedyName(const Hypothesis& hypothesis) {
  if (!hypothesis.source.empty()) return SourceName(hypothesis.helper, hypothesis.source);
  if (!hypothesis.IsSetting()) return hypothesis.helper;
  return SettingName(hypothesis.helper, ParseJson(hypothesis.value));
}

bool IsBare(const Trial& trial) {
  return trial.helpers.empty() && trial.settings.empty() && trial.sources.empty();
}

bool HasRemedy(const Trial& trial, const Hypothesis& hypothesis) {
  const auto has = [&](const std::map<std::string, std::string>& given, const std::string& what) {
    const auto found = given.find(hypothesis.helper);
    return found != given.end() && found->second == what;
  };
  if (hypothesis.link == Link::kRetry) return IsBare(trial);
  if (hypothesis.link == Link::kGiveUp) return !IsBare(trial);
  if (hypothesis.link == Link::kRefuse) return trial.refused;
  if (!hypothesis.source.empty()) return has(trial.sources, hypothesis.source);
  if (!hypothesis.IsSetting()) return trial.helpers.count(hypothesis.helper) != 0;
  return has(hypothesis.link == Link::kSource ? trial.words : trial.settings, hypothesis.value);
}

bool Concerns(const Trial& trial, const Hypothesis& hypothesis) {
  if (hypothesis.link == Link::kForesees) {
    return trial.link == Link::kFirstCall && trial.tool == hypothesis.tool &&
           hypothesis.condition.Holds(trial.situation);
  }
  const bool of_tries = hypothesis.link == Link::kRetry || hypothesis.link == Link::kGiveUp ||
                        hypothesis.link == Link::kSource || hypothesis.link == Link::kFails;
  const bool spoiled = trial.link == Link::kSpoils && hypothesis.link == Link::kRecovery &&
                       !hypothesis.condition.empty();
  const bool same_link = trial.link == (of_tries ? Link::kRecovery : hypothesis.link);
  return (same_link || spoiled) && trial.tool == hypothesis.tool &&
         trial.error == hypothesis.error && hypothesis.condition.Holds(trial.situation);
}

bool Supports(const Trial& trial, const Hypothesis& hypothesis) {
  if (hypothesis.link == Link::kForesees) {
    return trial.error == hypothesis.error && Concerns(trial, hypothesis) &&
           !HasRemedy(trial, hypothesis);
  }
  const bool of_failures = hypothesis.link == Link::kGiveUp || hypothesis.link == Link::kFails;
  return trial.good != of_failures && Concerns(trial, hypothesis) && HasRemedy(trial, hypothesis);
}

namespace {

// Of kRecovery, or those of kSpoils.
std::vector<Trial> TrialsAfterErrors(const std::vector<const EpisodeView*>& views, Link link) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    const auto& calls = view->calls;
    const Tries tries(calls);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].ok || calls[i].error_class.empty()) continue;
      const std::size_t next = tries.After(i);
      if (next == calls.size()) continue;
      const std::optional<bool> good = WentThrough(calls, tries, i, next);
      if (good.has_value() != (link == Link::kRecovery)) continue;
      Trial trial;
      trial.link = link;
      trial.tool = calls[i].tool;
      trial.error = calls[i].error_class;
      trial.view = view;
      trial.good = good.value_or(false);
      trial.steps = {calls[i].step, calls[next].step};
      NoteHelpers(*view, i + 1, next, trial);
      NoteSetting(calls[next], trial);
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

}  // namespace

std::vector<Trial> RecoveryTrials(const std::vector<const EpisodeView*>& views) {
  return TrialsAfterErrors(views, Link::kRecovery);
}

std::vector<Trial> SpoiledTrials(const std::vector<const EpisodeView*>& views) {
  return TrialsAfterErrors(views, Link::kSpoils);
}

std::vector<Trial> ChangeTrials(const std::vector<const EpisodeView*>& views) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    const auto& calls = view->calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (!calls[i].ok) continue;
      std::size_t next = NextSameCall(calls, i);
      while (next < calls.size() && !calls[next].ok) next = NextSameCall(calls, next);
      if (next == calls.size()) continue;
      Trial trial;
      trial.link = Link::kChanges;
      trial.tool = calls[i].tool;
      trial.view = view;
      trial.good = calls[next].result != calls[i].result;
      trial.steps = {calls[i].step, calls[next].step};
      NoteHelpers(*view, i + 1, next, trial);
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

std::vector<Trial> OrderTrials(const std::vector<const EpisodeView*>& views,
                               const std::set<std::string>& tools) {
  std::vector<Trial> trials;
  for (const EpisodeView* view : views) {
    if (!view->success) continue;
    for (const std::string& tool : tools) {
      // A tool that was called on the way does not decide the episode.
      const bool chosen = view->chosen_tools.empty() || view->chosen_tools.count(tool) != 0;
      if (!chosen || !WorkedForAGoal(*view, tool)) continue;
      trials.push_back(OrderTrial(*view, tool, Link::kBefore));
      trials.push_back(OrderTrial(*view, tool, Link::kAfter));
    }
  }
  return trials;
}

std::vector<Hypothesis> Hypotheses(const std::vector<Trial>& trials) {
  std::set<Hypothesis> found;
  for (const Trial& trial : trials) {
    if (IsProhibition(trial.link) || trial.link == Link::kInstead) continue;
    if (trial.link == Link::kSpoils || trial.link == Link::kFirstCall) continue;
    for (const std::string& helper : trial.helpers) {
      found.insert({trial.link, trial.tool, trial.error, helper});
    }
    for (const auto& [argument, value] : trial.settings) {
      found.insert({trial.link, trial.tool, trial.error, argument, value});
    }
  }
  return {found.begin(), found.end()};
}

void Finding::NoteSupport(const EpisodeView& view) {
  traces.insert(view.id);
  families.insert(view.family);
  principals.insert(view.principal);
}

Finding Judge(const Hypothesis& hypothesis, const std::vector<Trial>& trials,
              const std::vector<Hypothesis>& known) {
  Finding finding;
  finding.hypothesis = hypothesis;
  const std::string name = RemedyName(hypothesis);
  std::map<std::string, stats::TwoByTwo> strata;
  for (const Trial& trial : trials) {
    if (!Concerns(trial, hypothesis) || trial.unclear.count(hypothesis.helper) != 0) continue;
    const bool with = HasRemedy(trial, hypothesis);
    strata[StratumOf(trial, hypothesis, known)].Add(with, trial.good);
    if (!with || !trial.good) continue;
    finding.NoteSupport(*trial.view);
    finding.closest += trial.closest == name ? 1 : 0;
  }
  std::vector<stats::TwoByTwo> tables;
  for (const auto& [name, table] : strata) {
    finding.table += table;
    tables.push_back(table);
  }
  finding.p = stats::ConditionalExactGreater(tables);
  finding.least_p = stats::MinimumAttainableP(tables);
  return finding;
}

}  // namespace kedge::agent_ref
