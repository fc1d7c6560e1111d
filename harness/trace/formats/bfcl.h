#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Result files of the Berkeley Function Calling Leaderboard: {id, result, input_token_count,
/// output_token_count, latency}, one line per case.
///
/// `result` is what the model said: text, or a list of {function: arguments as JSON text}; nested
/// lists are turns and steps of multi-turn cases. Each text or list of calls becomes a model call,
/// each function in it a tool call. Counts that are nested in the same way are summed into the
/// first model call. Text is not searched for calls written as source code: whether it decodes is
/// the matcher's business. The stratum is the id without its number. Verdicts stand in other files:
/// there is no outcome.
bool IsBfclResult(const JsonSlices& record);

ReadReport ReadBfclResults(const std::string& path, const ReadOptions& options,
                           const TraceSink& sink);

}  // namespace kedge::trace
