#pragma once

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// The figures of a comparison of recorded outcomes (`verdict.details`): both subjects by
/// themselves, tests and intervals, what was left out. Figures that are not there are left out.
void WriteComparisonFigures(HtmlWriter& html, const gate::Verdict& verdict);

}  // namespace kedge::reports
