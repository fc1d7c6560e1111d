#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/gate/verdict.h"
#include "harness/trace/trace.h"
#include "reports/report.h"

namespace kedge::reports {

/// A verdict of this kind with strata, families, guards, resources and two flips.
gate::Verdict SampleVerdict(gate::VerdictKind kind);

/// A verdict and traces in which every outside text is `text`.
gate::Verdict VerdictSaying(const std::string& text);
trace::Trace TraceSaying(const std::string& text);

/// A retail episode; candidates take one more step.
trace::Trace SampleTrace(std::string_view arm, std::string_view task_id, bool success);
ReportContext SampleContext();

/// What is wrong with the nesting of `html`'s elements; empty when every element is closed in
/// order.
std::string Unbalanced(const std::string& html);

/// Names of the files in a folder.
std::vector<std::string> FilesIn(const std::string& folder);

}  // namespace kedge::reports
