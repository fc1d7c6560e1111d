#include "harness/suite/task_check.h"

#include "harness/core/error.h"
#include "harness/suite/scorers/scorer.h"

namespace kedge::suite {

TaskCheck::TaskCheck(std::shared_ptr<const world::World> world, std::string folder)
    : world_(std::move(world)), folder_(std::move(folder)) {
  if (world_ != nullptr) session_ = std::make_unique<world::Session>(world_);
}

TaskCheck::~TaskCheck() = default;

const world::ToolSpec* TaskCheck::FindTool(const std::string& name) const {
  for (const world::ToolSpec& tool : world_->tools()) {
    if (tool.name == name) return &tool;
  }
  return nullptr;
}

void TaskCheck::CheckTools(const DraftTask& draft) {
  std::vector<std::string> known;
  for (const world::ToolSpec& tool : world_->tools()) known.push_back(tool.name);
  const auto check = [&](const char* member, const ExpectedCall& call) {
    if (FindTool(call.tool) != nullptr) return;
    const std::string nearest = NearestWord(call.tool, known);
    throw draft.node[member].Fail("there is no tool '" + call.tool + "'" +
                                  (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  };
  for (const ExpectedCall& call : draft.task.solution) check("solution", call);
  for (const ExpectedCall& call : draft.task.expected_calls) {
    check("calls", call);
    if (!FindTool(call.tool)->writes) {
      throw draft.node["calls"].Fail(call.tool + " only reads; it belongs into `solution`");
    }
  }
}

world::Difference TaskCheck::ExpectedEndState(const DraftTask& draft) {
  const Task& task = draft.task;
  if (world_ == nullptr) {
    if (!task.checks_end_state && task.solution.empty()) return {};
    throw draft.node.Fail("`calls`, `no_change` and `solution` need a world");
  }
  CheckTools(draft);
  if (task.expected_calls.empty()) return {};
  session_->Begin(0, {.quirks = false, .transient_errors = false});
  for (const ExpectedCall& call : task.expected_calls) {
    const world::ToolResult result = session_->Call(call.tool, call.arguments);
    if (result.ok) continue;
    throw draft.node["calls"].Fail(draft.origin + ": " + call.tool + " fails on the fresh world: " +
                                   result.error_class + ": " + result.message);
  }
  world::Difference difference = session_->difference();
  session_->End();
  if (difference.empty()) {
    throw draft.node["calls"].Fail(draft.origin + ": the expected calls change nothing");
  }
  return difference;
}

std::shared_ptr<const Scorer> TaskCheck::CompiledScorer(const ScorerSpec& spec,
                                                        const DraftTask& draft, std::size_t index) {
  Json value = spec.parameters;
  value["type"] = spec.type;
  std::shared_ptr<const Scorer>& compiled = compiled_[DumpJson(value)];
  if (compiled != nullptr) return compiled;
  const Node place = draft.node["scorers"].Items()[index];
  const Document document =
      Document::FromValue(std::move(value), place.source_name(), place.line());
  try {
    compiled = MakeScorer(document.root(), folder_);
  } catch (Error& error) {
    // Placeholders are filled in: the value has no place of its own in the file.
    const std::string field = place.path() + (error.field().empty() ? "" : "." + error.field());
    throw error.At(error.file(), error.line(), field).AddContext(draft.origin);
  }
  return compiled;
}

std::vector<std::shared_ptr<const Scorer>> TaskCheck::Scorers(const DraftTask& draft) {
  std::vector<std::shared_ptr<const Scorer>> scorers;
  for (std::size_t i = 0; i < draft.task.scorers.size(); ++i) {
    scorers.push_back(CompiledScorer(draft.task.scorers[i], draft, i));
  }
  return scorers;
}

}  // namespace kedge::suite
