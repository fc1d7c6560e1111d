#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "harness/core/result.h"

namespace kedge::run {

/// The lines of a journal (README.md has the format). Each is a JSON object whose first member is
/// the CRC-32 of all bytes after it, so that a line is checked without being parsed.

/// First line of the file, without the line end.
std::string EncodeJournalHeader(const Json& fingerprint);
/// The fingerprint of a header line; the Error says what is wrong with it, without a place.
Result<Json> DecodeJournalHeader(std::string_view line);

/// One finished episode, without the line end. `trace_json` is one line of JSON.
std::string EncodeJournalRecord(std::string_view id, std::string_view trace_json);

struct JournalRecord {
  std::string id;
  std::string_view trace_json;  ///< part of the line that was decoded
};
Result<JournalRecord> DecodeJournalRecord(std::string_view line);

/// The first place where two fingerprints differ.
struct FingerprintDifference {
  std::string field;    ///< JSON Pointer; empty for the whole
  std::string message;  ///< "the journal has X, this run has Y"
};
/// nullopt when they are equal.
std::optional<FingerprintDifference> CompareFingerprints(const Json& journal, const Json& run);

}  // namespace kedge::run
