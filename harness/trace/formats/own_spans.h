#pragma once

#include <optional>

#include "harness/trace/formats/span_tree.h"

namespace kedge::trace {

/// Attributes that kedge's own spans carry beside OpenTelemetry's: what those have no name for.
inline constexpr const char* kOwnTrace = "kedge.trace";  ///< of the root: JSON text
inline constexpr const char* kOwnStep = "kedge.step";    ///< JSON text of the step
inline constexpr const char* kOwnStepIndex = "kedge.step.index";
inline constexpr const char* kOwnObservation = "kedge.observation";  ///< of a call's span
inline constexpr const char* kOwnObservationIndex = "kedge.observation.index";

/// The trace in spans that otlp_writer.h wrote, exactly as it was; nullopt when they are somebody
/// else's or the root has not come. Steps that are missing are reported as oddities. Throws
/// Error(kBadData) when what the root says is no trace.
std::optional<Trace> TraceFromOwnSpans(const SpanTree& tree, ReadReport& report);

}  // namespace kedge::trace
