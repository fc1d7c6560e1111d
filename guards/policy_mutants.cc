#include "guards/policy_mutants.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kedge::guards {
namespace {

using Pointer = Json::json_pointer;
using TextPair = std::pair<std::string_view, std::string_view>;

constexpr std::array<TextPair, 8> kContraryOperators = {{{"==", "!="},
                                                         {"!=", "=="},
                                                         {"<", ">="},
                                                         {">=", "<"},
                                                         {">", "<="},
                                                         {"<=", ">"},
                                                         {"in", "not_in"},
                                                         {"not_in", "in"}}};
constexpr std::array<TextPair, 4> kSwappedWords = {{{"attempts", "successes"},
                                                    {"successes", "attempts"},
                                                    {"session", "turn"},
                                                    {"turn", "session"}}};

std::string_view Partner(const auto& pairs, std::string_view word) {
  const auto* found = std::find_if(pairs.begin(), pairs.end(),
                                   [word](const TextPair& pair) { return pair.first == word; });
  return found == pairs.end() ? std::string_view() : found->second;
}

bool IsDecimalText(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos &&
         text.find_first_of("0123456789") != text.npos;
}

// "500.00" becomes "500.01"; the digits are a number below 10^18, or nothing is done.
std::string NextDecimal(const std::string& text, std::int64_t step) {
  std::string digits = text;
  const std::size_t dot = digits.find('.');
  if (dot != digits.npos) digits.erase(dot, 1);
  if (digits.size() > 18) return text;
  std::string next = std::to_string(std::stoll(digits) + step);
  if (next.starts_with("-")) return text;
  if (dot == text.npos) return next;
  const std::size_t places = text.size() - dot - 1;
  if (next.size() <= places) next.insert(0, places + 1 - next.size(), '0');
  return next.insert(next.size() - places, 1, '.');
}

class Mutator {
 public:
  Mutator(const Json& policy, const Json& rule, std::vector<PolicyMutant>& out)
      : policy_(policy), rule_(rule), out_(out) {}

  void Run() {
    NegateWords();
    SwapVerdict();
    for (const char* key : {"match", "require", "forbid", "otherwise"}) {
      if (rule_.contains(key)) Walk(rule_[key], Pointer("/" + std::string(key)), key);
    }
  }

 private:
  void Emit(const char* operation, std::string change, Json rule) {
    Json document = policy_;
    document["rules"] = Json::array({std::move(rule)});
    out_.push_back({rule_.value("id", ""), operation, std::move(change), std::move(document)});
  }

  void Replace(const char* operation, const Pointer& at, const Json& value) {
    Json rule = rule_;
    rule[at] = value;
    Emit(operation, at.to_string() + ": " + DumpJson(rule_[at]) + " -> " + DumpJson(value),
         std::move(rule));
  }

  void Drop(const Pointer& parent, const Json& container, const Json& key) {
    Json rule = rule_;
    Pointer at = parent;
    if (key.is_string()) {
      rule[parent].erase(key.get<std::string>());
      at /= key.get<std::string>();
    } else {
      rule[parent].erase(key.get<std::size_t>());
      at /= key.get<std::size_t>();
    }
    const Json& dropped =
        key.is_string() ? container[key.get<std::string>()] : container[key.get<std::size_t>()];
    Emit("drop", at.to_string() + ": " + DumpJson(dropped), std::move(rule));
  }

  // require: args <-> forbid: args, require: before <-> forbid: after.
  void NegateWords() {
    constexpr std::array<std::array<const char*, 4>, 4> kContrary = {
        {{"require", "args", "forbid", "args"},
         {"forbid", "args", "require", "args"},
         {"require", "before", "forbid", "after"},
         {"forbid", "after", "require", "before"}}};
    for (const auto& [from, word, to, contrary] : kContrary) {
      if (!rule_.contains(from) || !rule_[from].contains(word)) continue;
      Json rule = rule_;
      rule[to][contrary] = rule[from][word];
      rule[from].erase(word);
      if (rule[from].empty()) rule.erase(from);
      Emit("negate",
           "/" + std::string(from) + "/" + word + " -> /" + std::string(to) + "/" + contrary,
           std::move(rule));
    }
  }

  void SwapVerdict() {
    const std::string verdict = rule_.value("verdict", "deny");
    Json rule = rule_;
    rule["verdict"] = verdict == "deny" ? "ask" : "deny";
    Emit("swap", "/verdict: " + verdict + " -> " + rule["verdict"].get<std::string>(), rule);
  }

  void Walk(const Json& value, const Pointer& at, const std::string& key) {
    if (value.is_object()) {
      WalkObject(value, at, key);
    } else if (value.is_array()) {
      if (value.size() > 1) {
        for (std::size_t i = 0; i < value.size(); ++i) Drop(at, value, i);
      }
      if (key == "enum") Widen(at, value, "kedge-mutant");
      if (key == "any" && std::find(value.begin(), value.end(), "untrusted") == value.end()) {
        Widen(at, value, "untrusted");
      }
      for (std::size_t i = 0; i < value.size(); ++i) Walk(value[i], at / i, key);
    } else {
      WalkScalar(value, at, key);
    }
  }

  void WalkObject(const Json& value, const Pointer& at, const std::string& key) {
    const bool words = key == "require" || key == "forbid";
    for (const auto& [name, member] : value.items()) {
      if ((!words || value.size() > 1) && !IsDefault(name, member)) Drop(at, value, name);
      // Schemas of properties; a whole schema under `args` is negated by NegateWords or here.
      if (key == "properties" || (key == "match" && name == "args")) {
        Replace("negate", at / name, {{"not", member}});
      }
    }
    if (value.contains("left") && value.contains("right")) SwapSides(value, at);
    for (const auto& [name, member] : value.items()) Walk(member, at / name, name);
  }

  // Left out, it would mean the same.
  static bool IsDefault(const std::string& name, const Json& value) {
    return (name == "event" && value == "tool_call") || (name == "of" && value == "attempts") ||
           (name == "optional" && value == false);
  }

  void SwapSides(const Json& value, const Pointer& at) {
    const std::string op = value.value("op", "");
    if (op == "==" || op == "!=") return;  // the same either way
    Json swapped = value;
    std::swap(swapped["left"], swapped["right"]);
    Replace("swap", at, swapped);
  }

  void Widen(const Pointer& at, const Json& list, const char* more) {
    Json wider = list;
    wider.push_back(more);
    Replace("widen", at, wider);
  }

  void WalkScalar(const Json& value, const Pointer& at, const std::string& key) {
    if (value.is_boolean()) Replace("negate", at, !value.get<bool>());
    if (value.is_number_integer()) {
      Replace("off-by-one", at, value.get<std::int64_t>() + 1);
      if (value.get<std::int64_t>() > 0) Replace("off-by-one", at, value.get<std::int64_t>() - 1);
    }
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    if (IsDecimalText(value)) {
      for (const int step : {1, -1}) {
        const std::string next = NextDecimal(text, step);
        if (next != text) Replace("off-by-one", at, next);
      }
    }
    if (key == "op" && !Partner(kContraryOperators, text).empty()) {
      Replace("negate", at, Partner(kContraryOperators, text));
    }
    if ((key == "of" || key == "per") && !Partner(kSwappedWords, text).empty()) {
      Replace("swap", at, Partner(kSwappedWords, text));
    }
    if ((key == "pattern" || key == "matches") && text.ends_with("$")) {
      Replace("widen", at, text.substr(0, text.size() - 1));
    }
    if (key == "unseen" || at.parent_pointer().to_string() == "/otherwise/only") {
      Replace("swap", at, text == "deny" ? "ask" : "deny");
    }
  }

  const Json& policy_;
  const Json& rule_;
  std::vector<PolicyMutant>& out_;
};

}  // namespace

std::vector<PolicyMutant> MutantsOf(const Json& policy) {
  std::vector<PolicyMutant> out;
  Json frame = policy;
  frame.erase("rules");
  for (const Json& rule : policy.at("rules")) Mutator(frame, rule, out).Run();
  return out;
}

}  // namespace kedge::guards
