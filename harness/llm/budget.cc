#include "harness/llm/budget.h"

#include <algorithm>

namespace kedge::llm {

namespace {
constexpr std::int64_t kBytesPerToken = 3;

std::int64_t Tokens(const Usage& usage) { return usage.input_tokens + usage.output_tokens; }
}  // namespace

bool Budget::Reserve(const Usage& estimate) {
  const std::int64_t tokens = Tokens(estimate);
  const double money = Cost(estimate, price_);
  const std::lock_guard lock(mutex_);
  if (limits_.tokens && spent_.tokens + reserved_.tokens + tokens > *limits_.tokens) return false;
  if (limits_.money && spent_.money + reserved_.money + money > *limits_.money) return false;
  reserved_.tokens += tokens;
  reserved_.money += money;
  return true;
}

void Budget::Settle(const Usage& estimate, const Usage& used) {
  const std::lock_guard lock(mutex_);
  reserved_.tokens -= Tokens(estimate);
  reserved_.money = std::max(0.0, reserved_.money - Cost(estimate, price_));
  spent_.exchanges += 1;
  spent_.tokens += Tokens(used);
  spent_.money += Cost(used, price_);
}

Spending Budget::spending() const {
  const std::lock_guard lock(mutex_);
  return spent_;
}

Usage EstimateUsage(const ChatRequest& request) {
  const auto bytes = static_cast<std::int64_t>(DumpJson(ToJson(request)).size());
  return {bytes / kBytesPerToken + 1, 0, request.max_tokens};
}

}  // namespace kedge::llm
