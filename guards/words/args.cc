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

// `forbid: {args: SCHEMA}`: calls that satisfy it. `{}` is every call.
class ForbidArgsChecker : public Checker {
 public:
  explicit ForbidArgsChecker(const text::JsonSchema& schema) : schema_(schema) {}

  CheckResult Check(const EventView& event) override {
    const std::optional<bool> satisfied = schema_.Decide(event.arguments());
    if (!satisfied)
      return CheckResult::Error("schema_limit", "the arguments are too large to check");
    if (!*satisfied) return CheckResult::Holds();
    return CheckResult::Violated("arguments like these are not allowed");
  }

 private:
  const text::JsonSchema& schema_;
};

class ForbidArgs : public Word {
 public:
  ForbidArgs(text::JsonSchema schema, bool always) : always_(always), schema_(std::move(schema)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<ForbidArgsChecker>(schema_);
  }
  bool Always() const override { return always_; }

 private:
  bool always_;
  text::JsonSchema schema_;
};

void CheckPropertyNames(const Node& node, const WordContext& context) {
  const auto properties = node.is_object() ? node.Find("properties") : std::nullopt;
  if (!properties) return;
  for (const auto& [name, property] : properties->Members()) {
    for (const ToolId id : context.match.tools.ids()) {
      context.catalog.CheckPointer(id, text::AppendPointer("", name), property);
    }
  }
}

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
  NeedArguments(node, context.match, "args");
  CheckPatternsAnchored(node);
  CheckPropertyNames(node, context);
  words.push_back(
      std::make_unique<Args>(CompileSchemaNode(node, WithRequiredProperties(node.json()))));
}

void BuildForbidArgs(const Node& node, WordContext& context, Words& words) {
  NeedArguments(node, context.match, "args");
  CheckPatterns(node);
  CheckPropertyNames(node, context);
  words.push_back(std::make_unique<ForbidArgs>(CompileSchemaNode(node, node.json()),
                                               node.json() == true || node.json().empty()));
}

}  // namespace kedge::guards
