#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Evaluation logs of Inspect (UK AI Security Institute): one JSON object {version, status, eval,
/// samples}, or the same as a zip archive (.eval: header.json, samples/*.json). One trace per
/// sample and epoch; a log without samples holds none.
///
/// The key: suite = `eval.task`, task = sample id, trial = epoch - 1. The outcome: success = every
/// score is "C", true or at least 1 ("P" scores 0.5, "I" and "N" 0); a sample with `error` is
/// missing; `limit` names the end; without scores there is none. Tokens of a step are those of the
/// `model` event with the same message (by id, else by text); the outcome's are the sample's
/// `model_usage`, which counts model-graded scorers too. Events and the rest stay in `extra`.
bool IsInspectLog(const JsonSlices& record);

ReadReport ReadInspectLog(const std::string& path, const ReadOptions& options,
                          const TraceSink& sink);
ReadReport ReadInspectArchive(const std::string& path, const ReadOptions& options,
                              const TraceSink& sink);

/// Whether a file is a zip archive with a header.json or an Inspect journal in it.
bool IsInspectArchive(const std::string& path);

}  // namespace kedge::trace
