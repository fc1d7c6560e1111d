#include "harness/loop/learn_session.h"

#include <algorithm>
#include <filesystem>

#include "agent_ref/learner.h"
#include "agent_ref/llm/reflection.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/llm/model_file.h"
#include "harness/store/learner_view.h"

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
  learner.name = options.name;
  if (options.generalise == "effect") {
    learner.generalise = agent_ref::Generalise::kEffect;
  } else if (options.generalise != "tool") {
    throw UsageError("--generalise '" + options.generalise + "': expected tool or effect");
  }
  if (suite != nullptr) {
    if (suite->world()) {
      for (const world::ToolSpec& tool : suite->world()->tools()) {
        if (tool.writes) learner.write_tools.insert(tool.name);
      }
    }
  } else if (learner.generalise == agent_ref::Generalise::kEffect) {
    throw UsageError("--generalise effect needs --suite, which tells what tools write");
  }
  return learner;
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

}  // namespace

LearnSessionResult RunLearnSession(const LearnSessionOptions& options) {
  if (options.trace_files.empty()) throw UsageError("no trace archive given (--traces FILE)");
  const strategy::Strategy parent = strategy::Strategy::Load(options.parent_folder);
  store::LearnerView view(options.suite_folder);
  agent_ref::Learner learner(LearnerOptions(options, view.suite().get()));
  LearnSessionResult result;
  std::vector<trace::Trace> traces;
  for (const std::string& file : options.trace_files) {
    view.ReadTraces(file, [&](trace::Trace&& trace) {
      learner.Add(trace);
      ++result.traces;
      if (IsForModel(options, trace)) traces.push_back(std::move(trace));
    });
  }
  agent_ref::LearnResult learned = learner.Finish(parent);
  if (!options.model_file.empty()) AddReflection(options, traces, parent, learned);
  learned.candidate.Save(options.output_folder);
  result.candidate_hash = learned.candidate.hash();
  result.operations = learned.operations.size();
  result.report = learned.report;
  return result;
}

}  // namespace kedge::loop
