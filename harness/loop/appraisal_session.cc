#include "harness/loop/appraisal_session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/appraisal_episodes.h"
#include "harness/loop/appraisal_static.h"
#include "harness/loop/session_context.h"
#include "harness/strategy/import/playbook_file.h"
#include "harness/suite/suite.h"

namespace kedge::loop {
namespace {

using reports::AppraisedItem;
using reports::ItemClass;

std::shared_ptr<const suite::Suite> LoadTasks(const AppraisalSessionOptions& options,
                                              const char* split, std::int64_t tasks) {
  return suite::Suite::Load(options.suite_folder, {.seed = options.suite_seed,
                                                   .split = split,
                                                   .tasks_per_family = tasks,
                                                   .variant = options.variant,
                                                   .data = options.data});
}

std::vector<std::string> IdsIn(const strategy::Strategy& strategy) {
  std::vector<std::string> ids;
  for (const strategy::Guideline& guideline : strategy.guidelines()) ids.push_back(guideline.id);
  return ids;
}

std::string StemOf(const std::string& report_file) {
  return report_file.ends_with(".json") ? report_file.substr(0, report_file.size() - 5)
                                        : report_file;
}

/// An item on its way through the session.
struct Case {
  PreparedItem prepared;
  AppraisedItem item;
  std::vector<strategy::GuidelineSource> sources;
};

class Session {
 public:
  Session(const AppraisalSessionOptions& options, const agent::AgentFactory& agents,
          const Clock& clock, Observer& observer)
      : options_(options),
        context_(agents, clock, observer, options.policy_file),
        champion_(strategy::Strategy::Load(options.champion_folder)) {
    if (options.activate && (options.traces_file.empty() || options.suite_folder.empty())) {
      throw UsageError(
          "--activate puts rules in force that rest on traces: give --suite and --traces FILE");
    }
    if (!options.suite_folder.empty()) all_splits_ = LoadTasks(options, "all", 0);
  }

  AppraisalSessionResult Run() {
    ReadItems();
    JudgeByWords();
    if (all_splits_) JudgeByEpisodes();
    return Write();
  }

 private:
  void ReadItems() {
    const strategy::ForeignPlaybook playbook = strategy::LoadForeignPlaybook(options_.playbook);
    appraisal_.playbook = options_.playbook;
    appraisal_.format = playbook.format;
    appraisal_.champion_hash = champion_.hash();
    appraisal_.alpha = options_.alpha;
    if (all_splits_) appraisal_.suite = all_splits_->name();
    for (const strategy::SkippedItem& skipped : playbook.skipped) {
      appraisal_.skipped.push_back({{"id", skipped.id},
                                    {"why", skipped.why},
                                    {"file", skipped.file},
                                    {"line", skipped.line}});
    }
    const std::vector<std::string> tools = KnownTools(champion_, all_splits_.get());
    const std::vector<std::string> taken = IdsIn(champion_);
    for (const strategy::PlaybookItem& item : playbook.items) {
      Case one{PrepareItem(item, playbook.format, tools, taken), {}, {}};
      one.item.id = one.prepared.id;
      one.item.text = item.text;
      one.item.file = item.file;
      one.item.line = item.line;
      const strategy::Guideline& guideline = one.prepared.guideline;
      if (one.prepared.has_rule) {
        one.item.rule = {{"when", guideline.when}, {"then", guideline.then}};
        if (!guideline.unless.is_null()) one.item.rule["unless"] = guideline.unless;
      }
      cases_.push_back(std::move(one));
    }
  }

  void JudgeByWords() {
    const StaticJudge judge(champion_, context_.rules.policy, all_splits_.get());
    for (Case& one : cases_) {
      if (judge.Decide(one.prepared, one.item)) continue;
      const bool testable = one.prepared.has_rule || options_.agent_reads;
      if (testable && all_splits_) {
        to_run_.push_back(&one);
      } else {
        one.item.notes.push_back(testable ? "no suite was given, so nothing was run"
                                          : "only text: not testable without a model (--agent)");
      }
    }
  }

  void JudgeByEpisodes() {
    const AppraisalEpisodes episodes{context_.rules.policy,
                                     context_.rules.guard_policy,
                                     LoadTasks(options_, "dev", options_.tasks),
                                     context_.agents,
                                     context_.clock,
                                     context_.observer,
                                     options_.threads,
                                     options_.run_seed};
    std::optional<trace::ArchiveWriter> archive;
    if (options_.activate) archive.emplace(options_.traces_file);
    const ArmResult champion = RunArm(episodes, champion_, "", nullptr);
    appraisal_.champion_episodes = static_cast<std::int64_t>(champion.episodes.size());
    appraisal_.champion_successes =
        std::count_if(champion.episodes.begin(), champion.episodes.end(),
                      [](const EpisodeResult& result) { return result.success; });
    std::vector<ItemTests> tests;
    std::vector<AppraisedItem*> items;
    for (Case* one : to_run_) {
      ArmResult with_item =
          RunArm(episodes, WithItem(champion_, one->prepared),
                 one->prepared.has_rule ? one->prepared.id : "", archive ? &*archive : nullptr);
      tests.push_back(ComparePairs(episodes, champion, with_item, one->item));
      items.push_back(&one->item);
      one->sources = std::move(with_item.sources);
    }
    DecideItems(context_.rules.policy, options_.alpha, tests, items);
    if (!archive) return;
    archive->Finish();
    for (Case* one : to_run_) {
      if (one->item.kind != ItemClass::kHelps || HasSources(*one)) continue;
      one->item.notes.push_back(
          "not put in force: too few episodes without a broken guard to rest on");
    }
  }

  // Enough for what the change guard asks of a rule's provenance.
  bool HasSources(const Case& one) const {
    return static_cast<std::int64_t>(one.sources.size()) >= context_.rules.policy.change.min_traces;
  }

  // Every item is in the candidate; those that help may be in force.
  std::vector<strategy::Operation> Operations() const {
    std::vector<strategy::Operation> operations;
    for (const Case& one : cases_) {
      strategy::Operation operation = one.prepared.quarantined;
      operation.value["evidence"]["imported"]["class"] = reports::ToString(one.item.kind);
      const bool helps = one.prepared.has_rule && one.item.kind == ItemClass::kHelps;
      if (options_.activate && helps && HasSources(one)) {
        strategy::Guideline guideline = one.prepared.guideline;
        guideline.sources = one.sources;
        operation.value["status"] = "active";
        operation.value["sources"] = ToJson(guideline)["sources"];
        operation.value["support"] = one.sources.size();
      }
      operations.push_back(std::move(operation));
    }
    return operations;
  }

  AppraisalSessionResult Write() {
    const strategy::Strategy candidate =
        strategy::Apply(champion_, champion_.hash(), Operations(), champion_.name() + "-imported",
                        {{"made_by", "import"}, {"split", "dev"}});
    for (Case& one : cases_) appraisal_.items.push_back(std::move(one.item));
    candidate.Save(options_.output_folder);
    if (!options_.report_file.empty()) {
      const std::string stem = StemOf(options_.report_file);
      WriteFileAtomic(stem + ".json", PrettyJson(ToJson(appraisal_)) + "\n");
      WriteFileAtomic(stem + ".md", AppraisalMarkdown(appraisal_));
      WriteAppraisalHtml(stem + ".html", appraisal_, "kedge " + options_.version);
    }
    return {std::move(appraisal_), candidate.hash()};
  }

  const AppraisalSessionOptions& options_;
  const SessionContext context_;
  const strategy::Strategy champion_;
  std::shared_ptr<const suite::Suite> all_splits_;  // null: no suite was given
  reports::Appraisal appraisal_;
  std::vector<Case> cases_;
  std::vector<Case*> to_run_;
};

}  // namespace

AppraisalSessionResult RunAppraisalSession(const AppraisalSessionOptions& options,
                                           const agent::AgentFactory& agents, const Clock& clock,
                                           Observer& observer) {
  return Session(options, agents, clock, observer).Run();
}

}  // namespace kedge::loop
