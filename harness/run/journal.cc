#include "harness/run/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/process/unique_fd.h"
#include "harness/run/journal_line.h"
#include "harness/run/journal_scan.h"
#include "harness/run/offset_index.h"
#include "harness/trace/jsonl.h"

namespace kedge::run {
namespace {

process::UniqueFd OpenJournalFile(const std::string& path) {
  process::UniqueFd fd(open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.is_open()) {
    const ErrorKind kind =
        errno == EACCES || errno == EROFS ? ErrorKind::kNotPermitted : ErrorKind::kIo;
    throw Error(kind, std::string("cannot open the journal: ") + std::strerror(errno)).At(path);
  }
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(ErrorKind::kTemporary,
                "another kedge process is using this journal; wait for it or choose another one")
        .At(path);
  }
  return fd;
}

}  // namespace

struct Journal::State {
  std::string path;
  process::UniqueFd fd;
  mutable std::mutex mutex;  // guards everything below
  std::int64_t end = 0;      // size of the file: all complete lines
  OffsetIndex index;         // by StableHash64 of the id, so that long ids cost nothing

  void Load(const Json& fingerprint);
  void CheckHeader(std::string_view line, const Json& fingerprint) const;
  void IndexRecord(std::int64_t line_number, std::int64_t offset, const JournalRecord& record);
  void CutTail(std::int64_t keep);
  void WriteLine(std::string line);
  std::optional<std::int64_t> Find(const std::string& id) const;
};

void Journal::State::CheckHeader(std::string_view line, const Json& fingerprint) const {
  Result<Json> found = DecodeJournalHeader(line);
  if (!found) throw Error(found.error()).At(path, 1);
  const std::optional<FingerprintDifference> difference = CompareFingerprints(*found, fingerprint);
  if (!difference) return;
  throw Error(ErrorKind::kNotPermitted,
              "the journal belongs to another run: " + difference->message +
                  "; repeat that run's command, or use another journal (or delete this one) to "
                  "start anew")
      .At(path, 1, "fingerprint" + difference->field);
}

void Journal::State::IndexRecord(std::int64_t line_number, std::int64_t offset,
                                 const JournalRecord& record) {
  if (!index.Insert(StableHash64(record.id), offset)) {
    throw BadData("episode " + record.id + " is recorded twice").At(path, line_number, "id");
  }
}

// A line may be damaged by a lost write only if it is the last one; a damaged line that others
// follow means that the file was changed, and then nothing in it can be trusted silently.
void Journal::State::Load(const Json& fingerprint) {
  std::optional<Error> damage;
  std::int64_t damage_offset = 0;
  std::int64_t lines = 0;
  end = ScanLines(fd.get(), path,
                  [&](std::int64_t number, std::int64_t offset, std::string_view line) {
                    lines = number;
                    if (damage) throw *damage;
                    if (number == 1) return CheckHeader(line, fingerprint);
                    Result<JournalRecord> record = DecodeJournalRecord(line);
                    if (record) return IndexRecord(number, offset, *record);
                    damage = record.error().At(path, number);
                    damage_offset = offset;
                  });
  const std::int64_t size = lseek(fd.get(), 0, SEEK_END);
  if (damage) end = damage_offset;
  if (lines == 0 && size > 0) {
    const std::string expected = EncodeJournalHeader(fingerprint);
    if (!expected.starts_with(ReadAll(fd.get(), path))) {
      throw BadData("this is not a kedge journal").At(path, 1);
    }
  }
  if (end < size) CutTail(end);
  if (lines == 0) WriteLine(EncodeJournalHeader(fingerprint));
}

void Journal::State::CutTail(std::int64_t keep) {
  if (ftruncate(fd.get(), keep) != 0) {
    throw IoError(std::string("cannot cut off a torn line: ") + std::strerror(errno)).At(path);
  }
  Log(LogLevel::kInfo, path + ": the last line was torn; its episode is run again");
}

// One write(2) to a file opened for appending: when it returns, the bytes belong to the kernel and
// outlive this process.
void Journal::State::WriteLine(std::string line) {
  line.push_back('\n');
  ssize_t written = -1;
  do {
    written = write(fd.get(), line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(line.size())) {
    end += written;
    return;
  }
  const std::string reason = written < 0 ? std::strerror(errno) : "no space left";
  // The half line must go, or the next append would join it; if even that fails, opening cuts it.
  if (ftruncate(fd.get(), end) != 0) Log(LogLevel::kWarning, path + ": a torn line remains");
  throw IoError("cannot write the journal: " + reason).At(path);
}

std::optional<std::int64_t> Journal::State::Find(const std::string& id) const {
  const std::uint64_t key = StableHash64(id);
  const std::lock_guard lock(mutex);
  return index.Find(key);
}

Journal::Journal(const std::string& path, const Json& fingerprint)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->fd = OpenJournalFile(path);
  state_->Load(fingerprint);
}

Journal::~Journal() = default;

void Journal::Append(const trace::Trace& trace) {
  std::string line = EncodeJournalRecord(trace.id, trace::ToJsonLine(trace));
  const std::uint64_t key = StableHash64(trace.id);
  const std::lock_guard lock(state_->mutex);
  if (state_->index.Find(key)) {
    throw InternalError("episode " + trace.id + " was run twice").At(state_->path);
  }
  const std::int64_t offset = state_->end;
  state_->WriteLine(std::move(line));
  state_->index.Insert(key, offset);
}

std::optional<trace::Trace> Journal::FindTrace(const std::string& episode_id) const {
  const std::optional<std::int64_t> offset = state_->Find(episode_id);
  if (!offset) return std::nullopt;
  const std::string line = ReadLineAt(state_->fd.get(), state_->path, *offset);
  Result<JournalRecord> record = DecodeJournalRecord(line);
  if (!record) throw Error(record.error()).At(state_->path).AddContext("episode " + episode_id);
  if (record->id != episode_id) return std::nullopt;
  return trace::FromJsonLine(record->trace_json, state_->path, 0).ValueOrThrow();
}

std::optional<trace::Outcome> Journal::FindOutcome(const std::string& episode_id) const {
  std::optional<trace::Trace> trace = FindTrace(episode_id);
  if (!trace) return std::nullopt;
  if (!trace->outcome) {
    throw BadData("episode " + episode_id + " has no outcome").At(state_->path, 0, "outcome");
  }
  return std::move(trace->outcome);
}

std::int64_t Journal::size() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<std::int64_t>(state_->index.size());
}

}  // namespace kedge::run
