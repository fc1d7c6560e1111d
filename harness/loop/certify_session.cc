#include "harness/loop/certify_session.h"

#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "harness/loop/gate_steps.h"
#include "harness/run/paired_run.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kFewestGates = 100;

void CheckOptions(const CertifySessionOptions& options) {
  if (options.trials < 2 || options.trials > 1000) {
    throw UsageError("--trials: expected 2 to 1000 runs of every task");
  }
  if (options.resampled_gates < kFewestGates || options.resampled_gates > 1'000'000) {
    throw UsageError("--replications: expected 100 to 1000000 gates");
  }
  if (options.end_to_end_gates < 0 || options.end_to_end_gates > 10'000) {
    throw UsageError("--gates: expected 0 to 10000");
  }
}

/// What all parts of one certification share.
struct Certification {
  const CertifySessionOptions& options;
  GateRules rules;
  strategy::Strategy champion;
  std::shared_ptr<const suite::Suite> suite;
  const agent::AgentFactory& agents;
  const Clock& clock;
  Observer& observer;

  gate::GateInputs Inputs(std::uint64_t seed) const {
    gate::GateInputs inputs{suite,
                            champion,
                            champion,
                            agents,
                            rules.policy,
                            rules.guard_policy,
                            rules.policy.alpha,
                            std::nullopt,
                            seed,
                            options.threads,
                            suite->user_noise(),
                            clock,
                            &observer};
    inputs.independent_arms = true;
    return inputs;
  }
};

// What no gate looks at is not kept: a bank holds thousands of outcomes.
trace::Outcome Slim(trace::Outcome outcome) {
  outcome.scores.clear();
  outcome.end_detail.clear();
  return outcome;
}

gate::ChampionBank FillBank(const Certification& session) {
  const gate::GateInputs inputs = session.Inputs(session.options.run_seed);
  Json fingerprint = gate::Fingerprint(inputs);
  fingerprint["kind"] = "certify";
  fingerprint["trials"] = session.options.trials;
  run::Journal journal(session.options.output_folder + "/bank.jsonl", fingerprint);
  gate::ChampionBank bank;
  bank.runs.resize(session.suite->tasks().size());
  std::size_t next = 0;
  run::RunAll(session.suite, session.champion, session.agents, session.rules.guard_policy,
              session.options.trials, session.options.run_seed, &journal,
              gate::EpisodeRules(inputs), session.clock, &session.observer,
              [&](const trace::Trace& episode) {
                const auto trials = static_cast<std::size_t>(session.options.trials);
                bank.runs[next++ / trials].push_back(Slim(*episode.outcome));
              });
  return bank;
}

// Seeds of the fresh gates have nothing to do with those of the bank.
std::vector<gate::Verdict> RunFreshGates(const Certification& session) {
  const std::uint64_t fresh = DeriveSeed(session.options.run_seed, "fresh gates");
  std::vector<gate::Verdict> verdicts;
  for (std::int64_t i = 0; i < session.options.end_to_end_gates; ++i) {
    const gate::GateInputs inputs =
        session.Inputs(DeriveSeed(fresh, static_cast<std::uint64_t>(i)));
    run::Journal journal(
        session.options.output_folder + "/gate-" + std::to_string(i + 1) + ".jsonl",
        gate::Fingerprint(inputs));
    verdicts.push_back(gate::RunGate(inputs, journal));
  }
  return verdicts;
}

void CountEpisodes(const gate::ChampionBank& bank, const std::vector<gate::Verdict>& verdicts,
                   gate::Certificate& certificate) {
  for (const std::vector<trace::Outcome>& runs : bank.runs) {
    for (const trace::Outcome& run : runs) {
      ++certificate.episodes;
      certificate.missing += run.status == trace::EpisodeStatus::kMissing ? 1 : 0;
    }
  }
  for (const gate::Verdict& verdict : verdicts) {
    certificate.episodes += verdict.episodes;
    certificate.missing += verdict.missing_episodes;
  }
}

gate::Certificate Certify(const Certification& session) {
  const gate::GateInputs inputs = session.Inputs(session.options.run_seed);
  gate::PlanGate(inputs);  // a gate that would be refused cannot be certified
  const gate::ChampionBank bank = FillBank(session);
  gate::Certificate certificate;
  certificate.subject = gate::SubjectOf(inputs);
  certificate.suite = session.suite->name();
  certificate.champion = session.champion.name();
  certificate.alpha = session.rules.policy.alpha;
  certificate.alpha_block = session.rules.policy.alpha_block;
  certificate.noise =
      gate::MeasureNoise(gate::RepeatsOf(bank, *session.suite, session.rules.policy.use_score));
  certificate.resampled =
      gate::JudgeUnchanged(inputs, bank, session.options.resampled_gates, session.options.run_seed);
  const std::vector<gate::Verdict> verdicts = RunFreshGates(session);
  certificate.end_to_end = gate::CountVerdicts(verdicts);
  CountEpisodes(bank, verdicts, certificate);
  certificate.fits = certificate.resampled.Fits(session.rules.policy) &&
                     certificate.end_to_end.Fits(session.rules.policy);
  certificate.created_unix_nanos = session.clock.UnixNanos();
  return certificate;
}

}  // namespace

CertifySessionResult RunCertifySession(const CertifySessionOptions& options,
                                       const agent::AgentFactory& agents, const Clock& clock,
                                       Observer& observer) {
  CheckOptions(options);
  const Certification session{
      options,
      LoadGateRules(options.policy_file),
      strategy::Strategy::Load(options.champion_folder),
      suite::Suite::Load(options.suite_folder,
                         {.seed = options.suite_seed, .variant = options.variant}),
      agents,
      clock,
      observer};
  MakeFolders(options.output_folder);
  CertifySessionResult result{Certify(session), options.certificate_file.empty()
                                                    ? options.output_folder + "/certificate.json"
                                                    : options.certificate_file};
  WriteFileAtomic(result.file, PrettyJson(gate::ToJson(result.certificate)) + "\n");
  return result;
}

}  // namespace kedge::loop
