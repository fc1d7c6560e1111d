#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace kedge::guards {

/// How far a person's approval goes.
struct AskLimits {
  std::int64_t max_asks = 10;  ///< of one session; further ones are denials
  std::int64_t seconds = 300;  ///< an approval expires, where events have times
  std::int64_t events = 32;    ///< and after so many events in any case
};

/// What was asked in one session and what was approved. An approval counts for a call that was
/// asked about, once, for a while. Bounded by `max_asks`.
class Receipts {
 public:
  explicit Receipts(const AskLimits& limits) : limits_(limits) {}

  /// Takes note of an ASK; false when there were too many.
  bool Ask(const std::string& binding);
  /// A person's answer. One to a question that is not open changes nothing.
  void Answer(const std::string& binding, bool granted, std::int64_t event, std::int64_t nanos);
  bool HasApprovals() const { return approved_ > 0; }
  /// True if the call is approved now; the approval is used up whether or not it still held.
  bool Take(const std::string& binding, std::int64_t event, std::int64_t nanos);
  void Reset();

 private:
  struct Question {
    bool approved = false;
    std::int64_t event = 0;
    std::int64_t nanos = 0;
  };
  AskLimits limits_;
  std::map<std::string, Question> open_;
  std::int64_t asked_ = 0;
  std::int64_t approved_ = 0;  // entries of open_ that are
};

}  // namespace kedge::guards
