#pragma once

namespace kedge::cli {

/// SIGINT and SIGTERM ask a run to end after the episodes under way (a second one ends the
/// program at once); SIGPIPE is ignored, so that writing to a closed pipe is an ordinary error.
void HandleSignals();

}  // namespace kedge::cli
