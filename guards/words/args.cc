#include "guards/schema_node.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

CheckResult FromProblems(const std::vector<text::SchemaProblem>& problems) {
  for (const text::SchemaProblem& problem : problems) {
    if (problem.keyword == "limit") return CheckResult::Error("schema_limit", problem.message);
  }
  std::string message = problems[0].message;
  if (problems.size() > 1) message += " (and " + std::to_string(problems.size() - 1) + " more)";
  return CheckResult::Violated(message, problems[0].instance_pointer);
}

class ArgsChecker : public Checker {
 public:
  explicit ArgsChecker(const text::JsonSchema& schema) : schema_(schema) {}

  CheckResult Check(const EventView& event) override {
    const auto problems = schema_.Validate(event.arguments());
    return problems.empty() ? CheckResult::Holds() : FromProblems(problems);
  }

 private:
  const text::JsonSchema& schema_;
};

class Args : public Word {
 public:
  explicit Args(text::JsonSchema schema) : schema_(std::move(schema)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<ArgsChecker>(schema_);
  }

 private:
  text::JsonSchema schema_;
};

}  // namespace

void BuildArgs(const Node& node, WordContext& context, Words& words) {
  NeedTool(node, context.match, "args");
  CheckPatternsAnchored(node);
  if (const auto properties = node.is_object() ? node.Find("properties") : std::nullopt) {
    for (const auto& [name, property] : properties->Members()) {
      for (const ToolId id : context.match.tools.ids()) {
        context.catalog.CheckPointer(id, text::AppendPointer("", name), property);
      }
    }
  }
  words.push_back(
      std::make_unique<Args>(CompileSchemaNode(node, WithRequiredProperties(node.json()))));
}

}  // namespace kedge::guards
