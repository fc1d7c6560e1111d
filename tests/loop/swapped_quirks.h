#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kedge::loop {

/// What became of one seed of the control: rules learned in the world as documented, put to the
/// gate in a world whose quirks are dealt out anew (variant `seed`).
struct SwappedRow {
  std::uint64_t seed = 0;
  std::string alone;                ///< verdict on the old rules against the plain champion
  double alone_gain = 0;            ///< points on fresh tasks of the new world
  std::int64_t put_back_rules = 0;  ///< old rules that the new world's learner did not find itself
  std::string put_back;  ///< verdict on the right rules with these, against the right rules alone
  double put_back_gain = 0;
  std::vector<std::string> reasons;  ///< codes of that verdict
  std::vector<std::string> blamed;   ///< rules that it names and that running without confirms
};

/// `fresh_tasks`: of each gate family, to measure the gains on.
SwappedRow RunSwapped(const std::string& suite_folder, std::uint64_t seed,
                      std::int64_t fresh_tasks);

/// Runs seeds 1 to `seeds`, prints a line for each, and expects of every one: nothing is promoted
/// that gains no more than 2.5 points; what loses as much as a stratum's margin when put back is
/// blocked; and where episodes block, old rules are blamed and nothing else.
void ExpectSwappedQuirksRefused(const std::string& suite, std::int64_t seeds,
                                std::int64_t fresh_tasks);

}  // namespace kedge::loop
