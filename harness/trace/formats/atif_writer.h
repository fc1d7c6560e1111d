#pragma once

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// A trace as one ATIF document, version 1.7 (formats/atif.h says what stands where), validated.
/// What the format has no place for (decisions, guards, results of calls of other steps, calls made
/// by a user) is in `extra.kedge` of its step, so that reading gives the same trace. Throws
/// Error(kBadData) for a trace that the format cannot hold: one without steps.
Json ToAtif(const Trace& trace);

/// Checks the rules of ATIF 1.7 that its reference models enforce: required members and their
/// types, no unknown members, steps numbered from 1 without gaps, agent-only fields on agent steps
/// only, call ids unique in their step, every result naming a call of its own step. Throws
/// Error(kBadData) that names the field.
void ValidateAtif(const Json& document);

}  // namespace kedge::trace
