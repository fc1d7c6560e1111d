#include "harness/cli/log_command.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/cli/champion_text.h"
#include "harness/core/clock.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/loop/open_store.h"

namespace kedge::cli {
namespace {

/// The score that may be told, absent where no ledger is kept.
std::string PublishedScore(const Json& verdict) {
  const auto published = verdict.find("published");
  if (published == verdict.end() || !published->is_object()) return "";
  const double score = published->value("score", 0.0);
  return fmt::format("  score {:.3f}{}", score,
                     published->value("raised", false) ? " (raised)" : "");
}

std::string VerdictText(const store::VerdictRow& row) {
  return fmt::format("{}  {:<18}  {:<12}  {} -> {}  {}{}", FormatTimestamp(row.unix_nanos),
                     row.verdict, EscapeControls(row.suite), row.champion_hash.substr(0, 12),
                     row.candidate_hash.substr(0, 12), row.digest.substr(0, 12),
                     PublishedScore(row.document));
}

std::string SeasonText(const store::SeasonAccount& season) {
  return fmt::format("ledger  {}  {} of {} candidates ({} open, {} promoted), fdr {}  champion {}",
                     EscapeControls(season.key.suite), season.candidates, season.size, season.open,
                     season.promoted, season.fdr, season.key.champion_hash.substr(0, 12));
}

Json SeasonJson(const store::SeasonAccount& season) {
  return {{"kind", "ledger_season"},
          {"suite", season.key.suite},
          {"suite_digest", season.key.suite_digest},
          {"champion", season.key.champion_hash},
          {"policy_digest", season.key.policy_digest},
          {"fdr", season.fdr},
          {"size", season.size},
          {"candidates", season.candidates},
          {"open", season.open},
          {"promoted", season.promoted}};
}

std::string VaultText(const store::VaultAccount& vault) {
  return fmt::format(
      "vault   {}  {} of {} questions, {} of {} failures ({} open), margin {}, {} tasks",
      EscapeControls(vault.terms.suite), vault.asked, vault.terms.queries, vault.failed,
      vault.terms.fails, vault.open, vault.terms.margin, vault.terms.tasks);
}

Json VaultJson(const store::VaultAccount& vault) {
  return {{"kind", "vault"},
          {"suite", vault.terms.suite},
          {"suite_digest", vault.terms.suite_digest},
          {"tasks", vault.terms.tasks},
          {"margin", vault.terms.margin},
          {"alpha", vault.terms.alpha},
          {"queries", vault.terms.queries},
          {"fails", vault.terms.fails},
          {"asked", vault.asked},
          {"failed", vault.failed},
          {"open", vault.open}};
}

class LogCommand : public Command {
 public:
  std::string name() const override { return "log"; }
  std::string summary() const override {
    return "List verdicts, newest first; with --all also promotions and budgets";
  }

  std::vector<Argument> arguments() override {
    return {{"--store", &store_file_, "History (SQLite)", "FILE"},
            {"-n,--number", &number_, "How many verdicts and promotions", "N"},
            {"--all", &all_, "Also promotions, the ledger's seasons and the vaults' budgets"},
            {"--json", &json_, "Print one JSON document per line"}};
  }

  int Run(Console& console) override {
    if (number_ < 1) throw UsageError("--number: expected 1 or more");
    const auto store = loop::OpenExistingStore(store_file_);
    for (const store::VerdictRow& row : store->Verdicts(number_)) {
      Line(console, row.document, VerdictText(row));
    }
    if (!all_) return 0;
    for (const store::ChampionChange& change : store->registry().Changes({}, number_)) {
      Line(console, ChangeJson(change), ChangeText(change));
    }
    for (const store::SeasonAccount& season : store->Seasons()) {
      Line(console, SeasonJson(season), SeasonText(season));
    }
    for (const store::VaultAccount& vault : store->vaults().Accounts()) {
      Line(console, VaultJson(vault), VaultText(vault));
    }
    return 0;
  }

 private:
  void Line(Console& console, const Json& json, const std::string& text) const {
    console.out << (json_ ? DumpJson(json) : text) << "\n";
  }

  std::string store_file_ = ".kedge/kedge.db";
  std::int64_t number_ = 20;
  bool all_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeLogCommand() { return std::make_unique<LogCommand>(); }

}  // namespace kedge::cli
