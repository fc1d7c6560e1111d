#include "guards/monitor.h"

#include <algorithm>
#include <filesystem>

#include "guards/compiled_policy.h"
#include "guards/evaluator.h"
#include "guards/policy_reader.h"

namespace kedge::guards {

namespace {

bool MayAsk(const Policy::Compiled& policy) {
  if (policy.unknown_tool == Verdict::kAsk) return true;
  for (const auto& rule : policy.rules) {
    if (rule->shadow) continue;
    if (rule->verdict == Verdict::kAsk) return true;
    for (const auto& word : rule->words) {
      const std::vector<Verdict> verdicts = word->Verdicts();
      if (std::find(verdicts.begin(), verdicts.end(), Verdict::kAsk) != verdicts.end()) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view ToString(Verdict verdict) {
  constexpr std::string_view kNames[] = {"deny", "ask", "redact", "warn", "allow"};
  return kNames[static_cast<int>(verdict)];
}

Policy::Policy() = default;
Policy::~Policy() = default;

std::shared_ptr<const Policy> Policy::Load(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return Read(Document::Load(path), folder.empty() ? "." : folder);
}

std::shared_ptr<const Policy> Policy::Read(const Document& document, const std::string& folder) {
  std::shared_ptr<Policy> policy(new Policy());
  policy->compiled_ = ReadPolicy(document, folder);
  return policy;
}

std::string ToolDefinitionDigest(const Json& description, const Json& schema) {
  return JsonDigest({{"description", description}, {"schema", schema}});
}

const std::string& Policy::digest() const { return compiled_->digest; }

std::vector<std::string> Policy::rule_ids() const {
  std::vector<std::string> ids;
  for (const auto& rule : compiled_->rules) ids.push_back(rule->id);
  ids.emplace_back(kArgumentsRule);
  if (compiled_->catalog.HasPins()) ids.emplace_back(kDefinitionRule);
  ids.emplace_back(kEventRule);
  if (MayAsk(*compiled_)) ids.emplace_back(kUnansweredAsk);
  ids.emplace_back(kUnknownToolRule);
  return ids;
}

std::vector<std::string> Policy::hard_rule_ids() const {
  std::vector<std::string> ids;
  for (const auto& rule : compiled_->rules) {
    if (rule->hard) ids.push_back(rule->id);
  }
  return ids;
}

std::vector<std::string> Policy::shadow_rule_ids() const {
  std::vector<std::string> ids;
  for (const auto& rule : compiled_->rules) {
    if (rule->shadow) ids.push_back(rule->id);
  }
  return ids;
}

struct Monitor::State {
  explicit State(const Policy::Compiled& policy) : evaluator(policy) {}
  Evaluator evaluator;
};

Monitor::Monitor(std::shared_ptr<const Policy> policy)
    : policy_(std::move(policy)), state_(std::make_unique<State>(policy_->compiled())) {}
Monitor::~Monitor() = default;

void Monitor::Reset(const std::string& session) { state_->evaluator.Reset(session); }

Decision Monitor::Observe(const Event& event) { return state_->evaluator.Observe(event); }

Decision Monitor::Finish() { return state_->evaluator.Finish(); }

}  // namespace kedge::guards
