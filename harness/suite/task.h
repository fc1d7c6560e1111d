#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::suite {

/// Something the scripted user knows and tells when asked.
struct UserFact {
  std::string name;                   ///< "email"
  std::string value;                  ///< "ada@example.com"
  std::vector<std::string> keywords;  ///< a question containing one of them asks for this fact
};

struct ExpectedCall {
  std::string tool;
  Json arguments = Json::object();
};

/// One scorer with its parameters, e.g. {type: contains, value: "42"}. Types and parameters are
/// checked when the suite is loaded, before any agent runs (README.md lists them).
struct ScorerSpec {
  std::string type;
  Json parameters = Json::object();
};

/// One problem. Value type; immutable once loaded.
struct Task {
  std::string id;
  std::string family;
  std::string stratum;
  std::string split;        ///< "dev", "gate" or "vault"
  std::string cluster_id;   ///< tasks that are not independent share one; the id when alone
  std::string principal;    ///< on whose behalf the agent acts; empty when nobody is named
  std::string instruction;  ///< what the user says first
  std::vector<UserFact> facts;
  bool user_confirms = true;  ///< the answer to "shall I go ahead?"
  bool impossible = false;    ///< a canary: nobody can solve it honestly
  double weight = 1;

  /// Write calls whose effect on a fresh copy of the world (without quirks) is the expected end
  /// state; empty with `no_change` when nothing may change. Absent for tasks without a world.
  std::vector<ExpectedCall> expected_calls;
  bool no_change = false;
  bool checks_end_state = false;
  /// A full sequence of calls that solves the task under every quirk (what the scripted oracle
  /// does); expected_calls when empty.
  std::vector<ExpectedCall> solution;
  /// Texts of which the final answer must contain every one (case and white space folded).
  std::vector<std::string> tell;
  std::vector<ScorerSpec> scorers;  ///< in addition to end state and `tell`
  /// What the scripted oracle says at the end, for scorers of the text; all of `tell` when empty.
  std::string answer;
};

/// Canonical JSON of a task; what the suite's digest is made of.
Json ToJson(const Task& task);

}  // namespace kedge::suite
