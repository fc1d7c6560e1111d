#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/gate/verdict.h"

namespace kedge::reports {

/// What the production alarm made of a fault that came after the promotion.
struct PlantedAlarm {
  std::int64_t alarms = 0;        ///< streams in which it went off after the change
  std::int64_t false_alarms = 0;  ///< ... before it
  double mean_delay = 0;          ///< graded traces from the change to the alarm
  std::int64_t longest_delay = 0;
  double best_delay = 0;  ///< of the alarm that knows both means, for the same means
  double in_control = 0;  ///< mean success that the alarm takes for in control
  double before = 0;      ///< success in the window after the promotion
  double after = 0;       ///< success after the change
};

/// A class of planted candidates and what became of it.
struct PlantedRow {
  std::string name;
  std::string kind;    ///< "witness", "statistical", "good", "alarm"
  std::string fault;   ///< what is wrong with it; of a good one, what it is
  std::string reason;  ///< that a witness must be stopped for
  std::string
      not_planted;  ///< why this suite or champion cannot have the fault; then all counts are 0
  std::int64_t gates = 0;
  std::int64_t promoted = 0;
  std::int64_t named = 0;  ///< stopped with `reason` among the verdict's reasons
  std::map<std::string, std::int64_t> verdicts;
  /// Of the candidates that were not promoted: reason codes, and in how many gates.
  std::map<std::string, std::int64_t> reasons;
  /// Candidate minus champion on tasks that no gate saw; nullopt where the documents decide.
  std::optional<gate::Interval> effect;
  std::int64_t effect_tasks = 0;
  std::optional<PlantedAlarm> alarm;
};

/// Poisoned traces (or memory items) in a batch that a learner was given, and what became of them.
struct PoisonRow {
  std::string channel;    ///< where they came in
  std::string principal;  ///< "one" stranger or "many"
  std::int64_t count = 0;
  bool witnessed = false;        ///< the traces of the batch were tried on the world first
  std::int64_t refused = 0;      ///< traces that a learner may not read
  std::int64_t set_apart = 0;    ///< traces that the world did not bear out
  std::int64_t learned = 0;      ///< poisoned rules that reached the change guard
  std::int64_t denied = 0;       ///< of those, dropped for a reason of the change guard
  std::int64_t promoted = 0;     ///< of those, in a promoted candidate
  std::int64_t honest = 0;       ///< honest rules of the batch
  std::int64_t honest_kept = 0;  ///< of those, in a promoted candidate
  std::map<std::string, std::int64_t> reasons;  ///< of the change guard and of gates that refused
};

/// Error rates of a kind, over all its classes.
struct PlantedRate {
  std::int64_t gates = 0;
  std::int64_t promoted = 0;
  double bar = 0;          ///< the share that may at most (bad) or must at least (good) be promoted
  gate::Interval promote;  ///< exact 95 %
};

struct PlantedTable {
  std::string suite;
  std::string champion;
  std::int64_t seeds = 0;
  std::vector<PlantedRow> rows;
  std::vector<PoisonRow> poison;
  PlantedRate bad, good;  ///< statistical classes and good ones, pooled
  bool holds = false;     ///< every bar is met
};

/// Exact two-sided 95 % interval of a count.
gate::Interval ExactShare(std::int64_t count, std::int64_t of);

/// `kedge-planted/1`.
Json ToJson(const PlantedTable& table);
/// One HTML file with no outside request. Atomic.
void WritePlantedHtml(const std::string& path, const PlantedTable& table,
                      const std::string& footer);
/// The same as GitHub-flavoured Markdown.
std::string PlantedMarkdown(const PlantedTable& table);
/// A line a class and the pooled rates, for a terminal.
std::string PlantedText(const PlantedTable& table);

}  // namespace kedge::reports
