#include "guards/receipts.h"

#include "guards/event_view.h"

namespace kedge::guards {

bool Receipts::Ask(const std::string& binding) {
  if (asked_ >= limits_.max_asks) return false;
  ++asked_;
  open_.try_emplace(binding);
  return true;
}

void Receipts::Answer(const std::string& binding, bool granted, std::int64_t event,
                      std::int64_t nanos) {
  const auto found = open_.find(binding);
  if (found == open_.end() || found->second.approved) return;
  if (!granted) {
    open_.erase(found);
    return;
  }
  found->second = {true, event, nanos};
  ++approved_;
}

bool Receipts::Take(const std::string& binding, std::int64_t event, std::int64_t nanos) {
  const auto found = open_.find(binding);
  if (found == open_.end() || !found->second.approved) return false;
  const Question question = found->second;
  open_.erase(found);
  --approved_;
  if (event - question.event > limits_.events) return false;
  // An approval with a time needs a call with one; time that runs backwards proves nothing.
  if (question.nanos == 0) return true;
  const std::int64_t age = nanos - question.nanos;
  return age >= 0 && age <= limits_.seconds * kNanosPerSecond;
}

void Receipts::Reset() {
  open_.clear();
  asked_ = 0;
  approved_ = 0;
}

}  // namespace kedge::guards
