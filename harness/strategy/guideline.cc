#include <utility>

#include "harness/strategy/layers.h"
#include "harness/strategy/rule.h"

namespace kedge::strategy {
namespace {

GuidelineSource ParseSource(const Node& node) {
  node.AllowKeys({"trace", "steps", "outcome", "trust", "principal", "family"});
  GuidelineSource source;
  source.trace = node["trace"].NonEmptyString();
  if (const auto steps = node.Find("steps")) {
    for (const Node& step : steps->Items()) {
      source.steps.push_back(static_cast<int>(step.Int(0, INT32_MAX)));
    }
  }
  source.outcome = "unknown";
  if (const auto outcome = node.Find("outcome")) {
    source.outcome = outcome->OneOf({"success", "failure", "unknown"});
  }
  if (const auto trust = node.Find("trust")) source.trust = trust->OneOf({"trusted", "untrusted"});
  source.principal = node.StringOr("principal", "");
  source.family = node.StringOr("family", "");
  return source;
}

// The member's JSON, which must be an object; null when absent.
Json ObjectOrNull(const Node& node, std::string_view key) {
  const auto member = node.Find(key);
  if (!member) return nullptr;
  if (!member->is_object()) throw member->Fail("expected an object");
  return member->json();
}

Json ToJson(const GuidelineSource& source) {
  Json json = {{"trace", source.trace}, {"steps", source.steps}, {"outcome", source.outcome}};
  if (source.trust != "trusted") json["trust"] = source.trust;
  if (!source.principal.empty()) json["principal"] = source.principal;
  if (!source.family.empty()) json["family"] = source.family;
  return json;
}

// The error that keeps an active guideline from being applied, if there is one.
bool RuleParses(const Node& node) {
  try {
    ParseRule(node);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Guideline ParseGuideline(const Node& node) {
  node.AllowKeys({"id", "status", "text", "when", "then", "unless", "scope", "sources", "support",
                  "evidence", "validation"});
  Guideline guideline;
  guideline.id = node["id"].NonEmptyString();
  if (!IsName(guideline.id)) {
    throw node["id"].Fail("an id is 1 to 200 letters, digits or any of _ . : -");
  }
  guideline.text = node["text"].NonEmptyString();
  const bool has_rule = node.Has("when") || node.Has("then");
  guideline.status = has_rule ? "active" : "quarantined";
  if (const auto status = node.Find("status")) {
    guideline.status = status->OneOf({"active", "quarantined", "retired"});
  }
  guideline.when = ObjectOrNull(node, "when");
  guideline.then = ObjectOrNull(node, "then");
  guideline.unless = ObjectOrNull(node, "unless");
  guideline.scope = node.StringsOr("scope");
  if (const auto sources = node.Find("sources")) {
    for (const Node& source : sources->Items()) guideline.sources.push_back(ParseSource(source));
  }
  guideline.support = node.IntOr("support", 0, 0);
  guideline.evidence = ObjectOrNull(node, "evidence");
  guideline.validation = ObjectOrNull(node, "validation");
  return guideline;
}

std::vector<Guideline> ParseGuidelines(const Node& layer) {
  std::vector<Guideline> guidelines;
  const auto records = layer.Find("guidelines");
  if (!records) return guidelines;
  for (const Node& node : records->Items()) {
    guidelines.push_back(ParseGuideline(node));
    if (guidelines.back().status != "active") continue;
    try {
      ParseRule(node);
    } catch (Error& error) {
      throw error.AddContext("guideline \"" + guidelines.back().id +
                             "\" (set `status: quarantined` to keep it as text)");
    }
  }
  return guidelines;
}

Guideline GuidelineFromJson(const Json& json, const std::string& source_name) {
  const Document document = Document::FromValue(json, source_name);
  Guideline guideline = ParseGuideline(document.root());
  if (guideline.status == "active" && !RuleParses(document.root())) {
    guideline.status = "quarantined";
  }
  return guideline;
}

Json ToJson(const Guideline& guideline) {
  Json json = {{"id", guideline.id}, {"status", guideline.status}, {"text", guideline.text}};
  if (!guideline.when.is_null()) json["when"] = guideline.when;
  if (!guideline.then.is_null()) json["then"] = guideline.then;
  if (!guideline.unless.is_null()) json["unless"] = guideline.unless;
  if (!guideline.scope.empty()) json["scope"] = guideline.scope;
  for (const GuidelineSource& source : guideline.sources) {
    json["sources"].push_back(ToJson(source));
  }
  if (guideline.support != 0) json["support"] = guideline.support;
  if (!guideline.evidence.is_null()) json["evidence"] = guideline.evidence;
  if (!guideline.validation.is_null()) json["validation"] = guideline.validation;
  return json;
}

}  // namespace kedge::strategy
