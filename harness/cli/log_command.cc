#include "harness/cli/log_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "harness/core/clock.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/store/store.h"

namespace kedge::cli {
namespace {

class LogCommand : public Command {
 public:
  std::string name() const override { return "log"; }
  std::string summary() const override { return "List the verdicts of the history, newest first"; }

  std::vector<Argument> arguments() override {
    return {{"--store", &store_file_, "History (SQLite)", "FILE"},
            {"-n,--number", &number_, "How many", "N"},
            {"--json", &json_, "Print one JSON document per line"}};
  }

  int Run(Console& console) override {
    if (number_ < 1) throw UsageError("--number: expected 1 or more");
    if (!std::filesystem::exists(store_file_)) {
      throw Error(ErrorKind::kMissingInput, "there is no history yet").At(store_file_);
    }
    for (const store::VerdictRow& row : store::Store::Open(store_file_)->Verdicts(number_)) {
      if (json_) {
        console.out << DumpJson(row.document) << "\n";
        continue;
      }
      console.out << fmt::format("{}  {:<18}  {:<12}  {} -> {}  {}\n",
                                 FormatTimestamp(row.unix_nanos), row.verdict,
                                 EscapeControls(row.suite), row.champion_hash.substr(0, 12),
                                 row.candidate_hash.substr(0, 12), row.digest.substr(0, 12));
    }
    return 0;
  }

 private:
  std::string store_file_ = ".kedge/kedge.db";
  std::int64_t number_ = 20;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeLogCommand() { return std::make_unique<LogCommand>(); }

}  // namespace kedge::cli
