#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge {

/// One block of Philox4x32-10: a bijection of `counter` chosen by `key`.
std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
/// SC11): a counter-based generator, so a draw is a pure function of (key, counter). Same seed,
/// same numbers on every machine. Satisfies UniformRandomBitGenerator. Not thread-safe; copy it or
/// derive one per thread.
class Random {
 public:
  using result_type = std::uint32_t;

  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()();
  std::uint64_t Next64();
  /// Uniform in [0, 1) with 53 random bits.
  double Uniform();
  /// Uniform integer in [0, n), unbiased (Lemire's rejection); n > 0.
  std::uint64_t Below(std::uint64_t n);
  bool Bernoulli(double p) { return Uniform() < p; }

  /// Fisher-Yates.
  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  void Refill();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

/// A new seed from a seed and a label, by SHA-256 of both; independent for different labels.
std::uint64_t DeriveSeed(std::uint64_t seed, std::string_view label);
/// The same with numbers, by Philox (fast; for inner loops).
std::uint64_t DeriveSeed(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0);

/// Uniform [0, 1) as a pure function of a seed and a label; for noise "drawn per decision point".
double UniformAt(std::uint64_t seed, std::string_view label, std::uint64_t index = 0);

}  // namespace kedge
