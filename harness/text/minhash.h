#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kedge::text {

/// Values of a MinHash signature; an estimated similarity has a standard error of at most 0.5 /
/// sqrt(128), 4.4 points.
inline constexpr std::size_t kMinHashValues = 128;

/// Stands for a set of hashed shingles (Broder 1997): per value, the smallest of one random hash of
/// all members.
using MinHashSignature = std::array<std::uint32_t, kMinHashValues>;

/// Signature of a set; repeats in `shingles` do not matter. Of the empty set every value is the
/// largest there is. O(128 n). Thread-safe.
MinHashSignature MinHash(std::span<const std::uint64_t> shingles);

/// Share of equal values: an unbiased estimate of the sets' Jaccard similarity.
double EstimatedJaccard(const MinHashSignature& a, const MinHashSignature& b);

/// For every signature the index of the earlier one it nearly repeats, or its own: a signature
/// whose estimated similarity to a leader is at least `threshold` (in (0, 1]) goes to the first
/// such leader, else it becomes one. Candidates are found by locality-sensitive hashing (32 bands
/// of 4 values), which finds a pair of similarity 0.8 with probability 0.9999 and one of 0.5 with
/// 0.87.
std::vector<std::size_t> NearDuplicateLeaders(std::span<const MinHashSignature> signatures,
                                              double threshold);

}  // namespace kedge::text
