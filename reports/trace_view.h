#pragma once

#include <string>

#include "harness/trace/trace.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// Both traces of a pair side by side, the first step where they part marked. Either may be null.
void WriteTracePair(HtmlWriter& html, const trace::Trace* champion, const trace::Trace* candidate);

/// One trace as a list of steps.
void WriteTrace(HtmlWriter& html, const trace::Trace& trace);

}  // namespace kedge::reports
