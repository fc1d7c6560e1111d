#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kedge::loop {

/// What became of one seed of the control: rules learned in variant `seed - 1` of the world (0 is
/// the world as documented), put to the gate in variant `seed`, whose quirks are dealt out anew.
struct SwappedRow {
  std::uint64_t seed = 0;
  std::string alone;      ///< verdict on the old rules against the plain champion
  double alone_gain = 0;  ///< points on fresh tasks of the new world
  /// Rules of the new world that give way to what the old one taught about the same tool.
  std::vector<std::string> swapped;
  std::string put_back;  ///< verdict on that, against the right rules; empty when none was swapped
  double put_back_estimate = 0;  ///< points, by that gate
  double put_back_gain = 0;
  std::vector<std::string> reasons;  ///< codes of that verdict
  std::vector<std::string> blamed;   ///< rules that it names and that undoing the swap confirms
};

/// `fresh_tasks`: of each gate family, to measure the gains on.
SwappedRow RunSwapped(const std::string& suite_folder, std::uint64_t seed,
                      std::int64_t fresh_tasks);

/// Runs seeds 1 to `seeds`, prints a line for each, and expects of every one: nothing is promoted
/// that gains no more than 2.5 points; a swap that loses 10 points or more is blocked; of those
/// that episodes block, four in five have swapped rules blamed, and none has others blamed.
void ExpectSwappedQuirksRefused(const std::string& suite, std::int64_t seeds,
                                std::int64_t fresh_tasks);

}  // namespace kedge::loop
