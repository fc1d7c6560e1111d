#include "harness/strategy/import/playbook_file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/strategy/import/parts.h"
#include "harness/strategy/layers.h"

namespace kedge::strategy {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxNameBytes = 120;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

ForeignPlaybook ReadOne(const std::string& path) {
  const std::string text = ReadFile(path, kMaxFileBytes);
  if (path.ends_with(".json")) return ReadPlaybookJson(text, path);
  return Stripped(text).substr(0, 3) == "---" ? ReadEntityMarkdown(text, path)
                                              : ReadAcePlaybook(text, path);
}

std::vector<std::string> MarkdownFilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".md") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw Error(ErrorKind::kMissingInput, "no .md file under " + folder);
  return files;
}

void RequireDistinct(const ForeignPlaybook& playbook, const std::string& path) {
  if (playbook.items.size() > kMaxGuidelines) {
    throw BadData("more than " + std::to_string(kMaxGuidelines) + " items").At(path);
  }
  std::map<std::string, const PlaybookItem*> seen;
  for (const PlaybookItem& item : playbook.items) {
    const auto [place, is_new] = seen.emplace(item.id, &item);
    if (is_new) continue;
    throw BadData("the id \"" + item.id + "\" is used already at " + place->second->file + ":" +
                  std::to_string(place->second->line))
        .At(item.file, item.line);
  }
}

}  // namespace

std::vector<NumberedLine> LinesOf(std::string_view text) {
  std::vector<NumberedLine> lines;
  std::int64_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) end = text.size();
    std::string_view line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back({++number, line});
    begin = end + 1;
  }
  return lines;
}

std::string_view Stripped(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::string NameFrom(std::string_view id) {
  std::string name(id.substr(0, kMaxNameBytes));
  for (char& c : name) {
    if (!IsName(std::string_view(&c, 1))) c = '-';
  }
  return name.empty() ? "item" : name;
}

void RequireUtf8(std::string_view text, const std::string& name) {
  if (!IsValidUtf8(text)) throw BadData("the text is not UTF-8").At(name);
}

ForeignPlaybook ReadPlaybookJson(std::string_view text, const std::string& name) {
  const Document document = Document::FromJson(text, name);
  const Node root = document.root();
  ForeignPlaybook playbook =
      root.is_object() && root.Has("bullets") ? ReadAceJson(root) : ReadAltkJson(root);
  RequireDistinct(playbook, name);
  return playbook;
}

ForeignPlaybook LoadForeignPlaybook(const std::string& path) {
  if (!std::filesystem::is_directory(path)) {
    ForeignPlaybook playbook = ReadOne(path);
    RequireDistinct(playbook, path);
    if (playbook.items.empty() && playbook.skipped.empty()) {
      throw BadData("there is no item in it").At(path);
    }
    return playbook;
  }
  ForeignPlaybook all;
  for (const std::string& file : MarkdownFilesIn(path)) {
    ForeignPlaybook one = ReadOne(file);
    if (all.format.empty()) all.format = one.format;
    std::move(one.items.begin(), one.items.end(), std::back_inserter(all.items));
    std::move(one.skipped.begin(), one.skipped.end(), std::back_inserter(all.skipped));
  }
  RequireDistinct(all, path);
  return all;
}

}  // namespace kedge::strategy
