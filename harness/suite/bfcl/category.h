#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/suite/bfcl/call_matcher.h"

namespace kedge::suite::bfcl {

/// One question of a category.
struct Question {
  std::string id;
  std::string text;  ///< its messages, one below the other
  Expected expected;
};

/// The rule and the language that a category's name says ("live_parallel_multiple",
/// "simple_java"). Throws UsageError, listing the known ones, for categories that are not about
/// single-turn calls.
Expected CategoryRules(const std::string& category);

/// Reads what a scorer or a question file says about a question's functions and answers into
/// `expected`, whose rule is set. Throws Error at the node for anything that the matcher could not
/// work with: functions without name, answers missing, an answer of no declared function.
void ReadExpected(const Node& functions, const std::optional<Node>& answers, Expected& expected);

/// Reads a category from the leaderboard's data folder: BFCL_v4_<category>.json and, where the
/// rule asks for answers, possible_answer/BFCL_v4_<category>.json; either also as .json.gz. Throws
/// Error with file, line and field; kMissingInput when a file is not there.
std::vector<Question> ReadCategory(const std::string& data_folder, const std::string& category);

}  // namespace kedge::suite::bfcl
