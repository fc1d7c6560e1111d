#include "harness/core/random.h"

#include "harness/core/digest.h"

namespace kedge {
namespace {

// The multipliers and Weyl increments of the SC11 paper.
constexpr std::uint32_t kPhiloxM0 = 0xD2511F53, kPhiloxM1 = 0xCD9E8D57;
constexpr std::uint32_t kPhiloxW0 = 0x9E3779B9, kPhiloxW1 = 0xBB67AE85;

// Keeps derived seeds apart from the draws of a Random that has the same seed.
constexpr std::uint64_t kDeriveKey = 0x6B656467655F7365;

constexpr std::uint32_t Low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t High(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

constexpr std::uint64_t Join(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}

constexpr double ToUnit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace

std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{kPhiloxM0} * counter[0];
    const std::uint64_t p1 = std::uint64_t{kPhiloxM1} * counter[2];
    counter = {High(p1) ^ counter[1] ^ key[0], Low(p1), High(p0) ^ counter[3] ^ key[1], Low(p0)};
    key[0] += kPhiloxW0;
    key[1] += kPhiloxW1;
  }
  return counter;
}

Random::Random(std::uint64_t seed, std::uint64_t stream)
    : key_{Low(seed), High(seed)}, counter_{0, 0, Low(stream), High(stream)} {}

void Random::Refill() {
  block_ = Philox4x32(counter_, key_);
  if (++counter_[0] == 0) ++counter_[1];
  used_ = 0;
}

Random::result_type Random::operator()() {
  if (used_ == block_.size()) Refill();
  return block_[used_++];
}

std::uint64_t Random::Next64() {
  const std::uint32_t low = (*this)();
  return Join(low, (*this)());
}

double Random::Uniform() { return ToUnit(Next64()); }

std::uint64_t Random::Below(std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{Next64()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    // 2^64 mod n: low halves below it belong to results that would come up once too often.
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = Wide{Next64()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t DeriveSeed(std::uint64_t seed, std::string_view label) {
  std::string bytes;
  bytes.reserve(8 + label.size());
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(seed >> shift & 0xFF);
  bytes += label;
  return StableHash64(bytes);
}

std::uint64_t DeriveSeed(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t key = seed ^ kDeriveKey;
  const auto block = Philox4x32({Low(a), High(a), Low(b), High(b)}, {Low(key), High(key)});
  return Join(block[0], block[1]);
}

double UniformAt(std::uint64_t seed, std::string_view label, std::uint64_t index) {
  return ToUnit(DeriveSeed(DeriveSeed(seed, label), index));
}

}  // namespace kedge
