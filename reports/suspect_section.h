#pragma once

#include <string>
#include <vector>

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// "learned-x (added): lost 38, 36 of 38 regained without it": one line for each suspect that
/// running the lost tasks again confirms.
std::vector<std::string> ConfirmedSuspects(const gate::Verdict& verdict);

/// Which rules are behind the lost pairs. All three are empty for a verdict without suspects, and
/// the text and the Markdown also when no rule stands out.
void WriteSuspectsHtml(HtmlWriter& html, const gate::Verdict& verdict);
std::string SuspectsMarkdown(const gate::Verdict& verdict);
std::string SuspectsText(const gate::Verdict& verdict);

}  // namespace kedge::reports
