#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace kedge::guards {

/// Processor seconds of this thread so far: other programs on the machine do not count.
double ThreadSeconds();

/// Counts the instructions of this thread (perf_event_open), where the machine lets it.
class InstructionCounter {
 public:
  InstructionCounter();
  ~InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;

  bool available() const { return file_ >= 0; }
  std::uint64_t Read() const;

 private:
  int file_ = -1;
};

/// What actions cost: instructions where they can be counted, which other work on the machine does
/// not change, else processor time.
class WorkMeter {
 public:
  bool exact() const { return counter_.available(); }
  const char* unit() const { return exact() ? "instructions" : "s"; }

  template <typename Action>
  double Of(Action action) const {
    if (exact()) {
      const std::uint64_t begin = counter_.Read();
      action();
      return static_cast<double>(counter_.Read() - begin);
    }
    const double begin = ThreadSeconds();
    action();
    return ThreadSeconds() - begin;
  }

 private:
  InstructionCounter counter_;
};

/// `piece` again and again, `bytes` in all.
std::string Filled(const std::string& piece, std::size_t bytes);

/// Eight times the text may cost this many times as much.
inline constexpr double kMostForEight = 9;

/// Least cost of a scan of eight units of text over that of one unit. The eight small scans read
/// the same bytes as the large one and take turns with it; what disturbs a measurement only ever
/// adds to it, so the least of a few rounds counts, and rounds end when the ratio is good enough.
template <typename Scan>
double RatioOfEight(std::string_view text, Scan scan) {
  const WorkMeter meter;
  const int rounds = meter.exact() ? 1 : 12;
  const std::size_t unit = text.size() / 8;
  double small = 1e300, large = 1e300, ratio = 0;
  for (int i = 0; i < rounds; ++i) {
    const double parts = meter.Of([&] {
      for (std::size_t at = 0; at < 8 * unit; at += unit) scan(text.substr(at, unit));
    });
    small = std::min(small, parts / 8);
    large = std::min(large, meter.Of([&] { scan(text.substr(0, 8 * unit)); }));
    ratio = large / small;
    if (ratio <= kMostForEight) break;
  }
  return ratio;
}

}  // namespace kedge::guards
