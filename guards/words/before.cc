#include "guards/words/builders.h"
#include "guards/words/occurrence.h"

namespace kedge::guards {
namespace {

class BeforeChecker : public Checker {
 public:
  explicit BeforeChecker(const Occurrence& wanted) : wanted_(wanted), log_(wanted, true) {}

  CheckResult Check(const EventView& event) override {
    OccurrenceLog::Answer answer = log_.Happened(event);
    if (answer.error.is_error()) return std::move(answer.error);
    if (answer.happened) return CheckResult::Holds();
    return CheckResult::Violated("needs a successful " + wanted_.described + " before it");
  }
  void Follow(const EventView& event) override { log_.Follow(event); }
  void Reset() override { log_.Reset(); }

 private:
  const Occurrence& wanted_;
  OccurrenceLog log_;
};

class Before : public Word {
 public:
  explicit Before(Occurrence wanted) : wanted_(std::move(wanted)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<BeforeChecker>(wanted_);
  }
  bool Follows(EventType type, ToolId tool) const override { return wanted_.Follows(type, tool); }

 private:
  Occurrence wanted_;
};

}  // namespace

void BuildBefore(const Node& node, WordContext& context, Words& words) {
  words.push_back(std::make_unique<Before>(Occurrence::Read(node, context)));
}

}  // namespace kedge::guards
