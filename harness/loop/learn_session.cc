#include "harness/loop/learn_session.h"

#include "agent_ref/learner.h"
#include "harness/core/error.h"
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

}  // namespace

LearnSessionResult RunLearnSession(const LearnSessionOptions& options) {
  if (options.trace_files.empty()) throw UsageError("no trace archive given (--traces FILE)");
  const strategy::Strategy parent = strategy::Strategy::Load(options.parent_folder);
  store::LearnerView view(options.suite_folder);
  agent_ref::Learner learner(LearnerOptions(options, view.suite().get()));
  LearnSessionResult result;
  for (const std::string& file : options.trace_files) {
    view.ReadTraces(file, [&](trace::Trace&& trace) {
      learner.Add(trace);
      ++result.traces;
    });
  }
  const agent_ref::LearnResult learned = learner.Finish(parent);
  learned.candidate.Save(options.output_folder);
  result.candidate_hash = learned.candidate.hash();
  result.operations = learned.operations.size();
  result.report = learned.report;
  return result;
}

}  // namespace kedge::loop
