#pragma once

#include <string>

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// The behaviour part of a verdict, in each form; nothing without one. The class comes first, then
/// the numbers behind it: improvement, harm, drift index, every score that changed (all of them in
/// HTML), and what the signs of gaming say.
void WriteDriftHtml(HtmlWriter& html, const gate::Verdict& verdict);
std::string DriftMarkdown(const gate::Verdict& verdict);
std::string DriftLines(const gate::Verdict& verdict);

/// One line: what the class means for a reader.
const char* ClassSentence(gate::BehaviourClass behaviour_class);

}  // namespace kedge::reports
