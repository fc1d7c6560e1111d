#include "harness/run/journal_line.h"

#include <cstdint>
#include <set>

#include "harness/core/utf8.h"
#include "harness/run/crc32.h"

namespace kedge::run {
namespace {

constexpr std::string_view kJournalFormat = "kedge-journal/1";
constexpr std::string_view kSumStart = "{\"crc32\":\"";
constexpr std::string_view kSumEnd = "\",";
constexpr std::size_t kSumDigits = 8;
constexpr std::size_t kBodyStart = kSumStart.size() + kSumDigits + kSumEnd.size();
constexpr std::string_view kIdStart = "\"id\":";
constexpr std::string_view kTraceStart = ",\"trace\":";
constexpr std::size_t kMaxShownValue = 80;

std::string HexOf(std::uint32_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(kSumDigits, '0');
  for (std::size_t i = kSumDigits; i-- > 0; value >>= 4) text[i] = kDigits[value & 15u];
  return text;
}

std::string WithSum(std::string_view body) {
  std::string line;
  line.reserve(kBodyStart + body.size());
  line.append(kSumStart).append(HexOf(Crc32(body))).append(kSumEnd).append(body);
  return line;
}

// The bytes after the checksum, or nullopt when it is absent or does not match.
std::optional<std::string_view> CheckedBody(std::string_view line) {
  if (line.size() <= kBodyStart || !line.starts_with(kSumStart)) return std::nullopt;
  if (line.substr(kSumStart.size() + kSumDigits, kSumEnd.size()) != kSumEnd) return std::nullopt;
  const std::string_view body = line.substr(kBodyStart);
  if (line.substr(kSumStart.size(), kSumDigits) != HexOf(Crc32(body))) return std::nullopt;
  return body;
}

// Index just behind the JSON string that starts at `text[0]`; 0 when there is none.
std::size_t EndOfString(std::string_view text) {
  if (text.empty() || text[0] != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

Error DamagedLine() { return BadData("the line is damaged (its checksum does not match)"); }

std::string ShownValue(const Json& fingerprint, const Json::json_pointer& pointer) {
  try {
    return Elide(DumpJson(fingerprint.at(pointer)), kMaxShownValue);
  } catch (const Json::exception&) {  // contains() may throw as well, for an index beyond 64 bits
    return "nothing";
  }
}

}  // namespace

std::string EncodeJournalHeader(const Json& fingerprint) {
  std::string body = "\"fingerprint\":" + DumpJson(fingerprint) + ",\"format\":\"";
  body.append(kJournalFormat).append("\"}");
  return WithSum(body);
}

Result<Json> DecodeJournalHeader(std::string_view line) {
  if (!line.starts_with(kSumStart)) return Fail(BadData("this is not a kedge journal"));
  const std::optional<std::string_view> body = CheckedBody(line);
  if (!body) return Fail(DamagedLine());
  try {
    const Json header = ParseJson("{" + std::string(*body));
    if (!header.contains("format") || !header.contains("fingerprint")) {
      return Fail(BadData("this is not the header of a kedge journal"));
    }
    if (header.at("format") != kJournalFormat) {
      return Fail(BadData("the format is " + DumpJson(header.at("format")) + ", expected \"" +
                          std::string(kJournalFormat) + "\"; use the kedge that wrote it"));
    }
    return header.at("fingerprint");
  } catch (const Error& error) {
    return Fail(BadData(error.message()));
  }
}

std::string EncodeJournalRecord(std::string_view id, std::string_view trace_json) {
  std::string body;
  body.reserve(trace_json.size() + id.size() + 32);
  body.append(kIdStart).append(DumpJson(Json(id))).append(kTraceStart).append(trace_json);
  body.push_back('}');
  return WithSum(body);
}

Result<JournalRecord> DecodeJournalRecord(std::string_view line) {
  const std::optional<std::string_view> body = CheckedBody(line);
  if (!body || !body->starts_with(kIdStart)) return Fail(DamagedLine());
  const std::string_view rest = body->substr(kIdStart.size());
  const std::size_t id_end = EndOfString(rest);
  if (id_end == 0 || !rest.substr(id_end).starts_with(kTraceStart) || rest.back() != '}') {
    return Fail(DamagedLine());
  }
  const std::size_t trace_start = id_end + kTraceStart.size();
  JournalRecord record;
  try {
    record.id = ParseJson(rest.substr(0, id_end)).get<std::string>();
  } catch (const Error& error) {
    return Fail(BadData("the id: " + error.message()));
  }
  record.trace_json = rest.substr(trace_start, rest.size() - trace_start - 1);
  return record;
}

std::optional<FingerprintDifference> CompareFingerprints(const Json& journal, const Json& run) {
  if (journal == run) return std::nullopt;
  const Json flat_journal = journal.flatten();
  const Json flat_run = run.flatten();
  std::set<std::string> fields;
  for (const auto& [field, value] : flat_journal.items()) fields.insert(field);
  for (const auto& [field, value] : flat_run.items()) fields.insert(field);
  for (const std::string& field : fields) {
    const bool in_both = flat_journal.contains(field) && flat_run.contains(field);
    if (in_both && flat_journal.at(field) == flat_run.at(field)) continue;
    const Json::json_pointer pointer(field);
    return FingerprintDifference{field, "the journal has " + ShownValue(journal, pointer) +
                                            ", this run has " + ShownValue(run, pointer)};
  }
  // Flattening loses the difference between {}, [] and null only.
  return FingerprintDifference{"", "the journal has " + Elide(DumpJson(journal), kMaxShownValue) +
                                       ", this run has " + Elide(DumpJson(run), kMaxShownValue)};
}

}  // namespace kedge::run
