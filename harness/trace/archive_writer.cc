#include "harness/trace/archive_writer.h"

#include "harness/trace/jsonl.h"

namespace kedge::trace {

void ArchiveWriter::Write(const Trace& trace) {
  file_.Write(ToJsonLine(trace));
  file_.Write("\n");
}

}  // namespace kedge::trace
