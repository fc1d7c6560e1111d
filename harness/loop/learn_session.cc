#include "harness/loop/learn_session.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "agent_ref/learner.h"
#include "agent_ref/llm/reflection.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/llm/model_file.h"
#include "harness/loop/trace_witness.h"
#include "harness/store/learner_view.h"
#include "harness/suite/suite.h"

namespace kedge::loop {
namespace {

agent_ref::LearnOptions LearnerOptions(const LearnSessionOptions& options,
                                       const suite::Suite* suite) {
  agent_ref::LearnOptions learner;
  learner.alpha = options.alpha;
  learner.min_support = options.min_support;
  learner.min_families = options.min_families;
  learner.min_effect = options.min_effect;
  learner.families = options.families;
  learner.kept_guidelines = {options.kept_guidelines.begin(), options.kept_guidelines.end()};
  learner.name = options.name;
  learner.generalise = GeneraliseOf(options.generalise);
  if (suite != nullptr) {
    learner.write_tools = WritingTools(*suite);
  } else if (learner.generalise == agent_ref::Generalise::kEffect) {
    throw UsageError("--generalise effect needs --suite, which tells what tools write");
  }
  return learner;
}

// Null when nobody can be asked: no suite, or one without a world, or none is wanted.
std::unique_ptr<TraceWitness> CallWitness(const LearnSessionOptions& options,
                                          const std::shared_ptr<const suite::Suite>& suite) {
  if (!options.witness || !suite || !suite->world()) return nullptr;
  if (options.suite_seed == 0 && options.variant == 0) return std::make_unique<TraceWitness>(suite);
  return std::make_unique<TraceWitness>(
      suite::Suite::Load(options.suite_folder,
                         {.seed = options.suite_seed, .split = "dev", .variant = options.variant}));
}

void RequireBorneOut(const LearnSessionOptions& options, const LearnSessionResult& result) {
  if (result.traces > 0 || result.set_apart.empty()) return;
  std::string found;
  for (const auto& [why, count] : result.set_apart) {
    found += (found.empty() ? "" : ", ") + why + " " + std::to_string(count);
  }
  throw BadData("the world of " + options.suite_folder + " bears out none of the traces (" + found +
                "); name the population they were made on with --suite-seed and --variant, or "
                "learn from them unseen with --no-witness")
      .At(options.trace_files.front());
}

// Kept for a model to look at: the learner keeps its own view of a trace.
bool IsForModel(const LearnSessionOptions& options, const trace::Trace& trace) {
  if (options.model_file.empty()) return false;
  return options.families.empty() || std::find(options.families.begin(), options.families.end(),
                                               trace.key.family) != options.families.end();
}

// Puts what a model proposes on top of what the offline learner found.
void AddReflection(const LearnSessionOptions& options, const std::vector<trace::Trace>& traces,
                   const strategy::Strategy& parent, agent_ref::LearnResult& learned) {
  const Document document = Document::Load(options.model_file);
  const llm::ModelSource source(llm::ReadModelOptions(
      document.root(), std::filesystem::path(options.model_file).parent_path().string()));
  agent_ref::ReflectionOptions reflection;
  reflection.model = source.options().model;
  reflection.proposals = {options.min_support, options.min_families};
  const std::unique_ptr<llm::ChatModel> model = source.Make();
  agent_ref::ReflectionResult result =
      agent_ref::Reflect(traces, learned.candidate, *model, reflection);
  for (strategy::Operation& operation : result.operations) {
    learned.operations.push_back(std::move(operation));
  }
  Json provenance = learned.candidate.provenance();
  provenance["reflection"] = {{"model", reflection.model},
                              {"operations", result.operations.size()}};
  learned.candidate = strategy::Apply(parent, parent.hash(), learned.operations, options.name,
                                      std::move(provenance));
  learned.report["reflection"] = std::move(result.report);
}

// A misspelt id must not quietly protect nothing.
void RequireGuidelines(const strategy::Strategy& parent, const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const strategy::Guideline& guideline : parent.guidelines()) known.push_back(guideline.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string nearest = NearestWord(id, known);
    throw UsageError("--keep: the parent has no guideline \"" + id + "\"" +
                     (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
  }
}

}  // namespace

agent_ref::Generalise GeneraliseOf(const std::string& name) {
  if (name == "tool") return agent_ref::Generalise::kTool;
  if (name == "effect") return agent_ref::Generalise::kEffect;
  throw UsageError("--generalise '" + name + "': expected tool or effect");
}

std::set<std::string> WritingTools(const suite::Suite& suite) {
  std::set<std::string> names;
  if (!suite.world()) return names;
  for (const world::ToolSpec& tool : suite.world()->tools()) {
    if (tool.writes) names.insert(tool.name);
  }
  return names;
}

LearnSessionResult RunLearnSession(const LearnSessionOptions& options) {
  if (options.trace_files.empty()) throw UsageError("no trace archive given (--traces FILE)");
  const strategy::Strategy parent = strategy::Strategy::Load(options.parent_folder);
  RequireGuidelines(parent, options.kept_guidelines);
  store::LearnerView view(options.suite_folder);
  agent_ref::Learner learner(LearnerOptions(options, view.suite().get()));
  const std::unique_ptr<TraceWitness> witness = CallWitness(options, view.suite());
  LearnSessionResult result;
  result.witnessed = witness != nullptr;
  std::vector<trace::Trace> traces;
  for (const std::string& file : options.trace_files) {
    view.ReadTraces(file, [&](trace::Trace&& trace) {
      const TraceDoubt doubt = witness ? witness->Examine(trace) : TraceDoubt::kNone;
      if (doubt != TraceDoubt::kNone) {
        ++result.set_apart[std::string(ToString(doubt))];
        return;
      }
      learner.Add(trace);
      ++result.traces;
      if (IsForModel(options, trace)) traces.push_back(std::move(trace));
    });
  }
  RequireBorneOut(options, result);
  agent_ref::LearnResult learned = learner.Finish(parent);
  if (!options.model_file.empty()) AddReflection(options, traces, parent, learned);
  learned.candidate.Save(options.output_folder);
  result.candidate_hash = learned.candidate.hash();
  result.operations = learned.operations.size();
  result.report = learned.report;
  result.report["witness"] = {{"asked", result.witnessed}, {"set_apart", result.set_apart}};
  return result;
}

}  // namespace kedge::loop
