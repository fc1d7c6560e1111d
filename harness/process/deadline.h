#pragma once

#include <algorithm>
#include <chrono>
#include <climits>

namespace kedge::process {

/// A point on the steady clock by which something must have happened, or never. A value; copying
/// and comparing cost nothing.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline Never() { return Deadline(Clock::time_point::max()); }
  static Deadline At(Clock::time_point when) { return Deadline(when); }
  /// `delay` from now; a negative delay has already passed. Delays of a century or more are Never.
  static Deadline After(std::chrono::nanoseconds delay) {
    if (delay >= std::chrono::hours(24 * 36500)) return Never();
    return Deadline(Clock::now() + delay);
  }

  bool is_never() const { return when_ == Clock::time_point::max(); }
  bool Passed() const { return !is_never() && Clock::now() >= when_; }
  Clock::time_point when() const { return when_; }

  /// This deadline moved by `delay`; Never stays Never.
  Deadline Plus(std::chrono::nanoseconds delay) const {
    return is_never() ? *this : Deadline(when_ + delay);
  }
  static Deadline Earlier(Deadline a, Deadline b) { return a.when_ <= b.when_ ? a : b; }

  /// The timeout argument of poll(2): -1 for Never, else milliseconds left, rounded up.
  int PollTimeout() const {
    if (is_never()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when_ - Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
  }

 private:
  explicit Deadline(Clock::time_point when) : when_(when) {}
  Clock::time_point when_;
};

}  // namespace kedge::process
