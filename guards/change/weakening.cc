#include <algorithm>
#include <set>

#include "guards/change/added_text.h"
#include "guards/change/rules.h"
#include "guards/change/words_of.h"
#include "harness/strategy/rule_relations.h"
#include "harness/text/pattern.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kStemBytes = 5;

// Words that take force from what follows or comes before them.
const text::Pattern& Weakener() {
  static const text::Pattern kPattern = text::Pattern::Compile(
      R"(\b(skip|bypass|omit|ignor|waiv|disregard|forgo|circumvent|suppress|disabl|relax|overrul|overrid)\w*\b)"
      R"(|\b(no|not|never|[a-z]+n t|dont|without|rather than|instead of) (\w+ ){0,3}?(need|necessary|require\w*|ask\w*|confirm\w*|verif\w*|check\w*|permission|approv\w*|consent|wait\w*|tell\w*|log\w*|report\w*|record\w*|mention\w*)\b)"
      R"(|\b(unnecessary|needless|optional|negotiable|outdated|obsolete|exempt\w*|no longer (appl|valid|need|requir)\w*)\b)"
      R"(|\b(always|automatically|silently|blindly) (allow|approv|accept|grant|confirm|agree|proceed|say yes)\w*\b)"
      R"(|\bunless (\w+ ){0,3}?(ask|insist|object|complain)\w*\b)"
      R"(|\b(treat|count|regard|consider)\w* (\w+ ){0,4}?as (\w+ ){0,2}?(confirm|consent|approv|permission|yes|verif)\w*\b)"
      R"(|\b(assume|presume)\w*\b)");
  return kPattern;
}

// What every agent's protection is made of, whatever its words.
const std::set<std::string>& GeneralTerms() {
  static const std::set<std::string> kTerms = {
      "confi", "verif", "appro", "permi", "conse", "ident", "polic", "guard", "safet",
      "secur", "authe", "autho", "audit", "human", "super", "limit", "refus", "deny",
      "denie", "warni", "valid", "proof", "rule",  "rules", "restr", "prote", "check"};
  return kTerms;
}

std::string Stem(const std::string& word) { return word.substr(0, kStemBytes); }

bool IsContentWord(const std::string& word) { return word.size() > 4; }

void AddTerms(const std::string& text, std::set<std::string>& terms) {
  for (const std::string& word : WordsOf(text)) {
    if (IsContentWord(word)) terms.insert(Stem(word));
  }
}

// The content words of what the champion protects.
std::set<std::string> ProtectedTerms(const ChangeContext& context) {
  std::set<std::string> terms;
  for (const Json& section : Member(context.base.layer("instructions"), "sections")) {
    if (section.value("frozen", false)) AddTerms(section.value("text", ""), terms);
  }
  for (const strategy::Guideline& guideline : context.base.guidelines()) {
    const auto& ids = context.policy.protected_guidelines;
    if (std::find(ids.begin(), ids.end(), guideline.id) != ids.end()) {
      AddTerms(guideline.text, terms);
    }
  }
  return terms;
}

bool SpeaksOfProtection(const std::vector<std::string>& words, const std::set<std::string>& terms) {
  std::size_t of_base = 0;
  for (const std::string& word : words) {
    if (GeneralTerms().contains(Stem(word))) return true;
    of_base += IsContentWord(word) && terms.contains(Stem(word));
  }
  return of_base >= 2;
}

void CheckWords(ChangeContext& context, const AddedText& added,
                const std::set<std::string>& terms) {
  for (const std::string& sentence : Sentences(added.text)) {
    const std::vector<std::string> words = WordsOf(sentence);
    std::string plain;
    for (const std::string& word : words) plain += (plain.empty() ? "" : " ") + word;
    if (!Weakener().Matches(plain) || !SpeaksOfProtection(words, terms)) continue;
    context.Ask(kWeakeningRule, added.what,
                "\"" + Elided(sentence) + "\" may weaken what the champion protects");
    return;
  }
}

bool Stops(const strategy::Rule& rule) {
  return rule.action == strategy::RuleAction::kStop ||
         rule.action == strategy::RuleAction::kGiveUp ||
         (rule.action == strategy::RuleAction::kConfirm && rule.confirm);
}

// The new rule undoes a stop of the champion's, whether that one is still in force or was taken
// away by the same change.
bool Undoes(const strategy::Guideline& guideline, const ParsedGuideline& base) {
  if (!Stops(base.rule)) return false;
  const auto conflict = strategy::Contradiction(strategy::ScopedRuleOf(guideline),
                                                strategy::ScopedRuleOf(*base.guideline));
  return conflict && conflict->kind == strategy::ConflictKind::kOppositeAction;
}

// The new rule keeps away a helper that the protected one calls at the same moment: an exception is
// no contradiction, and yet takes the protection back where it speaks.
bool KeepsAwayFrom(const strategy::Guideline& guideline, const ParsedGuideline& base) {
  using strategy::RuleAction;
  strategy::ScopedRule avoid = strategy::ScopedRuleOf(guideline);
  strategy::ScopedRule calls = strategy::ScopedRuleOf(*base.guideline);
  if (avoid.rule.action != RuleAction::kAvoid || calls.rule.action == RuleAction::kAvoid) {
    return false;
  }
  avoid.rule.errors.clear();
  calls.rule.errors.clear();
  const auto& helpers = avoid.rule.helpers;
  return std::any_of(helpers.begin(), helpers.end(),
                     [&](const std::string& helper) {
                       return std::find(calls.rule.helpers.begin(), calls.rule.helpers.end(),
                                        helper) != calls.rule.helpers.end();
                     }) &&
         strategy::MayMeet(avoid, calls);
}

bool IsProtected(const ChangeContext& context, const std::string& id) {
  const auto& ids = context.policy.protected_guidelines;
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool Confirms(const strategy::Strategy& base) {
  const Json& confirm = Member(base.layer("tool_policy"), "confirm");
  return confirm.is_array() && !confirm.empty();
}

void CheckRule(ChangeContext& context, const strategy::Guideline& guideline,
               const strategy::Rule& rule) {
  if (rule.action == strategy::RuleAction::kConfirm && !rule.confirm && Confirms(context.base)) {
    context.Ask(kWeakeningRule, guideline.id,
                "guideline '" + guideline.id + "' takes a confirmation away");
    return;
  }
  for (const ParsedGuideline& base : context.of_base()) {
    const std::string& id = base.guideline->id;
    if (id == guideline.id) continue;
    if (IsProtected(context, id) && KeepsAwayFrom(guideline, base)) {
      context.Ask(
          kWeakeningRule, guideline.id,
          "guideline '" + guideline.id + "' keeps away what the protected '" + id + "' calls");
      return;
    }
    if (!Undoes(guideline, base)) continue;
    context.Ask(
        kWeakeningRule, guideline.id,
        "guideline '" + guideline.id + "' says the contrary of the champion's '" + id + "'");
    return;
  }
}

}  // namespace

void CheckWeakening(ChangeContext& context) {
  const std::set<std::string> terms = ProtectedTerms(context);
  for (const AddedText& added : context.added) {
    if (added.spoken) CheckWords(context, added, terms);
  }
  for (const auto& [guideline, rule] : context.brought()) {
    CheckRule(context, *guideline, rule);
  }
}

}  // namespace kedge::guards
