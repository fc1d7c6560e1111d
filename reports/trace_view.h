#pragma once

#include <string>

#include "harness/trace/trace.h"
#include "reports/html_writer.h"

namespace kedge::reports {

/// Both traces of a pair: outcomes side by side, the steps they share once (folded), then what each
/// did from the step where they part, which is marked. Either may be null. Bounded: long texts,
/// long traces and long lists of scores are cut, with what is left out.
void WriteTracePair(HtmlWriter& html, const trace::Trace* champion, const trace::Trace* candidate);

/// One trace as a list of steps.
void WriteTrace(HtmlWriter& html, const trace::Trace& trace);

}  // namespace kedge::reports
