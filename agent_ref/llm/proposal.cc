#include "agent_ref/llm/proposal.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "harness/core/error.h"
#include "harness/strategy/rule.h"
#include "harness/text/json_schema.h"

namespace kedge::agent_ref {
namespace {

using Refused = tl::unexpected<Refusal>;

constexpr std::array<std::string_view, 3> kPermitted = {"add", "revise", "retire"};
constexpr std::array<std::string_view, 5> kFields = {"text", "when", "then", "unless", "traces"};
constexpr int kMaxGuidelineLength = 400;

Refused Refuse(std::string reason, std::string detail) {
  return Refused(Refusal{std::move(reason), std::move(detail)});
}

Json ValueSchema() {
  const Json object = {{"type", "object"}};
  return {{"type", "object"},
          {"properties",
           {{"text", {{"type", "string"}, {"minLength", 1}, {"maxLength", kMaxGuidelineLength}}},
            {"when", object},
            {"then", object},
            {"unless", object},
            {"traces",
             {{"type", "array"},
              {"items", {{"type", "string"}}},
              {"minItems", 1},
              {"maxItems", 1000},
              {"uniqueItems", true}}}}},
          {"additionalProperties", false},
          {"required", {"traces"}}};
}

Json OperationSchema() {
  const Json reason = {{"type", "string"}, {"minLength", 1}, {"maxLength", kMaxGuidelineLength}};
  return {{"type", "object"},
          {"properties",
           {{"op", {{"type", "string"}, {"enum", kPermitted}}},
            {"target", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_.:-]{1,200}$"}}},
            {"value", {{"anyOf", {ValueSchema(), reason}}}}}},
          {"additionalProperties", false},
          {"required", {"op", "target", "value"}}};
}

template <std::size_t n>
bool Contains(const std::array<std::string_view, n>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Rights come before form: what a model must not do is counted as that, however it is written.
std::optional<Refusal> CheckRights(const Json& proposal) {
  if (!proposal.is_object()) return std::nullopt;  // for the schema to say
  const auto op = proposal.find("op");
  if (op != proposal.end() && op->is_string() && !Contains(kPermitted, op->get<std::string>())) {
    return Refusal{"operation_not_permitted", op->get<std::string>()};
  }
  const auto value = proposal.find("value");
  if (value == proposal.end() || !value->is_object()) return std::nullopt;
  for (const auto& [key, unused] : value->items()) {
    if (!Contains(kFields, key)) return Refusal{"field_not_permitted", key};
  }
  return std::nullopt;
}

std::optional<Refusal> CheckForm(const Json& proposal) {
  static const text::JsonSchema schema = text::JsonSchema::Compile(OperationSchema());
  const std::vector<text::SchemaProblem> problems = schema.Validate(proposal);
  if (!problems.empty()) {
    return Refusal{"schema", problems[0].instance_pointer + ": " + problems[0].message};
  }
  const bool retire = proposal["op"] == "retire";
  if (proposal["value"].is_string() != retire) {
    return Refusal{"schema", "/value: a reason is for retire, an object for add and revise"};
  }
  if (proposal["op"] == "add" && !proposal["value"].contains("text")) {
    return Refusal{"schema", "/value: text is missing"};
  }
  return std::nullopt;
}

// The tools that a record speaks of; empty when its rule is not understood or names none.
std::set<std::string> ToolsOf(const Json& record) {
  const strategy::Guideline guideline = strategy::GuidelineFromJson(record, "proposal");
  if (guideline.status != "active") return {};
  const strategy::Rule rule = strategy::ParseRule(guideline);
  std::set<std::string> tools(rule.tools.begin(), rule.tools.end());
  tools.insert(rule.helpers.begin(), rule.helpers.end());
  return tools;
}

// Steps of the trace that call one of the tools.
Json StepsWith(const trace::Trace& trace, const std::set<std::string>& tools) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    if (step.kind == trace::StepKind::kToolCall && tools.count(step.call.name) != 0) {
      steps.push_back(i);
    }
  }
  return steps;
}

Json SourceOf(const trace::Trace& trace, Json steps) {
  const bool known = trace.outcome && trace.outcome->status == trace::EpisodeStatus::kScored;
  Json source = {{"trace", trace.id},
                 {"steps", std::move(steps)},
                 {"outcome", !known                   ? "unknown"
                             : trace.outcome->success ? "success"
                                                      : "failure"},
                 {"family", trace.key.family}};
  if (!trace.principal.empty()) source["principal"] = trace.principal;
  return source;
}

}  // namespace

ProposalJudge::ProposalJudge(const strategy::Strategy& parent,
                             const std::vector<trace::Trace>& traces, ProposalOptions options)
    : parent_(parent), options_(options) {
  for (const trace::Trace& trace : traces) traces_.emplace(trace.id, &trace);
}

Json ProposalJudge::FunctionSchema() {
  return {{"type", "object"},
          {"properties", {{"operations", {{"type", "array"}, {"items", OperationSchema()}}}}},
          {"required", {"operations"}}};
}

const strategy::Guideline* ProposalJudge::Find(const std::string& id) const {
  for (const strategy::Guideline& guideline : parent_.guidelines()) {
    if (guideline.id == id) return &guideline;
  }
  return nullptr;
}

// A trace supports a rule only if it shows one of the rule's tools at work; what else a model
// names does not count.
tl::expected<Json, Refusal> ProposalJudge::SourcesOf(const Json& cited, const Json& record) const {
  const std::set<std::string> tools = ToolsOf(record);
  std::map<std::string, Json> sources;
  std::set<std::string> families;
  for (const Json& id : cited) {
    const auto found = traces_.find(id.get<std::string>());
    if (found == traces_.end()) return Refuse("unknown_trace", id.get<std::string>());
    Json steps = StepsWith(*found->second, tools);
    if (!tools.empty() && steps.empty()) continue;
    families.insert(found->second->key.family);
    sources[found->first] = SourceOf(*found->second, std::move(steps));
  }
  const auto support = static_cast<std::int64_t>(sources.size());
  const auto breadth = static_cast<std::int64_t>(families.size());
  if (support < options_.min_support || breadth < options_.min_families) {
    return Refuse("too_little_support", std::to_string(support) + " traces of " +
                                            std::to_string(breadth) + " families show its tools");
  }
  Json list = Json::array();
  for (auto& [id, source] : sources) list.push_back(std::move(source));
  return list;
}

tl::expected<strategy::Operation, Refusal> ProposalJudge::Judge(const Json& proposal,
                                                                const std::string& model) const {
  if (auto refusal = CheckRights(proposal)) return Refused(*refusal);
  if (auto refusal = CheckForm(proposal)) return Refused(*refusal);
  strategy::Operation operation{proposal["op"], proposal["target"], proposal["value"]};
  const strategy::Guideline* known = Find(operation.target);
  if (operation.op == "add" && known != nullptr) return Refuse("target_exists", operation.target);
  if (operation.op != "add") {
    if (known == nullptr) return Refuse("unknown_target", operation.target);
    // Retired or quarantined: a decision that a model does not undo.
    if (known->status != "active") return Refuse("target_not_active", operation.target);
  }
  if (operation.op == "retire") return operation;

  Json& value = operation.value;
  const Json cited = value["traces"];
  value.erase("traces");
  Json record = known == nullptr ? Json{{"id", operation.target}} : ToJson(*known);
  record.update(value);
  auto sources = SourcesOf(cited, record);
  if (!sources) return Refused(sources.error());
  value["support"] = sources->size();
  value["sources"] = std::move(*sources);
  value["evidence"] = {{"reflection", {{"model", model}, {"cited", cited.size()}}}};
  return operation;
}

}  // namespace kedge::agent_ref
