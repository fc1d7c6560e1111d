#include "guards/words/builders.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

using Branches = std::vector<Words>;

class AnyOfChecker : public Checker {
 public:
  explicit AnyOfChecker(const Branches& branches) : branches_(branches) {
    for (const Words& branch : branches) {
      std::vector<std::unique_ptr<Checker>>& checkers = checkers_.emplace_back();
      for (const auto& word : branch) checkers.push_back(word->NewChecker());
    }
  }

  // A branch that cannot be judged does not hold; when none holds, that outranks a violation.
  CheckResult Check(const EventView& event) override {
    CheckResult worst;
    for (const auto& branch : checkers_) {
      CheckResult result = CheckBranch(branch, event);
      if (result.holds()) return result;
      if (worst.holds() || (result.is_error() && !worst.is_error())) worst = std::move(result);
    }
    if (!worst.is_error()) {
      worst.problem().message =
          "none of the alternatives holds; the first: " + worst.problem().message;
    }
    return worst;
  }

  void Follow(const EventView& event) override {
    for (std::size_t i = 0; i < branches_.size(); ++i) {
      for (std::size_t j = 0; j < branches_[i].size(); ++j) {
        if (branches_[i][j]->Follows(event.type(), event.tool())) checkers_[i][j]->Follow(event);
      }
    }
  }

  void Reset() override {
    for (const auto& branch : checkers_) {
      for (const auto& checker : branch) checker->Reset();
    }
  }

 private:
  static CheckResult CheckBranch(const std::vector<std::unique_ptr<Checker>>& branch,
                                 const EventView& event) {
    for (const auto& checker : branch) {
      CheckResult result = checker->Check(event);
      if (!result.holds()) return result;
    }
    return {};
  }

  const Branches& branches_;
  std::vector<std::vector<std::unique_ptr<Checker>>> checkers_;
};

class AnyOf : public Word {
 public:
  explicit AnyOf(Branches branches) : branches_(std::move(branches)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<AnyOfChecker>(branches_);
  }
  bool Follows(EventType type, ToolId tool) const override {
    for (const Words& branch : branches_) {
      for (const auto& word : branch) {
        if (word->Follows(type, tool)) return true;
      }
    }
    return false;
  }

 private:
  Branches branches_;
};

}  // namespace

void BuildAnyOf(const Node& node, WordContext& context, Words& words) {
  Branches branches;
  for (const Node& item : node.Items()) {
    Words& branch = branches.emplace_back();
    ReadWords(item, false, context, branch);
    if (branch.empty()) throw item.Fail("an alternative needs a word");
    for (const auto& word : branch) {
      if (word->Owes()) throw item.Fail("an obligation cannot be an alternative");
    }
  }
  if (branches.size() < 2) throw node.Fail("expected at least two alternatives");
  words.push_back(std::make_unique<AnyOf>(std::move(branches)));
}

}  // namespace kedge::guards
