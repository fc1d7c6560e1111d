#pragma once

#include "harness/gate/verdict.h"
#include "reports/html_writer.h"
#include "reports/report.h"

namespace kedge::reports {

/// Every task whose outcome differs, losses first; with both traces for the first
/// `context.max_flips`, as long as the page stays below `max_page_bytes`.
void WriteFlips(HtmlWriter& html, const gate::Verdict& verdict, const ReportContext& context,
                std::size_t max_page_bytes);

}  // namespace kedge::reports
