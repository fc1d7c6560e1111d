#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tasksuites/bundled_suite.h"

namespace kedge::testing {

// What every bundled suite promises; each is a GoogleTest expectation that names the suite's part
// that breaks it.

/// Every family has three phrasings or more, and none occurs twice: shared between splits, what is
/// learned would be the wording.
void ExpectNoTwoFamiliesSayTheSame(const BundledSuite& suite);

/// The scripted oracle solves every task but the impossible ones, of which there are some.
void ExpectSolvable(const BundledSuite& suite, std::uint64_t seed, std::uint64_t variant = 0);

/// What solutions name by an argument that ends in "_id" or is one of `also` is in one split only:
/// what is remembered from training helps with nothing. "-" names nothing.
void ExpectNoSubjectInTwoSplits(const BundledSuite& suite, const std::set<std::string>& also = {});

/// The same seed makes the same tasks, byte for byte, and another seed others.
void ExpectTasksToFollowTheSeed(const BundledSuite& suite);

/// Four hundred fresh gate tasks or more are made in under a second of processor time.
void ExpectFreshTasksInASecond(const BundledSuite& suite);

/// `make_candidates`, which runs the program as anyone would, makes these strategies: same hash,
/// name and provenance, with the champion as their only parent.
void ExpectMadeByTheScript(const BundledSuite& suite, const std::vector<std::string>& strategies);

/// Sources of learned rules are of dev families alone; there are `least` such rules or more in
/// each.
void ExpectLearnedOnDevFamiliesAlone(const BundledSuite& suite,
                                     const std::vector<std::string>& strategies,
                                     std::int64_t least);

/// A strategy twice on the gate tasks of four suite seeds, with different luck.
struct TwoRuns {
  double successes = 0;  ///< of both runs
  double differ = 0;     ///< tasks that one run solved and the other did not
  double tasks = 0;      ///< in each run
  std::map<std::string, double> successes_by_family;
  double impossible_passed = 0;

  double rate() const { return successes / (2 * tasks); }
  double discordance() const { return differ / tasks; }
};
TwoRuns RunTwice(const BundledSuite& suite, const std::string& strategy);

/// In [low, high].
struct Bounds {
  double low = 0, high = 1;
};

/// The champion is as noisy as a real agent and has something to learn and to lose in every family
/// but `impossible_family`.
void ExpectChampion(const BundledSuite& suite, Bounds rate, Bounds discordance,
                    const std::string& impossible_family);

/// None of these strategies passes an impossible task.
void ExpectNoImpossiblePassed(const BundledSuite& suite,
                              const std::vector<std::string>& strategies);

}  // namespace kedge::testing
