#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Google's Agent Development Kit: evaluation sets, curated or recorded. New: {eval_set_id,
/// eval_cases: [{eval_id, conversation: [{user_content, final_response, intermediate_data}]}]}, one
/// trace per case. Old: [{query, expected_tool_use, reference}], one trace per file. A turn becomes
/// the user's message, the tool calls with their responses, and the final response as a model call.
/// The kit numbers neither calls without id nor gives a verdict: there is no outcome.
bool IsAdkEvalSet(const JsonSlices& record);
bool IsOldAdkTurn(const JsonSlices& record);

ReadReport ReadAdkEvalSet(const std::string& path, const ReadOptions& options,
                          const TraceSink& sink);
ReadReport ReadOldAdkEvalSet(const std::string& path, const ReadOptions& options,
                             const TraceSink& sink);

}  // namespace kedge::trace
