#include "guards/sarif.h"

#include <algorithm>
#include <map>

#include "guards/review.h"
#include "harness/core/digest.h"

namespace kedge::guards {
namespace {

constexpr const char* kSchema = "https://json.schemastore.org/sarif-2.1.0.json";

const char* LevelOf(const std::string& severity) {
  if (severity == "critical" || severity == "high") return "error";
  return severity == "medium" ? "warning" : "note";
}

// What code scanning services sort by: a number from 0 to 10 as text.
const char* SecuritySeverityOf(const std::string& severity) {
  if (severity == "critical") return "9.5";
  if (severity == "high") return "8.0";
  if (severity == "medium") return "5.5";
  return severity == "low" ? "3.0" : "1.0";
}

// A relative or absolute path as a URI reference (RFC 3986).
std::string UriOf(const std::string& path) {
  constexpr std::string_view kKept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = path.starts_with("/") ? "file://" : "";
  for (const char c : path) {
    if (kKept.find(c) != kKept.npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

Json Descriptor(const std::string& id, const RuleSummary* rule) {
  const std::string severity = rule == nullptr ? "high" : rule->severity;
  const std::string why = rule == nullptr || rule->why.empty() ? id : rule->why;
  Json out = {{"id", id},
              {"shortDescription", {{"text", why}}},
              {"defaultConfiguration", {{"level", LevelOf(severity)}}},
              {"properties", {{"security-severity", SecuritySeverityOf(severity)}}}};
  if (rule != nullptr) out["fullDescription"] = {{"text", DumpJson(rule->source)}};
  return out;
}

Json Location(const RecordedFinding& recorded) {
  const std::string event = recorded.event == 0 ? "end" : std::to_string(recorded.event);
  Json logical = Json::array({{{"name", recorded.trace}, {"kind", "object"}},
                              {{"name", recorded.what},
                               {"fullyQualifiedName", recorded.trace + "/" + event},
                               {"kind", "member"}}});
  return {{"physicalLocation", {{"artifactLocation", {{"uri", UriOf(recorded.file)}}}}},
          {"logicalLocations", std::move(logical)}};
}

Json ResultOf(const RecordedFinding& recorded, const std::map<std::string, std::size_t>& index) {
  const Finding& finding = recorded.finding;
  Json properties = ToJson(recorded);
  for (const char* said : {"file", "rule", "message"}) properties.erase(said);
  Json out = {
      {"ruleId", finding.rule},
      {"level", finding.shadow ? "note" : LevelOf(finding.severity)},
      {"message", {{"text", finding.message}}},
      {"locations", Json::array({Location(recorded)})},
      {"partialFingerprints",
       {{"kedgeFinding/v1", Sha256Hex(recorded.trace + "\n" + std::to_string(recorded.event) +
                                      "\n" + finding.rule + "\n" + finding.pointer)}}},
      {"properties", std::move(properties)}};
  if (const auto found = index.find(finding.rule); found != index.end()) {
    out["ruleIndex"] = found->second;
  }
  return out;
}

}  // namespace

Json SarifLog(const Policy& policy, const std::string& policy_path, const std::string& version,
              const std::vector<RecordedFinding>& findings) {
  const std::vector<RuleSummary> rules = SummariesOf(policy);
  Json descriptors = Json::array();
  std::map<std::string, std::size_t> index;
  for (const std::string& id : policy.rule_ids()) {
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&id](const RuleSummary& one) { return one.id == id; });
    index[id] = descriptors.size();
    descriptors.push_back(Descriptor(id, rule == rules.end() ? nullptr : &*rule));
  }
  Json results = Json::array();
  for (const RecordedFinding& finding : findings) results.push_back(ResultOf(finding, index));
  Json driver = {{"name", "kedge"}, {"version", version}, {"rules", std::move(descriptors)}};
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"columnKind", "unicodeCodePoints"},
              {"results", std::move(results)},
              {"properties", {{"policy", policy_path}, {"policyDigest", policy.digest()}}}};
  return {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
}

}  // namespace kedge::guards
