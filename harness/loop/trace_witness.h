#pragma once

#include <memory>
#include <string_view>

#include "harness/suite/suite.h"
#include "harness/trace/trace.h"
#include "harness/world/world.h"

namespace kedge::loop {

/// Why a recorded episode cannot have happened as it says.
enum class TraceDoubt {
  kNone,     ///< the world gives every recorded answer again, and the scorers the same outcome
  kTask,     ///< the task is none of the suite's
  kWords,    ///< the user did not say what the task says
  kAnswers,  ///< a tool answered what the world does not answer
  kOutcome,  ///< the scorers judge the same episode otherwise
};
/// "none", "task", "words", "answers", "outcome".
std::string_view ToString(TraceDoubt doubt);

/// Issues the calls of recorded episodes again, with the seed that they name, and judges the end:
/// what somebody has written into a trace that kedge made shows as a difference. It says nothing
/// about traces that were made elsewhere. Not thread-safe.
class TraceWitness {
 public:
  /// The suite with the tasks and the population that the episodes were made on; it has a world.
  explicit TraceWitness(std::shared_ptr<const suite::Suite> suite);

  /// Throws what a session throws.
  TraceDoubt Examine(const trace::Trace& trace);

 private:
  const std::shared_ptr<const suite::Suite> suite_;
  world::Session session_;
};

}  // namespace kedge::loop
