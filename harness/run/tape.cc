#include "harness/run/tape.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::run {
namespace {

constexpr std::size_t kShownBytes = 160;

bool Wants(const Json& schema, const char* type) {
  if (!schema.is_object() || !schema.contains("type")) return false;
  const Json& wanted = schema["type"];
  if (wanted.is_string()) return wanted == type;
  return wanted.is_array() && std::find(wanted.begin(), wanted.end(), type) != wanted.end();
}

// "12" where a number is wanted and a text is not.
Json AsWanted(const Json& value, const Json& schema) {
  const bool number = Wants(schema, "integer") || Wants(schema, "number");
  if (!value.is_string() || !number || Wants(schema, "string")) return value;
  try {
    Json parsed = ParseJson(value.get<std::string>());
    return parsed.is_number() ? parsed : value;
  } catch (const Error&) {
    return value;
  }
}

bool IsRequired(const Json& schema, const std::string& name) {
  if (!schema.contains("required") || !schema["required"].is_array()) return false;
  const Json& required = schema["required"];
  return std::find(required.begin(), required.end(), name) != required.end();
}

// Some sources use an id twice, so the answer is the first one after the call.
const trace::Observation* AnswerTo(const trace::Trace& recorded, std::size_t call, bool* refused) {
  for (std::size_t i = call + 1; i < recorded.steps.size(); ++i) {
    const trace::Step& step = recorded.steps[i];
    if (step.kind == trace::StepKind::kGuard && i == call + 1) *refused = true;
    if (step.kind != trace::StepKind::kObservation) continue;
    if (step.observation.call_id != recorded.steps[call].call.id) continue;
    *refused = *refused && step.observation.is_error && step.observation.error_class == "denied";
    return &step.observation;
  }
  return nullptr;
}

}  // namespace

TapeRules TapeRulesOf(const std::vector<world::ToolSpec>& tools) {
  TapeRules rules;
  for (const world::ToolSpec& tool : tools) {
    rules.schemas[tool.name] = tool.arguments;
    if (!tool.writes) rules.order_free.insert(tool.name);
  }
  return rules;
}

Json NormaliseArguments(const Json& arguments, const Json& schema) {
  if (!arguments.is_object() || !schema.is_object() || !schema.contains("properties")) {
    return arguments;
  }
  Json normal = Json::object();
  for (const auto& [name, value] : arguments.items()) {
    const auto property = schema["properties"].find(name);
    const bool known = property != schema["properties"].end();
    if (value.is_null() && known && !IsRequired(schema, name)) continue;
    normal[name] = known ? AsWanted(value, *property) : value;
  }
  for (const auto& [name, property] : schema["properties"].items()) {
    if (!normal.contains(name) && property.is_object() && property.contains("default")) {
      normal[name] = property["default"];
    }
  }
  return normal;
}

world::ToolResult ResultOf(const trace::Observation& observation) {
  if (observation.is_error) {
    return world::ToolResult::Failure(
        observation.error_class.empty() ? "error" : observation.error_class, observation.content);
  }
  try {
    return world::ToolResult::Ok(ParseJson(observation.content));
  } catch (const Error&) {
    return world::ToolResult::Ok(observation.content);
  }
}

Tape::Tape(const trace::Trace& recorded, const TapeRules& rules)
    : rules_(rules), steps_(recorded.steps.size()) {
  for (std::size_t i = 0; i < recorded.steps.size(); ++i) {
    const trace::Step& step = recorded.steps[i];
    if (step.kind != trace::StepKind::kToolCall || step.actor == "user") continue;
    bool refused = false;
    const trace::Observation* answer = AnswerTo(recorded, i, &refused);
    if (answer == nullptr) continue;
    Call& call = calls_.emplace_back();
    call.step = i;
    call.tool = step.call.name;
    call.arguments = step.call.arguments;
    call.exact = CanonicalJson(step.call.arguments);
    const auto schema = rules_.schemas.find(call.tool);
    call.normalised = schema == rules_.schemas.end()
                          ? call.exact
                          : CanonicalJson(NormaliseArguments(step.call.arguments, schema->second));
    call.result = ResultOf(*answer);
    call.order_free = rules_.order_free.contains(call.tool);
    call.refused = refused;
  }
}

std::vector<std::size_t> Tape::Window() const {
  std::vector<std::size_t> window;
  for (std::size_t i = begin_; i < calls_.size(); ++i) {
    window.push_back(i);
    if (!MayBePassed(calls_[i])) break;
  }
  return window;
}

std::size_t Tape::DueIndex() const {
  std::size_t due = begin_;
  while (due < calls_.size() && calls_[due].used) ++due;
  return due;
}

std::optional<TapeAnswer> Tape::Take(const std::string& tool, const Json& arguments) {
  const auto schema = rules_.schemas.find(tool);
  const std::string exact = CanonicalJson(arguments);
  const std::string normalised = schema == rules_.schemas.end()
                                     ? exact
                                     : CanonicalJson(NormaliseArguments(arguments, schema->second));
  const std::vector<std::size_t> window = Window();
  const std::size_t due = DueIndex();
  // An unused call before a used one, and an exact one before one that is equal by its schema.
  for (const bool again : {false, true}) {
    for (const bool by_schema : {false, true}) {
      for (const std::size_t i : window) {
        Call& call = calls_[i];
        if (call.tool != tool || call.used != again) continue;
        if (again && (!call.order_free || !call.result.ok)) continue;
        if (by_schema ? call.normalised != normalised : call.exact != exact) continue;
        call.used = true;
        if (!call.order_free) begin_ = i + 1;
        const TapeMatch in_order = by_schema ? TapeMatch::kNormalised : TapeMatch::kExact;
        return TapeAnswer{i == due ? in_order : TapeMatch::kOrderFree, call.result, call.step};
      }
    }
  }
  return std::nullopt;
}

std::int64_t Tape::missed() const {
  return std::count_if(calls_.begin() + static_cast<std::ptrdiff_t>(begin_), calls_.end(),
                       [this](const Call& call) { return !call.used && !MayBePassed(call); });
}

std::string Tape::Due() const {
  const std::size_t due = DueIndex();
  if (due == calls_.size()) return "the recorded calls are used up";
  return "recorded: " + calls_[due].tool + " " + Elide(calls_[due].exact, kShownBytes);
}

std::size_t Tape::DueStep() const {
  const std::size_t due = DueIndex();
  return due == calls_.size() ? steps_ : calls_[due].step;
}

}  // namespace kedge::run
