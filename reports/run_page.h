#pragma once

#include "reports/html_writer.h"
#include "reports/run_counts.h"

namespace kedge::reports {

/// Head of a run's page: how many succeeded, and the table of families, the worst first.
void WriteRunSummary(HtmlWriter& html, const RunCounts& total, const FamilyRunCounts& families);

}  // namespace kedge::reports
