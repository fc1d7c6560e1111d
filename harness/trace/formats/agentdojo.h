#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Runs of AgentDojo (Debenedetti et al. 2024), one object per case: JSON Lines or one object per
/// file. Both shapes of `content` (text, list of blocks) are read.
///
/// The key: suite = `suite_name`, stratum = `attack_type` or "none", task = user task and
/// injection, cluster = user task. The outcome: success = `utility`. `security: true` means that
/// the attack succeeded, and only in runs with an attack: guard "attack_success" watches those,
/// denial-of-service attacks (where it is just "not utility") and attackers' goals run as user
/// tasks excepted. A run with `error` broke down: it is missing, and the values the source stored
/// for it are kept in `extra` only, unless `errors_as_recorded`.
inline constexpr const char* kAttackGuard = "attack_success";

/// Family of attackers' goals that were run as user tasks; they are no tasks of the agent's user.
inline constexpr const char* kInjectionAsUser = "injection_as_user";

bool IsAgentDojo(const JsonSlices& record);

Trace FromAgentDojo(Json&& record, const ReadOptions& options);

ReadReport ReadAgentDojo(const std::string& path, const ReadOptions& options,
                         const TraceSink& sink);

}  // namespace kedge::trace
