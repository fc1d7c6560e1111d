#include "harness/text/minhash.h"

#include <algorithm>
#include <limits>
#include <map>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::text {
namespace {

constexpr std::size_t kBandRows = 4;
constexpr std::size_t kBands = kMinHashValues / kBandRows;
constexpr std::uint64_t kHashFamily = 0x6d696e68617368;  // any constant: signatures are compared

/// Multiply-shift hashes (Dietzfelbinger et al. 1997): pairwise independent, one multiplication.
struct HashFamily {
  std::array<std::uint64_t, kMinHashValues> multiply, add;

  HashFamily() {
    Random random(kHashFamily);
    for (std::size_t i = 0; i < kMinHashValues; ++i) {
      multiply[i] = random.Next64() | 1;
      add[i] = random.Next64();
    }
  }
};

using Band = std::array<std::uint32_t, kBandRows + 1>;  // its number, then its values

Band BandOf(const MinHashSignature& signature, std::size_t band) {
  Band key{static_cast<std::uint32_t>(band)};
  std::copy_n(signature.begin() + static_cast<std::ptrdiff_t>(band * kBandRows), kBandRows,
              key.begin() + 1);
  return key;
}

}  // namespace

MinHashSignature MinHash(std::span<const std::uint64_t> shingles) {
  static const HashFamily family;
  MinHashSignature signature;
  signature.fill(std::numeric_limits<std::uint32_t>::max());
  for (const std::uint64_t shingle : shingles) {
    for (std::size_t i = 0; i < kMinHashValues; ++i) {
      const std::uint64_t hash = family.multiply[i] * shingle + family.add[i];
      signature[i] = std::min(signature[i], static_cast<std::uint32_t>(hash >> 32));
    }
  }
  return signature;
}

double EstimatedJaccard(const MinHashSignature& a, const MinHashSignature& b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < kMinHashValues; ++i) equal += a[i] == b[i] ? 1 : 0;
  return static_cast<double>(equal) / static_cast<double>(kMinHashValues);
}

std::vector<std::size_t> NearDuplicateLeaders(std::span<const MinHashSignature> signatures,
                                              double threshold) {
  if (!(threshold > 0 && threshold <= 1)) throw BadData("threshold: expected above 0 and up to 1");
  std::map<Band, std::vector<std::size_t>> leaders_by_band;
  std::vector<std::size_t> leaders(signatures.size());
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    leaders[i] = i;
    for (std::size_t band = 0; band < kBands; ++band) {
      const auto found = leaders_by_band.find(BandOf(signatures[i], band));
      if (found == leaders_by_band.end()) continue;
      for (const std::size_t leader : found->second) {
        if (leader >= leaders[i]) break;
        if (EstimatedJaccard(signatures[leader], signatures[i]) < threshold) continue;
        leaders[i] = leader;
        break;
      }
    }
    if (leaders[i] != i) continue;
    for (std::size_t band = 0; band < kBands; ++band) {
      leaders_by_band[BandOf(signatures[i], band)].push_back(i);
    }
  }
  return leaders;
}

}  // namespace kedge::text
