#include "harness/cli/champion_text.h"

#include <fmt/format.h>

#include "harness/core/clock.h"
#include "harness/core/utf8.h"

namespace kedge::cli {

Json ChangeJson(const store::ChampionChange& change) {
  return {{"kind", "champion_change"},
          {"id", change.id},
          {"time", FormatTimestamp(change.unix_nanos)},
          {"scope", change.scope},
          {"action", change.action},
          {"from", change.from_hash},
          {"to", change.to_hash},
          {"files_digest", change.files_digest},
          {"verdict_digest", change.verdict_digest},
          {"by", change.approved_by},
          {"reason", change.reason},
          {"tested", change.tested_hash.empty() ? change.to_hash : change.tested_hash}};
}

std::string ChangeText(const store::ChampionChange& change) {
  std::string text = fmt::format("{}  {:<18}  {:<12}  ", FormatTimestamp(change.unix_nanos),
                                 change.action, EscapeControls(change.scope));
  if (!change.from_hash.empty()) text += change.from_hash.substr(0, 12) + " -> ";
  text += change.to_hash.substr(0, 12);
  if (!change.tested_hash.empty()) text += " (tested as " + change.tested_hash.substr(0, 12) + ")";
  if (!change.verdict_digest.empty()) text += "  verdict " + change.verdict_digest.substr(0, 12);
  if (!change.approved_by.empty()) {
    text += "  by " + EscapeControls(change.approved_by) + ": " + EscapeControls(change.reason);
  }
  return text;
}

}  // namespace kedge::cli
