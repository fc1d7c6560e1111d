// Any bytes as a journal, with their checksums put right or as they are: it is opened or refused
// with an Error, and one that was opened takes another episode and opens again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/run/journal.h"
#include "harness/run/journal_line.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/journal_bytes.h"

namespace {

const kedge::Json kFingerprint = {{"seed", 1}, {"arms", {"champion", "candidate"}}};
constexpr char kNew[] = "candidate/new/0";

std::int64_t Open(const std::string& path, bool append) {
  kedge::run::Journal journal(path, kFingerprint);
  for (const char* id : {"candidate/a/0", "champion/a/0"}) {
    try {
      (void)journal.FindOutcome(id);
    } catch (const kedge::Error&) {
    }
  }
  if (append && !journal.FindTrace(kNew)) {
    kedge::trace::Trace trace;
    trace.id = kNew;
    trace.outcome.emplace();
    journal.Append(trace);
    if (journal.FindTrace(kNew) != trace) std::abort();
  }
  return journal.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kedge::SetLogLevel(kedge::LogLevel::kError);
  std::string text(reinterpret_cast<const char*>(data), size);
  // The last byte says how far the input is helped on its way.
  const int help = text.empty() ? 0 : text.back() % 3;
  if (help == 2) text = kedge::run::EncodeJournalHeader(kFingerprint) + "\n" + text;
  if (help > 0) text = kedge::fuzz::WithRightSums(text);
  const std::string& path =
      kedge::fuzz::InputFile(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  std::int64_t episodes = 0;
  try {
    episodes = Open(path, true);
  } catch (const kedge::Error&) {
    return 0;
  }
  if (Open(path, false) != episodes) std::abort();
  return 0;
}
