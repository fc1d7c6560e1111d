#include "guards/policy_cases.h"

#include <algorithm>
#include <filesystem>

#include "guards/event_reader.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

namespace fs = std::filesystem;

Verdict ReadExpectation(const Node& node) {
  const std::string word = node.OneOf({"allow", "warn", "redact", "ask", "deny"});
  for (const Verdict verdict : {Verdict::kDeny, Verdict::kAsk, Verdict::kRedact, Verdict::kWarn}) {
    if (word == ToString(verdict)) return verdict;
  }
  return Verdict::kAllow;
}

std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

}  // namespace

PolicyCase PolicyCase::Load(const std::string& path) {
  const Document document = Document::Load(path);
  const Node root = document.root();
  root.AllowKeys({"expect", "rules", "events"});
  PolicyCase out{path, ReadExpectation(root["expect"]), std::nullopt, ReadEvents(root["events"])};
  if (root.Has("rules")) out.rules = Sorted(root["rules"].Strings());
  return out;
}

std::vector<PolicyCase> LoadPolicyCases(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string extension = entry->path().extension().string();
    if (entry->is_regular_file() && (extension == ".yaml" || extension == ".json")) {
      paths.push_back(entry->path().string());
    }
  }
  if (failed) throw Error(ErrorKind::kMissingInput, "cannot read the folder").At(folder);
  if (paths.empty()) {
    throw Error(ErrorKind::kMissingInput, "holds no case (*.yaml, *.json)").At(folder);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<PolicyCase> out;
  for (const std::string& path : paths) out.push_back(PolicyCase::Load(path));
  return out;
}

std::string RunPolicyCase(const PolicyCase& one, Monitor& monitor) {
  monitor.Reset(one.file);
  Decision decision;
  std::string binding;
  for (Event event : one.events) {
    if (event.type == EventType::kApproval) event.binding = binding;
    decision = monitor.Observe(event);
    if (!decision.binding.empty()) binding = decision.binding;
  }
  std::vector<std::string> spoke;
  for (const Finding& finding : decision.findings) spoke.push_back(finding.rule);
  for (const Finding& finding : monitor.Finish().findings) spoke.push_back(finding.rule);
  spoke = Sorted(std::move(spoke));
  if (decision.verdict != one.expect) {
    return "expected " + std::string(ToString(one.expect)) + ", got " +
           std::string(ToString(decision.verdict)) + " (rules: " + Joined(spoke) + ")";
  }
  if (one.rules && spoke != *one.rules) {
    return "expected the rules " + Joined(*one.rules) + ", got " + Joined(spoke);
  }
  return {};
}

}  // namespace kedge::guards
