#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/suite/bfcl/language.h"

namespace kedge::suite::bfcl {

/// A call as an agent made it. Arguments of Java and JavaScript functions are source text.
struct Call {
  std::string name;
  Json arguments = Json::object();
};

/// How many calls are wanted.
enum class Rule {
  kSimple,    ///< one call of the one function
  kMultiple,  ///< one call of the right one of several functions
  kParallel,  ///< several calls in any order
  kNoCall,    ///< none of the functions helps
  kSomeCall,  ///< some call, whatever it is
};

/// A question's functions and what is accepted.
struct Expected {
  Rule rule = Rule::kSimple;
  Language language = Language::kPython;
  Json functions = Json::array();  ///< [{"name", "parameters": {"properties", "required"}}]
  Json answers = Json::array();    ///< [{"function": {"argument": [accepted value, ...]}}]
};

/// "" when the calls are right, else the leaderboard's name of the first error, such as
/// "type_error:nested", and what it is in words.
struct Verdict {
  std::string error_type;
  std::string why;
  bool valid() const { return error_type.empty(); }
};

/// Judges calls by the rules of the Berkeley Function Calling Leaderboard, v4 (Patil et al. 2025,
/// "The Berkeley Function Calling Leaderboard"). Deviations, all where the official matcher refuses
/// what the answer file means: an empty list of accepted values accepts the empty list; a plain
/// value in an accepted dict is a list of one; elements of a Java or JavaScript list of `any` have
/// any type; several calls are matched in the best way, not by the first that fits. Pure;
/// thread-safe.
Verdict MatchCalls(const Expected& expected, const std::vector<Call>& calls);

/// True if an agent's function name is this one; dots may have come back as underscores.
bool SameFunction(const std::string& name, const std::string& called);

}  // namespace kedge::suite::bfcl
