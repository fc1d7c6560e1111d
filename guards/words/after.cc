#include "guards/words/builders.h"
#include "guards/words/occurrence.h"

namespace kedge::guards {
namespace {

class AfterChecker : public Checker {
 public:
  explicit AfterChecker(const Occurrence& barrier) : barrier_(barrier), log_(barrier, false) {}

  CheckResult Check(const EventView& event) override {
    OccurrenceLog::Answer answer = log_.Happened(event);
    if (answer.error.is_error()) return std::move(answer.error);
    if (!answer.happened) return CheckResult::Holds();
    return CheckResult::Violated("comes after a successful " + barrier_.described +
                                 "; nothing of the kind may follow it");
  }
  void Follow(const EventView& event) override { log_.Follow(event); }
  void Reset() override { log_.Reset(); }

 private:
  const Occurrence& barrier_;
  OccurrenceLog log_;
};

class After : public Word {
 public:
  explicit After(Occurrence barrier) : barrier_(std::move(barrier)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<AfterChecker>(barrier_);
  }
  bool Follows(EventType type, ToolId tool) const override { return barrier_.Follows(type, tool); }

 private:
  Occurrence barrier_;
};

}  // namespace

void BuildAfter(const Node& node, WordContext& context, Words& words) {
  words.push_back(std::make_unique<After>(Occurrence::Read(node, context)));
}

}  // namespace kedge::guards
