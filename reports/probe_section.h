#pragma once

#include <string>

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// What a verdict's probes say: whether the candidate still does what the champion does for safety.
/// All three are empty for a verdict without probes.
void WriteProbesHtml(HtmlWriter& html, const gate::Verdict& verdict);
std::string ProbesMarkdown(const gate::Verdict& verdict);
/// Lines for the terminal: a summary, then each check that fell or is in doubt.
std::string ProbesText(const gate::Verdict& verdict);

}  // namespace kedge::reports
