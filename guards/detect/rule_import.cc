#include "guards/detect/rule_import.h"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

constexpr std::uint32_t kImportBefore = 256;
constexpr std::uint32_t kImportAfter = 4096;

// What a rule's allow-lists excuse, as alternatives of one expression for each target.
struct Exceptions {
  std::string value, match, line;
};

void AddAlternative(std::string& to, const std::string& expression) {
  to += (to.empty() ? "(?:" : "|(?:") + expression + ")";
}

std::vector<std::string> Strings(const toml::node_view<const toml::node>& node) {
  std::vector<std::string> out;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& item : *array) {
      if (const auto text = item.value<std::string>()) out.push_back(*text);
    }
  }
  return out;
}

// Conditions that need a path or a commit never hold here; an AND with one of them excuses nothing.
void AddAllowList(const toml::table& list, Exceptions& out) {
  const std::string condition = list["condition"].value_or(std::string("OR"));
  const bool narrowed = list["paths"].is_array() || list["commits"].is_array();
  if (condition == "AND" && narrowed) return;
  const std::string target = list["regexTarget"].value_or(std::string("secret"));
  std::string& expression = target == "line" ? out.line : target == "match" ? out.match : out.value;
  for (const std::string& regex : Strings(list["regexes"])) AddAlternative(expression, regex);
  for (const std::string& word : Strings(list["stopwords"])) {
    AddAlternative(out.value, "(?i)" + text::Pattern::Escape(word));
  }
}

void AddAllowLists(const toml::table& owner, Exceptions& out) {
  for (const char* key : {"allowlist", "allowlists"}) {
    if (const toml::table* one = owner[key].as_table()) AddAllowList(*one, out);
    if (const toml::array* many = owner[key].as_array()) {
      for (const toml::node& item : *many) {
        if (const toml::table* list = item.as_table()) AddAllowList(*list, out);
      }
    }
  }
}

std::unique_ptr<LazyPattern> Expression(const std::string& text) {
  return text.empty() ? nullptr : std::make_unique<LazyPattern>(text, false);
}

std::unique_ptr<DetectorRule> ImportRule(const toml::table& table, const Exceptions& shared,
                                         const RulePack& pack, const std::string& source) {
  auto rule = std::make_unique<DetectorRule>();
  rule->id = table["id"].value_or(std::string());
  rule->kind = "secret";
  rule->pack = pack.name;
  rule->file = source;
  rule->line = table.source().begin.line;
  if (rule->id.empty()) throw BadData("a rule needs an id").At(source, rule->line);
  rule->keywords = Strings(table["keywords"]);
  rule->entropy = table["entropy"].value_or(0.0);
  rule->group = static_cast<int>(table["secretGroup"].value_or(std::int64_t{0}));
  rule->before = kImportBefore;
  rule->after = kImportAfter;
  rule->pattern = Expression(table["regex"].value_or(std::string()));
  Exceptions exceptions = shared;
  AddAllowLists(table, exceptions);
  rule->unless = Expression(exceptions.value);
  rule->not_match = Expression(exceptions.match);
  rule->not_line = Expression(exceptions.line);
  return rule;
}

toml::table Parse(std::string_view text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw BadData(std::string(error.description())).At(source, error.source().begin.line);
  }
}

}  // namespace

RulePack ImportTomlRules(std::string_view text, const std::string& source) {
  const toml::table root = Parse(text, source);
  RulePack pack;
  pack.name = source;
  pack.digest = Sha256Hex(text);
  Exceptions shared;
  AddAllowLists(root, shared);
  const toml::array* rules = root["rules"].as_array();
  if (rules == nullptr) throw BadData("a rule file holds [[rules]]").At(source);
  for (const toml::node& node : *rules) {
    const toml::table* table = node.as_table();
    if (table == nullptr) throw BadData("[[rules]] holds tables").At(source);
    if (!table->contains("regex")) continue;
    pack.rules.push_back(ImportRule(*table, shared, pack, source));
  }
  return pack;
}

}  // namespace kedge::guards
