// ALTK-Evolve entities: JSON of its file-system store, Markdown with front matter of its memory
// folders and of its plugins.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "harness/core/error.h"
#include "harness/strategy/import/parts.h"
#include "harness/strategy/import/playbook_file.h"

namespace kedge::strategy {
namespace {

constexpr std::array<std::string_view, 3> kAdvice = {"guideline", "tip", "preference"};

bool IsAdvice(const std::string& type) {
  return std::find(kAdvice.begin(), kAdvice.end(), type) != kAdvice.end();
}

std::optional<Node> FindIn(const std::optional<Node>& object, std::string_view key) {
  return object && object->is_object() ? object->Find(key) : std::nullopt;
}

// The fields of a guideline stand in `content` when that is an object, else beside it or in
// `metadata`.
void ReadFields(const Node& entity, PlaybookItem& item) {
  const std::optional<Node> content = entity.Find("content");
  const std::optional<Node> metadata = entity.Find("metadata");
  const auto find = [&](std::string_view key) {
    for (const auto& place : {FindIn(content, key), entity.Find(key), FindIn(metadata, key)}) {
      if (place && !place->is_null()) return place;
    }
    return std::optional<Node>();
  };
  if (content && content->is_object()) {
    item.text = (*content)["content"].NonEmptyString();
  } else if (content && !content->is_null()) {
    item.text = content->NonEmptyString();
  }
  if (const auto trigger = find("trigger")) item.trigger = trigger->String();
  if (const auto rationale = find("rationale")) item.rationale = rationale->String();
  if (const auto category = find("category")) item.notes["category"] = category->String();
  if (const auto steps = find("implementation_steps")) {
    item.notes["implementation_steps"] = steps->Strings();
  }
  if (const auto traces = find("source_trajectory_ids")) {
    item.notes["source_trajectory_ids"] = traces->Strings();
  }
}

std::string IdOf(const Node& entity, const std::string& fallback) {
  for (const char* key : {"id", "stable_id"}) {
    const auto id = entity.Find(key);
    if (!id) continue;
    return NameFrom(id->json().is_number_integer() ? std::to_string(id->Int())
                                                   : id->NonEmptyString());
  }
  return fallback;
}

PlaybookItem ItemOf(const Node& entity, const std::string& fallback) {
  PlaybookItem item;
  item.id = IdOf(entity, fallback);
  item.notes = Json::object();
  item.file = entity.source_name();
  item.line = entity.line();
  ReadFields(entity, item);
  return item;
}

void AddEntity(const Node& entity, const std::string& fallback, ForeignPlaybook& playbook) {
  if (!entity.is_object()) throw entity.Fail("expected an entity, an object");
  const std::string type = entity.StringOr("type", "guideline");
  if (!IsAdvice(type)) {
    playbook.skipped.push_back({IdOf(entity, fallback), "a " + type + " is no advice",
                                entity.source_name(), entity.line()});
    return;
  }
  playbook.items.push_back(ItemOf(entity, fallback));
  if (playbook.items.back().text.empty()) {
    throw entity.Fail("the entity has no `content`");
  }
}

struct FrontMatter {
  std::string head;
  std::int64_t first_line = 2;
  std::string body;
  std::int64_t body_line = 0;
};

FrontMatter SplitFrontMatter(std::string_view text, const std::string& name) {
  const std::vector<NumberedLine> lines = LinesOf(text);
  const auto is_fence = [](const NumberedLine& line) { return Stripped(line.text) == "---"; };
  if (lines.empty() || !is_fence(lines[0])) {
    throw BadData("expected front matter, which begins with a line `---`").At(name, 1);
  }
  const auto end = std::find_if(lines.begin() + 1, lines.end(), is_fence);
  if (end == lines.end()) {
    throw BadData("the front matter does not end: no second line `---`")
        .At(name, lines.back().number);
  }
  FrontMatter parts;
  for (auto line = lines.begin() + 1; line != end; ++line) {
    parts.head.append(line->text).append("\n");
  }
  parts.body_line = end->number + 1;
  for (auto line = end + 1; line != lines.end(); ++line) {
    parts.body.append(line->text).append("\n");
  }
  return parts;
}

// Plugins write `key: value` without quotes, so a value may hold what YAML would not read. Memory
// folders write YAML, with nested and quoted values and a `schema`.
bool IsPlain(std::string_view head) {
  bool plain = true;
  for (const NumberedLine& line : LinesOf(head)) {
    const std::string_view text = line.text;
    plain = plain && text.substr(0, 7) != "schema:" && text.substr(0, 10) != "stable_id:" &&
            (Stripped(text).empty() || (text[0] != ' ' && text[0] != '-' && text[0] != '\t'));
  }
  return plain;
}

Document PlainHead(std::string_view head, const std::string& name) {
  Json value = Json::object();
  for (const NumberedLine& line : LinesOf(head)) {
    if (Stripped(line.text).empty()) continue;
    const std::size_t colon = line.text.find(':');
    if (colon == std::string_view::npos || Stripped(line.text.substr(0, colon)).empty()) {
      throw BadData("expected `key: value`").At(name, line.number + 1);
    }
    std::string_view text = Stripped(line.text.substr(colon + 1));
    const bool quoted =
        text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
    if (quoted) text = text.substr(1, text.size() - 2);
    const std::string key(Stripped(line.text.substr(0, colon)));
    if (value.contains(key)) {
      throw BadData("the key `" + key + "` is used twice").At(name, line.number + 1);
    }
    if (!text.empty()) value[key] = std::string(text);
  }
  return Document::FromValue(std::move(value), name, 2);
}

// A line of its own for the fence keeps the lines of the file in messages.
Document ReadHead(const std::string& head, const std::string& name) {
  return IsPlain(head) ? PlainHead(head, name) : Document::FromYaml("\n" + head, name);
}

constexpr std::string_view kRationale = "## Rationale";

void ReadBody(const std::string& body, PlaybookItem& item) {
  std::string advice;
  std::string rationale;
  bool after = false;
  for (const NumberedLine& line : LinesOf(body)) {
    if (Stripped(line.text) == kRationale) {
      after = true;
      continue;
    }
    (after ? rationale : advice).append(line.text).append("\n");
  }
  if (item.text.empty()) item.text = Stripped(advice);
  if (item.rationale.empty()) item.rationale = Stripped(rationale);
}

std::string StemOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  std::string stem = slash == std::string::npos ? path : path.substr(slash + 1);
  if (stem.size() > 3 && stem.ends_with(".md")) stem.resize(stem.size() - 3);
  return NameFrom(stem);
}

}  // namespace

ForeignPlaybook ReadAltkJson(const Node& root) {
  ForeignPlaybook playbook{"altk-evolve", {}, {}};
  std::optional<Node> list;
  if (root.is_array()) {
    list = root;
  } else {
    for (const char* key : {"entities", "guidelines"}) {
      if (!list) list = root.Find(key);
    }
  }
  if (!list) {
    AddEntity(root, "item-1", playbook);
    return playbook;
  }
  std::size_t number = 0;
  for (const Node& entity : list->Items()) {
    AddEntity(entity, "item-" + std::to_string(++number), playbook);
  }
  return playbook;
}

ForeignPlaybook ReadEntityMarkdown(std::string_view text, const std::string& name) {
  RequireUtf8(text, name);
  ForeignPlaybook playbook{"altk-evolve", {}, {}};
  const FrontMatter parts = SplitFrontMatter(text, name);
  const Document head = ReadHead(parts.head, name);
  const Node root = head.root();
  if (!root.is_object() && !root.is_null()) throw root.Fail("expected `key: value` lines");
  const Document empty = Document::FromValue(Json::object(), name, 1);
  const Node entity = root.is_null() ? empty.root() : root;
  const std::string type = entity.StringOr("type", "guideline");
  PlaybookItem item = ItemOf(entity, StemOf(name));
  item.line = 1;
  if (!IsAdvice(type)) {
    playbook.skipped.push_back({item.id, "a " + type + " is no advice", name, 1});
    return playbook;
  }
  ReadBody(parts.body, item);
  if (item.text.empty()) {
    throw BadData(
        "the entity has no content: neither a `content` key nor text after the front "
        "matter")
        .At(name, parts.body_line);
  }
  playbook.items.push_back(std::move(item));
  return playbook;
}

}  // namespace kedge::strategy
