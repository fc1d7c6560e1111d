#pragma once

#include <string>
#include <vector>

#include "guards/change/leak_index.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// What of a suite's tasks is secret, for guards::LeakIndex. Public texts have to be added first.

/// What everybody may know: all of the champion, and what the tools say of themselves.
void AddPublicTexts(const strategy::Strategy& champion, const suite::Suite& suite,
                    guards::LeakIndex& index);
/// The tasks that may be learned from.
void AddDevTexts(const suite::Suite& suite, guards::LeakIndex& index);
/// The tasks of `split`, "gate" or "vault", with their answers.
void AddHiddenTexts(const suite::Suite& suite, const char* split, guards::LeakIndex& index);

/// Names of the world's tools; empty without a world.
std::vector<std::string> ToolNames(const suite::Suite& suite);

}  // namespace kedge::loop
