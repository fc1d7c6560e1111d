#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "harness/llm/chat.h"

namespace kedge::llm {

/// The most that may be spent; absent: as much as is needed.
struct BudgetLimits {
  std::optional<std::int64_t> tokens;  ///< input and output together
  std::optional<double> money;         ///< in the currency of the price
};

/// What was spent, retries included.
struct Spending {
  std::int64_t exchanges = 0;  ///< settled, whether or not they brought an answer
  std::int64_t tokens = 0;
  double money = 0;
};

/// Keeps all that share it within their means. An exchange is reserved before it is sent, so that
/// threads cannot overdraw together; only the error of one estimate can go beyond the limit.
/// Thread-safe.
class Budget {
 public:
  explicit Budget(BudgetLimits limits = {}, Price price = {}) : limits_(limits), price_(price) {}

  /// Sets `estimate` aside; false, and nothing set aside, when it does not fit any more.
  bool Reserve(const Usage& estimate);
  /// Replaces a reservation by what was used. Zero usage: nothing was sent.
  void Settle(const Usage& estimate, const Usage& used);

  Spending spending() const;
  const Price& price() const { return price_; }

 private:
  const BudgetLimits limits_;
  const Price price_;
  mutable std::mutex mutex_;
  Spending reserved_;
  Spending spent_;
};

/// What a request may use: a token for every three bytes of its text, which few tokenizers exceed,
/// and all of max_tokens.
Usage EstimateUsage(const ChatRequest& request);

}  // namespace kedge::llm
