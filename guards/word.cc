#include "guards/word.h"

#include <algorithm>

#include "guards/words/builders.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

struct KnownWord {
  std::string_view name;
  bool forbid;
  WordBuilder build;
};

// A new word is a file in words/ and a line here.
constexpr KnownWord kKnownWords[] = {
    {"after", true, BuildAfter},
    {"any_of", false, BuildAnyOf},
    {"args", true, BuildForbidArgs},
    {"args", false, BuildArgs},
    {"at_most", false, BuildAtMost},
    {"before", false, BuildBefore},
    {"compare", false, BuildCompare},
    {"detect", true, BuildDetect},
    {"flow", true, BuildFlow},
    {"latest", false, BuildLatest},
    {"must_follow", false, BuildMustFollow},
    {"origin", false, BuildOrigin},
    {"readers", false, BuildReaders},
};

[[noreturn]] void RefuseWord(const Node& node, const std::string& name, bool forbid) {
  std::vector<std::string> here;
  std::string listed;
  for (const KnownWord& word : kKnownWords) {
    if (word.forbid == forbid) {
      here.emplace_back(word.name);
      listed += (listed.empty() ? "" : ", ") + here.back();
    } else if (word.name == name) {
      throw node.Fail("'" + name + "' belongs into " + (forbid ? "require" : "forbid"));
    }
  }
  const std::string near = NearestWord(name, here);
  throw node.Fail("unknown word '" + name + "'" +
                  (near.empty() ? "" : "; did you mean '" + near + "'?") + " (known in " +
                  (forbid ? "forbid" : "require") + ": " + listed + ")");
}

}  // namespace

CheckResult CheckResult::Make(Kind kind, std::string_view code, std::string message,
                              std::string pointer) {
  CheckResult result;
  result.problem_ = std::make_unique<Problem>();
  result.problem_->kind = kind;
  result.problem_->code = code;
  result.problem_->message = std::move(message);
  if (!pointer.empty()) result.problem_->spots.push_back({std::move(pointer), 0, 0, {}, {}});
  return result;
}

CheckResult CheckResult::BadKey(const Key& key) {
  if (key.status == Key::Status::kFull) {
    return Error("state_limit", "the episode has more different keys than the " +
                                    std::to_string(KeyTable::kMaxKeys) + " a monitor remembers");
  }
  return Error("absent_argument", "the argument " + *key.absent + " is missing", *key.absent);
}

void ReadWords(const Node& node, bool forbid, WordContext& context, Words& words) {
  for (const auto& [name, value] : node.Members()) {
    const auto* known = std::find_if(
        std::begin(kKnownWords), std::end(kKnownWords),
        [&, &n = name](const KnownWord& word) { return word.name == n && word.forbid == forbid; });
    if (known == std::end(kKnownWords)) RefuseWord(value, name, forbid);
    known->build(value, context, words);
  }
}

void NeedTool(const Node& node, const Match& match, std::string_view word) {
  if (HasTool(match.event)) return;
  throw node.Fail("'" + std::string(word) + "' needs a rule about tool calls or results");
}

void NeedArguments(const Node& node, const Match& match, std::string_view word) {
  if (HasArguments(match.event)) return;
  throw node.Fail("'" + std::string(word) + "' needs a rule about tool calls, results or changes");
}

Place ReadArgumentPlace(const Node& node, const std::string& pointer, const WordContext& context) {
  NeedArguments(node, context.match, pointer);
  for (const ToolId id : context.match.tools.ids()) {
    context.catalog.CheckPointer(id, pointer, node);
  }
  return Place::Read(node, pointer);
}

KeySpecId ReadSame(const Node& node, const ToolSet& tools, WordContext& context) {
  const KeySpec spec = KeySpec::Read(node);
  for (const std::string& pointer : spec.pointers) {
    for (const ToolId id : tools.ids()) context.catalog.CheckPointer(id, pointer, node);
  }
  return context.keys.Add(spec);
}

}  // namespace kedge::guards
