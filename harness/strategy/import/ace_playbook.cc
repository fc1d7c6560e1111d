// ACE playbooks: sections of bullets with an id and counts of how often each helped or harmed.
#include <charconv>
#include <optional>
#include <utility>

#include "harness/core/error.h"
#include "harness/strategy/import/parts.h"
#include "harness/strategy/import/playbook_file.h"

namespace kedge::strategy {
namespace {

constexpr char kExpected[] =
    "expected `[id] helpful=N harmful=N :: text`, `- [id] text (helpful=N, harmful=N)`, "
    "`## section`, an indented line that goes on, or nothing";

// Takes `text` off the front of `rest`, blanks before it aside.
bool Take(std::string_view& rest, std::string_view text) {
  const std::string_view stripped = Stripped(rest);
  if (stripped.substr(0, text.size()) != text) return false;
  rest = stripped.substr(text.size());
  return true;
}

std::optional<std::int64_t> TakeCount(std::string_view& rest, std::string_view name) {
  std::string_view trial = rest;
  if (!Take(trial, name) || !Take(trial, "=")) return std::nullopt;
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(trial.data(), trial.data() + trial.size(), count);
  if (problem != std::errc() || count < 0) return std::nullopt;
  rest = trial.substr(static_cast<std::size_t>(end - trial.data()));
  return count;
}

// "helpful=1 harmful=0 :: text"
bool ReadCountsFirst(std::string_view rest, PlaybookItem& item) {
  const auto helpful = TakeCount(rest, "helpful");
  if (!helpful) return false;
  const auto harmful = TakeCount(rest, "harmful");
  if (!harmful || !Take(rest, "::")) return false;
  item.text = Stripped(rest);
  item.notes["helpful"] = *helpful;
  item.notes["harmful"] = *harmful;
  return true;
}

// "text (helpful=1, harmful=0, neutral=2)"
bool ReadCountsLast(std::string_view rest, PlaybookItem& item) {
  const std::size_t open = rest.rfind('(');
  if (open == std::string_view::npos) return false;
  std::string_view counts = rest.substr(open + 1);
  const auto helpful = TakeCount(counts, "helpful");
  if (!helpful) return false;
  Take(counts, ",");
  const auto harmful = TakeCount(counts, "harmful");
  if (!harmful) return false;
  Take(counts, ",");
  TakeCount(counts, "neutral");
  if (Stripped(counts) != ")") return false;
  item.text = Stripped(rest.substr(0, open));
  item.notes["helpful"] = *helpful;
  item.notes["harmful"] = *harmful;
  return true;
}

bool ReadBullet(std::string_view line, PlaybookItem& item) {
  Take(line, "- ");
  if (!Take(line, "[")) return false;
  const std::size_t close = line.find(']');
  if (close == std::string_view::npos || Stripped(line.substr(0, close)).empty()) return false;
  item.id = NameFrom(Stripped(line.substr(0, close)));
  const std::string_view rest = line.substr(close + 1);
  return ReadCountsFirst(rest, item) || ReadCountsLast(rest, item);
}

bool IsIndented(std::string_view line) { return line[0] == ' ' || line[0] == '\t'; }

}  // namespace

ForeignPlaybook ReadAcePlaybook(std::string_view text, const std::string& name) {
  RequireUtf8(text, name);
  ForeignPlaybook playbook{"ace", {}, {}};
  std::string section;
  for (const NumberedLine& line : LinesOf(text)) {
    const std::string_view stripped = Stripped(line.text);
    if (stripped.empty()) continue;
    if (stripped[0] == '#') {
      section = Stripped(stripped.substr(stripped.find_first_not_of('#') == std::string_view::npos
                                             ? stripped.size()
                                             : stripped.find_first_not_of('#')));
      continue;
    }
    PlaybookItem item;
    item.notes = Json::object();
    item.file = name;
    item.line = line.number;
    if (ReadBullet(stripped, item)) {
      if (item.text.empty()) throw BadData("the bullet has no text").At(name, line.number);
      if (!section.empty()) item.notes["section"] = section;
      playbook.items.push_back(std::move(item));
    } else if (IsIndented(line.text) && !playbook.items.empty() && stripped[0] != '[') {
      playbook.items.back().text += ' ';
      playbook.items.back().text += stripped;
    } else {
      throw BadData(kExpected).At(name, line.number);
    }
  }
  return playbook;
}

ForeignPlaybook ReadAceJson(const Node& root) {
  ForeignPlaybook playbook{"ace", {}, {}};
  for (const auto& [id, bullet] : root["bullets"].Members()) {
    PlaybookItem item;
    item.id = NameFrom(id);
    item.text = bullet["content"].NonEmptyString();
    item.notes = {{"helpful", bullet.IntOr("helpful", 0, 0)},
                  {"harmful", bullet.IntOr("harmful", 0, 0)}};
    const std::string section = bullet.StringOr("section", "");
    if (!section.empty()) item.notes["section"] = section;
    item.file = bullet.source_name();
    item.line = bullet.line();
    playbook.items.push_back(std::move(item));
  }
  return playbook;
}

}  // namespace kedge::strategy
