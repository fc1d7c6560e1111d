#include "agent_ref/rule_writer.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent_ref/probe_choice.h"
#include "agent_ref/setting.h"
#include "agent_ref/situation.h"
#include "agent_ref/value_source.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {
namespace {

constexpr double kAlmostNever = 0.02;
constexpr std::size_t kMaxSources = 20;
constexpr std::size_t kLongestId = 200;
constexpr std::int64_t kEnoughFirstTries = 10;

bool HeldAt(const CallView& call, const EpisodeView& view, const Condition& condition) {
  if (condition.empty()) return true;
  return condition.Holds(SituationOf(view, static_cast<std::size_t>(&call - view.calls.data())));
}

// Of each episode the tool's first call that worked or met the error: did it work, with and without
// the value?
stats::TwoByTwo FirstTriesOfValue(const Hypothesis& hypothesis,
                                  const std::vector<const EpisodeView*>& views) {
  stats::TwoByTwo table;
  for (const EpisodeView* view : views) {
    for (const CallView& call : view->calls) {
      if (call.tool != hypothesis.tool) continue;
      if (!call.ok && call.error_class != hypothesis.error) continue;
      if (!HeldAt(call, *view, hypothesis.condition)) break;
      table.Add(ValueText(call, hypothesis.helper) == hypothesis.value, call.ok);
      break;
    }
  }
  return table;
}

// Of each episode the tool's first call: did it work, with the argument from the source and
// without? An error other than the one in question counts where it comes with the source alone.
stats::TwoByTwo FirstTriesOfSource(const Hypothesis& hypothesis,
                                   const std::vector<const EpisodeView*>& views) {
  std::vector<const CallView*> firsts;
  std::set<std::string> errors_without;
  for (const EpisodeView* view : views) {
    const auto first =
        std::find_if(view->calls.begin(), view->calls.end(),
                     [&](const CallView& call) { return call.tool == hypothesis.tool; });
    if (first == view->calls.end()) continue;
    const bool usual = first->source.empty();
    const bool taken = first->varied == hypothesis.helper && first->source == hypothesis.source;
    if (usual || taken) firsts.push_back(&*first);
    if (usual && !first->ok) errors_without.insert(first->error_class);
  }
  stats::TwoByTwo table;
  for (const CallView* first : firsts) {
    const bool counts = first->ok || first->error_class == hypothesis.error ||
                        errors_without.count(first->error_class) == 0;
    if (counts) table.Add(!first->source.empty(), first->ok);
  }
  return table;
}

// First calls of the tool in each episode: did they work, with and without the helper before?
stats::TwoByTwo FirstTries(const Hypothesis& hypothesis,
                           const std::vector<const EpisodeView*>& views) {
  if (hypothesis.IsSetting()) return FirstTriesOfValue(hypothesis, views);
  if (!hypothesis.source.empty()) return FirstTriesOfSource(hypothesis, views);
  stats::TwoByTwo table;
  for (const EpisodeView* view : views) {
    bool helped = false;
    for (const CallView& call : view->calls) {
      if (call.tool == hypothesis.tool) {
        if (HeldAt(call, *view, hypothesis.condition)) table.Add(helped, call.ok);
        break;
      }
      helped = helped || (call.ok && call.tool == hypothesis.helper);
    }
  }
  return table;
}

// The first argument that calls of the tool and of the helper have in common by name and value.
std::string SharedArgument(const Hypothesis& hypothesis,
                           const std::vector<const EpisodeView*>& views) {
  for (const EpisodeView* view : views) {
    for (const CallView& a : view->calls) {
      if (a.tool != hypothesis.tool || !a.arguments.is_object()) continue;
      for (const CallView& b : view->calls) {
        if (b.tool != hypothesis.helper || !b.arguments.is_object()) continue;
        for (const auto& [name, value] : a.arguments.items()) {
          if (b.arguments.contains(name) && b.arguments[name] == value) return name;
        }
      }
    }
  }
  return "";
}

std::string OfTries(std::int64_t good, std::int64_t all) {
  return std::to_string(good) + " of " + std::to_string(all);
}

// What the remedy did where the condition does not hold.
std::string Elsewhere(const Finding& finding) {
  if (finding.hypothesis.condition.empty()) return "";
  return "; elsewhere " +
         OfTries(finding.elsewhere.exposed_successes, finding.elsewhere.exposed_trials) +
         " with it, " +
         OfTries(finding.elsewhere.unexposed_successes, finding.elsewhere.unexposed_trials) +
         " without";
}

std::string Text(const LearnedRule& rule) {
  const Hypothesis& h = rule.finding.hypothesis;
  const stats::TwoByTwo& t = rule.finding.table;
  const std::string with = OfTries(t.exposed_successes, t.exposed_trials);
  const std::string without = OfTries(t.unexposed_successes, t.unexposed_trials);
  const bool tries = h.link == Link::kRecovery || h.link == Link::kSource;
  const std::string where = h.condition.InWords();
  const std::string and_where = where.empty() ? "" : " and " + where;
  const std::string if_where = where.empty() ? "" : ", if " + where;
  const std::string elsewhere = Elsewhere(rule.finding);
  if (h.link == Link::kChanges) {
    return "Before " + h.tool + " call " + h.helper + if_where + ": it changes what " + h.tool +
           " says (" + with + " times with it, " + without + " without" + elsewhere + ").";
  }
  if (rule.form == RuleForm::kRefuse) {
    return "Do not call " + h.tool + if_where + " (" + with +
           " episodes succeeded when it was refused, " + without + " when it was called" +
           elsewhere + ").";
  }
  if (rule.form == RuleForm::kAvoid) {
    const bool blocks = h.link == Link::kBlocks;
    return "Around " + h.tool + if_where + " do not call " + h.helper + ": " +
           (blocks ? h.tool + " did not work in " : "episodes failed: ") + with + " with it, " +
           without + " without" + elsewhere + ".";
  }
  const std::string why = tries ? " (" + with + " tries went through after it, " + without +
                                      " otherwise" + elsewhere + ")."
                                : " (" + with + " episodes succeeded with it, " + without +
                                      " without" + elsewhere + ").";
  if (h.link == Link::kForesees) {
    return "Before " + h.tool + " call " + h.helper + if_where + ": " + h.tool + " answered " +
           h.error + " to " + with + " first calls there, and to " + without + " elsewhere.";
  }
  switch (rule.form) {
    case RuleForm::kRecover:
      return "When " + h.tool + " answers " + h.error + and_where + ", call " + h.helper +
             " and try again" + why;
    case RuleForm::kAfter:
      return "After " + h.tool + " call " + h.helper + if_where + why;
    case RuleForm::kSet:
      return "Call " + h.tool + " with " + RemedyName(h) + if_where + "; without it " + h.tool +
             " answers " + h.error + why;
    case RuleForm::kRetry:
      return "When " + h.tool + " answers " + h.error + ", try again: it went away by itself in " +
             with + " episodes.";
    case RuleForm::kGiveUp:
      return "When " + h.tool + " answers " + h.error + ", give up: what was tried in " +
             std::to_string(t.unexposed_trials) + " episodes never got round it.";
    case RuleForm::kSetAfter:
      return "When " + h.tool + " answers " + h.error + and_where + ", try again with " +
             RemedyName(h) + " (" + with + " tries went through with it, " + without +
             " otherwise" + elsewhere + ").";
    case RuleForm::kPrefer:
      return "Take the " + h.helper + " of " + h.tool + " from " + h.source + "; otherwise " +
             h.tool + " answers " + h.error + why;
    case RuleForm::kPreferAfter:
      return "When " + h.tool + " answers " + h.error + ", try again with the " + RemedyName(h) +
             why;
    case RuleForm::kInstead:
      return "When " + h.tool + " answers " + h.error + ", call " + h.helper + " instead" + why;
    case RuleForm::kEffectFirst:
      return "Before anything that changes the state of a " + rule.argument + ", call " + h.helper +
             ", as seen with " + h.tool + why;
    default:
      return "Before " + h.tool + " call " + h.helper + if_where +
             (tries ? "; without it " + h.tool + " answers " + h.error : std::string()) + why;
  }
}

bool SpeaksAfterError(RuleForm form) {
  return form == RuleForm::kRecover || form == RuleForm::kSetAfter || form == RuleForm::kRetry ||
         form == RuleForm::kGiveUp || form == RuleForm::kPreferAfter || form == RuleForm::kInstead;
}

Json When(const LearnedRule& rule) {
  const Hypothesis& h = rule.finding.hypothesis;
  if (rule.form == RuleForm::kEffectFirst) {
    return {{"effect", "write"}, {"argument", rule.argument}};
  }
  Json when = {{"tool", h.tool}};
  if (SpeaksAfterError(rule.form)) when["error"] = h.error;
  if (!h.source.empty()) when["argument"] = h.helper;
  h.condition.AddTo(when);
  return when;
}

// What the user is told: the tool and the condition in plain words, and nothing that claims
// anything.
std::string RefusalText(const Hypothesis& hypothesis) {
  std::string what = hypothesis.tool;
  if (!hypothesis.condition.empty()) what += " if " + hypothesis.condition.InWords();
  std::replace(what.begin(), what.end(), '_', ' ');
  return "I am sorry, I cannot do this: " + what + ".";
}

Json Then(const LearnedRule& rule) {
  const Hypothesis& h = rule.finding.hypothesis;
  if (rule.form == RuleForm::kRetry) return {{"on_error", "retry"}};
  if (rule.form == RuleForm::kGiveUp) return {{"on_error", "stop"}};
  if (rule.form == RuleForm::kRefuse) return {{"stop", RefusalText(h)}};
  if (rule.form == RuleForm::kAvoid) return {{"avoid", h.helper}};
  if (!h.source.empty()) return {{"prefer", h.source}};
  if (h.link == Link::kInstead) return {{"instead", h.helper}};
  if (h.IsSetting()) return {{"set", {{h.helper, ParseJson(h.value)}}}};
  const char* word = rule.form == RuleForm::kRecover ? "recover"
                     : rule.form == RuleForm::kAfter ? "call_after"
                                                     : "call_first";
  return {{word, h.helper}};
}

Json SourceOf(const Trial& trial, const Hypothesis& hypothesis) {
  std::vector<int> steps = trial.steps;
  const std::string from = ToolOfSource(hypothesis.source);
  const auto helper = trial.helper_steps.find(from.empty() ? hypothesis.helper : from);
  if (!hypothesis.IsSetting() && helper != trial.helper_steps.end()) {
    steps.push_back(helper->second);
  }
  std::sort(steps.begin(), steps.end());
  const auto& success = trial.view->success;
  Json source = {{"trace", trial.view->id},
                 {"steps", steps},
                 {"outcome", !success   ? "unknown"
                             : *success ? "success"
                                        : "failure"},
                 {"family", trial.view->family}};
  if (!trial.view->principal.empty()) source["principal"] = trial.view->principal;
  return source;
}

// Of a refusal those that were called and failed are a source as well: they show the tool.
bool IsSource(const Trial& trial, const Hypothesis& hypothesis) {
  if (hypothesis.link != Link::kRefuse) return Supports(trial, hypothesis);
  return Concerns(trial, hypothesis) && HasRemedy(trial, hypothesis) == trial.good;
}

// One source for each trace, families in turn and each by id, so that a short list shows them all.
Json Sources(const LearnedRule& rule, const std::vector<Trial>& trials) {
  const Hypothesis& h = rule.finding.hypothesis;
  std::map<std::string, std::map<std::string, Json>> by_family;
  for (const Trial& trial : trials) {
    if (!IsSource(trial, h)) continue;
    const std::string group = trial.view->family + (trial.refused ? "\n" : "");
    by_family[group].try_emplace(trial.view->id, SourceOf(trial, h));
  }
  Json list = Json::array();
  while (!by_family.empty() && list.size() < kMaxSources) {
    for (auto family = by_family.begin(); family != by_family.end();) {
      auto& sources = family->second;
      if (list.size() < kMaxSources) list.push_back(std::move(sources.begin()->second));
      sources.erase(sources.begin());
      family = sources.empty() ? by_family.erase(family) : std::next(family);
    }
  }
  return list;
}

Json Counts(std::int64_t good, std::int64_t all) { return {{"good", good}, {"all", all}}; }

Json TableCounts(const stats::TwoByTwo& t) {
  return {{"with", Counts(t.exposed_successes, t.exposed_trials)},
          {"without", Counts(t.unexposed_successes, t.unexposed_trials)}};
}

Json Evidence(const LearnedRule& rule, const std::vector<Trial>& trials) {
  const stats::TwoByTwo& t = rule.finding.table;
  Json evidence = {{"with", Counts(t.exposed_successes, t.exposed_trials)},
                   {"without", Counts(t.unexposed_successes, t.unexposed_trials)},
                   {"p", Rounded(rule.finding.p)},
                   {"p_adjusted", Rounded(rule.p_adjusted)},
                   {"families", Json(rule.finding.families)},
                   {"probes", ChooseProbes(rule.finding.hypothesis, trials)}};
  const Hypothesis& h = rule.finding.hypothesis;
  if (!h.error.empty()) evidence["error"] = h.error;
  if (!h.condition.empty() && h.link != Link::kForesees) {
    evidence["condition"] = {{"inside", TableCounts(t)},
                             {"outside", TableCounts(rule.finding.elsewhere)},
                             {"bits_saved", Rounded(rule.finding.bits_saved)},
                             {"searched", rule.finding.searched}};
  }
  if (h.link == Link::kRecovery || h.link == Link::kSource) {
    evidence["first_tries_without"] =
        Counts(rule.first_tries.unexposed_successes, rule.first_tries.unexposed_trials);
  }
  if (rule.first_tries.exposed_trials > 0 && !h.source.empty()) {
    evidence["first_tries_with"] =
        Counts(rule.first_tries.exposed_successes, rule.first_tries.exposed_trials);
  }
  return evidence;
}

// A source that is right wherever it is tried is asked first; one that was not tried enough, or is
// right in some cases only, after the error.
bool IsRightAlways(const stats::TwoByTwo& first_tries) {
  return first_tries.exposed_trials >= kEnoughFirstTries &&
         1 - first_tries.ExposedRate() <= kAlmostNever;
}

}  // namespace

double Rounded(double p) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, p, std::chars_format::scientific, 2);
  double rounded = 0;
  std::from_chars(text, end.ptr, rounded);
  return rounded;
}

LearnedRule WriteRule(const Finding& finding, double p_adjusted,
                      const std::vector<const EpisodeView*>& views, const LearnOptions& options) {
  const Hypothesis& h = finding.hypothesis;
  LearnedRule rule{finding, p_adjusted, RuleForm::kFirst, "", FirstTries(h, views)};
  if (h.link == Link::kAfter) {
    rule.form = RuleForm::kAfter;
    return rule;
  }
  if (IsProhibition(h.link)) {
    rule.form = h.link == Link::kRefuse ? RuleForm::kRefuse : RuleForm::kAvoid;
    return rule;
  }
  if (h.link == Link::kRetry || h.link == Link::kGiveUp) {
    rule.form = h.link == Link::kRetry ? RuleForm::kRetry : RuleForm::kGiveUp;
    return rule;
  }
  if (h.link == Link::kForesees) return rule;
  const bool always = rule.first_tries.UnexposedRate() <= kAlmostNever;
  if (h.link == Link::kInstead) {
    rule.form = RuleForm::kInstead;
    return rule;
  }
  if (!h.source.empty()) {
    const bool first = h.source != kFromMessage && (always || IsRightAlways(rule.first_tries));
    rule.form = first ? RuleForm::kPrefer : RuleForm::kPreferAfter;
    return rule;
  }
  if (h.IsSetting()) {
    rule.form = always ? RuleForm::kSet : RuleForm::kSetAfter;
    return rule;
  }
  if (h.link == Link::kRecovery && !always) rule.form = RuleForm::kRecover;
  const bool widen = options.generalise == Generalise::kEffect && h.condition.empty() &&
                     (options.write_tools.empty() || options.write_tools.count(h.tool) != 0);
  if (widen) rule.argument = SharedArgument(h, views);
  if (!rule.argument.empty()) rule.form = RuleForm::kEffectFirst;
  return rule;
}

std::string GuidelineId(const LearnedRule& rule) {
  const Hypothesis& h = rule.finding.hypothesis;
  std::string id;
  switch (rule.form) {
    case RuleForm::kRecover:
      id = h.tool + ".recover." + h.error + "." + h.helper;
      break;
    case RuleForm::kAfter:
      id = h.tool + ".after." + h.helper;
      break;
    case RuleForm::kRetry:
      id = h.tool + ".retry." + h.error;
      break;
    case RuleForm::kGiveUp:
      id = h.tool + ".give_up." + h.error;
      break;
    case RuleForm::kRefuse:
      id = h.tool + ".refuse";
      break;
    case RuleForm::kAvoid:
      id = h.tool + ".avoid." + h.helper;
      break;
    case RuleForm::kSet:
      id = h.tool + ".set." + RemedyName(h);
      break;
    case RuleForm::kSetAfter:
      id = h.tool + ".set_after." + h.error + "." + RemedyName(h);
      break;
    case RuleForm::kPrefer:
      id = h.tool + ".prefer." + h.helper + "." + h.source;
      break;
    case RuleForm::kPreferAfter:
      id = h.tool + ".prefer_after." + h.error + "." + h.helper + "." + h.source;
      break;
    case RuleForm::kInstead:
      id = h.tool + ".instead." + h.error + "." + h.helper;
      break;
    case RuleForm::kEffectFirst:
      id = "write." + rule.argument + ".first." + h.helper;
      break;
    default:
      id = h.tool + ".first." + h.helper;
  }
  if (!h.condition.empty()) id += ".if." + h.condition.Name();
  for (char& c : id) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!allowed) c = '_';
  }
  if (id.size() <= kLongestId) return id;
  if (h.condition.empty()) return id.substr(0, kLongestId);
  // What tells conditions apart stands at the end.
  const std::string digest = JsonDigest(When(rule)).substr(0, 12);
  return id.substr(0, kLongestId - digest.size() - 1) + "." + digest;
}

Json GuidelineRecord(const LearnedRule& rule, const std::vector<Trial>& trials) {
  // The support that anyone can check is the traces that are named; `evidence` counts all.
  Json sources = Sources(rule, trials);
  const std::size_t support = sources.size();
  return {{"status", "active"},
          {"text", Text(rule)},
          {"when", When(rule)},
          {"then", Then(rule)},
          {"sources", std::move(sources)},
          {"support", support},
          {"evidence", Evidence(rule, trials)}};
}

}  // namespace kedge::agent_ref
