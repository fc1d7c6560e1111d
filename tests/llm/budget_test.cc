#include "harness/llm/budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/llm/fakes.h"

namespace kedge::llm {
namespace {

TEST(BudgetTest, PricesAMillionTokens) {
  EXPECT_DOUBLE_EQ(Cost({1'000'000, 0, 500'000}, {3, 15}), 10.5);
}

TEST(BudgetTest, SetsAsideAndSettles) {
  Budget budget({1000, std::nullopt}, {});
  EXPECT_TRUE(budget.Reserve({600, 0, 100}));
  EXPECT_FALSE(budget.Reserve({300, 0, 1}));  // 700 are set aside
  budget.Settle({600, 0, 100}, {100, 0, 50});
  EXPECT_EQ(budget.spending().tokens, 150);
  EXPECT_TRUE(budget.Reserve({800, 0, 50}));
  EXPECT_FALSE(budget.Reserve({1, 0, 0}));
}

TEST(BudgetTest, CountsMoney) {
  Budget budget({std::nullopt, 0.01}, {10, 20});
  EXPECT_TRUE(budget.Reserve({500, 0, 200}));  // 0.009
  EXPECT_FALSE(budget.Reserve({0, 0, 100}));
  budget.Settle({500, 0, 200}, {500, 0, 100});
  EXPECT_DOUBLE_EQ(budget.spending().money, 0.007);
  EXPECT_TRUE(budget.Reserve({0, 0, 100}));
}

TEST(BudgetTest, ThreadsCannotOverdrawTogether) {
  Budget budget({1000, std::nullopt}, {});
  std::atomic<int> granted{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 100; ++k) {
          if (!budget.Reserve({10, 0, 0})) continue;
          budget.Settle({10, 0, 0}, {10, 0, 0});
          ++granted;
        }
      });
    }
  }
  EXPECT_EQ(granted, 100);
  EXPECT_EQ(budget.spending().tokens, 1000);
}

TEST(BudgetTest, EstimatesFromTheText) {
  const Usage usage = EstimateUsage(Question(std::string(3000, 'x')));
  EXPECT_GE(usage.input_tokens, 1000);
  EXPECT_LT(usage.input_tokens, 1200);
  EXPECT_EQ(usage.output_tokens, 100);
}

}  // namespace
}  // namespace kedge::llm
