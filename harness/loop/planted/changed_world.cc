#include "harness/loop/planted/changed_world.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::loop {
namespace {

// Each helper and the one that takes its place: the next of those with the same first argument.
std::map<std::string, std::string> Successors(const suite::Suite& suite,
                                              const std::vector<std::string>& helpers) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const world::ToolSpec& tool : suite.world()->tools()) {
    if (std::find(helpers.begin(), helpers.end(), tool.name) == helpers.end()) continue;
    const Json& schema = tool.arguments;
    if (!schema.contains("required") || schema["required"].empty()) continue;
    groups[schema["required"][0].get<std::string>()].push_back(tool.name);
  }
  std::map<std::string, std::string> successors;
  for (const auto& [argument, tools] : groups) {
    if (tools.size() < 2) continue;
    for (std::size_t i = 0; i < tools.size(); ++i) {
      successors[tools[i]] = tools[(i + 1) % tools.size()];
    }
  }
  return successors;
}

// SQL text values: what a quirk compares the name of a call with.
std::string Replaced(const std::string& text, const std::map<std::string, std::string>& names) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('\'', at);
    const std::size_t close = open == std::string::npos ? open : text.find('\'', open + 1);
    if (close == std::string::npos) break;
    const auto name = names.find(text.substr(open + 1, close - open - 1));
    // The closing mark may be the opening one of the next value, so it is looked at again.
    result += text.substr(at, open + 1 - at);
    result += name == names.end() ? text.substr(open + 1, close - open - 1) : name->second;
    at = close;
    if (name == names.end()) continue;
    result += '\'';
    ++at;
  }
  return result + text.substr(at);
}

std::string QuirksFile(const std::string& folder) {
  const Document suite = Document::Load(folder + "/suite.yaml");
  const std::string world = folder + "/" + suite.root()["world"]["folder"].NonEmptyString();
  const Document document = Document::Load(world + "/world.yaml");
  const auto quirks = document.root().Find("quirks");
  if (!quirks) throw BadData("the world has no quirks that could change").At(world);
  return world + "/" + quirks->NonEmptyString();
}

}  // namespace

void CopyWithChangedQuirks(const suite::Suite& suite, const std::vector<std::string>& helpers,
                           const std::string& target) {
  if (!suite.world()) throw BadData("the suite has no world that could change");
  std::filesystem::remove_all(target);
  std::filesystem::copy(suite.folder(), target, std::filesystem::copy_options::recursive);
  const std::string file = QuirksFile(target);
  const std::string before = ReadFile(file);
  const std::string after = Replaced(before, Successors(suite, helpers));
  if (after == before) {
    throw BadData("no quirk asks for a tool that another could take the place of").At(file);
  }
  WriteFileAtomic(file, after);
}

}  // namespace kedge::loop
