#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/trace/trace.h"
#include "harness/world/tool.h"

namespace kedge::run {

/// How far a call may differ from the recorded one.
struct TapeRules {
  std::map<std::string, Json> schemas;  ///< of the arguments, by tool
  std::set<std::string> order_free;     ///< tools that change nothing, so that order is free
};
/// Schemas of the tools; those that only read are order-free.
TapeRules TapeRulesOf(const std::vector<world::ToolSpec>& tools);

/// Arguments as their schema makes them equal: absent properties get their default, null ones that
/// may be left out go, numbers written as text become numbers where the schema wants numbers.
Json NormaliseArguments(const Json& arguments, const Json& schema);

enum class TapeMatch {
  kExact,       ///< the next recorded call, by canonical JSON
  kNormalised,  ///< the next one, by its schema
  kOrderFree,   ///< another one between the same two changes, by its schema at most
};

struct TapeAnswer {
  TapeMatch match = TapeMatch::kExact;
  world::ToolResult result;
  std::size_t step = 0;  ///< of the call in the recorded trace
};

/// The tool calls of a recorded trace as a source of answers, for as long as an agent does what was
/// recorded. A call matches a recorded one when nothing that changes state lies between the present
/// place and it; a recorded call that only reads (or that a guard refused) may be passed over, and
/// one that only reads and did not fail may be asked again until the next change. Calls of the user
/// and calls without a recorded answer are not on the tape. Not thread-safe.
class Tape {
 public:
  Tape(const trace::Trace& recorded, const TapeRules& rules);

  /// The recorded answer; nullopt when the call is none of those that may come now.
  std::optional<TapeAnswer> Take(const std::string& tool, const Json& arguments);

  std::size_t size() const { return calls_.size(); }
  /// Recorded calls that were not asked for and that could not be passed over.
  std::int64_t missed() const;
  /// The recorded call that is due, in words; for explaining a divergence.
  std::string Due() const;
  /// Step of the recorded call that is due; the number of steps at the end of the tape.
  std::size_t DueStep() const;

 private:
  struct Call {
    std::size_t step = 0;
    std::string tool;
    Json arguments;
    std::string exact, normalised;  // canonical
    world::ToolResult result;
    bool order_free = false;
    bool refused = false;
    bool used = false;
  };

  bool MayBePassed(const Call& call) const { return call.order_free || call.refused; }
  /// Indices of the calls that may come now, in order.
  std::vector<std::size_t> Window() const;
  std::size_t DueIndex() const;

  const TapeRules rules_;
  std::vector<Call> calls_;
  std::size_t begin_ = 0;  // after the last used call that is not order-free
  std::size_t steps_ = 0;
};

/// The answer of an observation, as a tool would have given it.
world::ToolResult ResultOf(const trace::Observation& observation);

}  // namespace kedge::run
