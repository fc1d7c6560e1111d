#include "harness/gate/certificate.h"

#include <fmt/format.h>

#include <filesystem>

#include "harness/core/clock.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::gate {
namespace {

constexpr const char* kFormat = "kedge-certificate/1";
constexpr std::int64_t kDayNanos = std::int64_t{86'400} * 1'000'000'000;
// Clocks of two machines may differ by so much.
constexpr std::int64_t kClockSlackNanos = std::int64_t{600} * 1'000'000'000;
constexpr std::size_t kFlakyShown = 15;

Json RateJson(const MeasuredRate& rate) {
  return {{"count", rate.count}, {"rate", rate.rate}, {"low", rate.low}, {"high", rate.high}};
}

Json GatesJson(const UnchangedAgent& found) {
  return {{"gates", found.gates},
          {"wrongful_promote", RateJson(found.promoted)},
          {"wrongful_block", RateJson(found.blocked)},
          {"no_difference", found.no_difference},
          {"inconclusive", found.inconclusive},
          {"mean_pairs", found.mean_pairs}};
}

Json OptionalNumber(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json NoiseJson(const Noise& noise) {
  Json flaky = Json::array();
  for (const FlakyTask& task : noise.flaky) {
    flaky.push_back({{"task_id", task.task_id},
                     {"family", task.family},
                     {"stratum", task.stratum},
                     {"runs", task.runs},
                     {"mean", task.mean}});
  }
  return {{"tasks", noise.tasks},
          {"runs", noise.runs},
          {"mean", noise.mean},
          {"aa_discordance", OptionalNumber(noise.aa_discordance)},
          {"sigma_between", OptionalNumber(noise.sigma_between)},
          {"sigma_within", OptionalNumber(noise.sigma_within)},
          {"icc", OptionalNumber(noise.icc)},
          {"flaky_tasks", std::move(flaky)}};
}

std::string RateLine(const char* name, const MeasuredRate& rate, double allowed) {
  return fmt::format("  {:<18}{:>6} of {:<6} {:>6.2f} %  95 % [{:.2f}, {:.2f}]  allowed {:.2f} %\n",
                     name, rate.count, rate.of, 100 * rate.rate, 100 * rate.low, 100 * rate.high,
                     100 * allowed);
}

std::string GatesText(const char* what, const UnchangedAgent& found, const Certificate& c) {
  return fmt::format("{} {}, {:.0f} pairs on average:\n", found.gates, what, found.mean_pairs) +
         RateLine("wrongful PROMOTE", found.promoted, c.alpha) +
         RateLine("wrongful BLOCK", found.blocked, c.alpha_block) +
         fmt::format("  HOLD_NO_DIFFERENCE {}, HOLD_INCONCLUSIVE {}\n", found.no_difference,
                     found.inconclusive);
}

std::string NoiseText(const Noise& noise) {
  std::string text = fmt::format("noise over {} runs of {} tasks: mean {:.3f}", noise.runs,
                                 noise.tasks, noise.mean);
  if (noise.aa_discordance) {
    text += fmt::format(", two runs of one task differ by {:.4f} (psi of no change)",
                        *noise.aa_discordance);
    text += fmt::format("\n  sigma between tasks {:.3f}, within a task {:.3f}",
                        *noise.sigma_between, *noise.sigma_within);
  }
  if (noise.icc) text += fmt::format(", ICC {:.2f}", *noise.icc);
  text += fmt::format("\nflaky tasks: {} of {}\n", noise.flaky.size(), noise.tasks);
  for (std::size_t i = 0; i < noise.flaky.size() && i < kFlakyShown; ++i) {
    const FlakyTask& task = noise.flaky[i];
    text += fmt::format("  {:<34} mean {:.2f} of {} runs\n",
                        Elide(EscapeControls(task.task_id), 34), task.mean, task.runs);
  }
  if (noise.flaky.size() > kFlakyShown) {
    text += fmt::format("  {} more in the certificate\n", noise.flaky.size() - kFlakyShown);
  }
  return text;
}

// All members but the digest, in the form that is hashed.
std::string ContentDigest(Json json) {
  json.erase("digest");
  return JsonDigest(json);
}

std::optional<std::string> Mismatch(const Node& root, const CertificateSubject& subject) {
  const auto differs = [&](const char* key, const std::string& here) {
    return root["subject"][key].String() != here;
  };
  if (differs("suite_digest", subject.suite_digest)) return "another suite";
  if (differs("champion", subject.champion_hash)) return "another champion";
  if (differs("rules_digest", subject.rules_digest)) return "other rules";
  if (differs("agent", subject.agent)) return "another agent program";
  return std::nullopt;
}

std::optional<std::string> AgeProblem(const Node& root, std::int64_t max_age_days,
                                      std::int64_t now) {
  const std::int64_t created = root["created_unix_nanos"].Int(0);
  if (created > now + kClockSlackNanos) return "is dated in the future";
  const std::int64_t days = (now - created) / kDayNanos;
  if (now - created <= max_age_days * kDayNanos) return std::nullopt;
  return fmt::format("is {} days old, the policy allows {}", days, max_age_days);
}

std::optional<std::string> Problem(const Node& root, std::int64_t max_age_days,
                                   const CertificateSubject& subject, std::int64_t now) {
  if (root["digest"].String() != ContentDigest(root.json())) return "was changed after it was made";
  if (const auto other = Mismatch(root, subject)) return "is about " + *other;
  if (auto age = AgeProblem(root, max_age_days, now)) return age;
  if (!root["fits"].Bool()) return "says that the gate's error rates are above their levels";
  return std::nullopt;
}

}  // namespace

CertificateSubject SubjectOf(const GateInputs& inputs) {
  return {inputs.suite->digest(), inputs.champion.hash(),
          RulesDigest(inputs.policy, inputs.guard_policy.get()), inputs.agents.fingerprint()};
}

std::string RulesDigest(const GatePolicy& policy, const guards::Policy* guard_policy) {
  GatePolicy rules = policy;
  rules.ledger.reset();
  rules.vault.reset();
  rules.certificate.reset();
  rules.change = {};
  rules.drift = {};
  return PolicyDigest(rules, guard_policy);
}

Json ToJson(const Certificate& c) {
  Json json = {{"format", kFormat},
               {"suite", c.suite},
               {"champion", c.champion},
               {"subject",
                {{"suite_digest", c.subject.suite_digest},
                 {"champion", c.subject.champion_hash},
                 {"rules_digest", c.subject.rules_digest},
                 {"agent", c.subject.agent}}},
               {"created", FormatTimestamp(c.created_unix_nanos)},
               {"created_unix_nanos", c.created_unix_nanos},
               {"alpha", c.alpha},
               {"alpha_block", c.alpha_block},
               {"episodes", c.episodes},
               {"missing_episodes", c.missing},
               {"resampled", GatesJson(c.resampled)},
               {"end_to_end", GatesJson(c.end_to_end)},
               {"noise", NoiseJson(c.noise)},
               {"fits", c.fits}};
  json["digest"] = ContentDigest(json);
  return json;
}

std::string CertificateText(const Certificate& c) {
  std::string text =
      fmt::format("{} against itself on {}: {} episodes, {} missing\n", EscapeControls(c.champion),
                  EscapeControls(c.suite), c.episodes, c.missing);
  text += GatesText("gates over pairs drawn from these runs", c.resampled, c);
  if (c.end_to_end.gates > 0) {
    text += GatesText("gates with episodes of their own", c.end_to_end, c);
  }
  text += NoiseText(c.noise);
  return text + (c.fits ? "CERTIFIED: the error rates fit the policy's levels\n"
                        : "NOT CERTIFIED: an error rate is shown to be above its level\n");
}

std::optional<Reason> FindCertificateProblem(const std::string& file, std::int64_t max_age_days,
                                             const CertificateSubject& subject,
                                             std::int64_t now_unix_nanos) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return Reason{"uncertified",
                  "The policy wants a certificate, and there is none: " + file + "."};
  }
  const Node root = Document::Load(file).root();
  root["format"].OneOf({kFormat});
  const std::optional<std::string> problem = Problem(root, max_age_days, subject, now_unix_nanos);
  if (!problem) return std::nullopt;
  return Reason{"uncertified", "The certificate " + file + " " + *problem + "."};
}

}  // namespace kedge::gate
