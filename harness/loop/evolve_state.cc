#include "harness/loop/evolve_state.h"

#include <filesystem>

#include "harness/core/document.h"
#include "harness/core/error.h"

namespace kedge::loop {
namespace {

constexpr const char* kFormat = "kedge-evolution/1";

Json IntervalJson(const gate::Interval& interval) {
  return {{"estimate", interval.estimate},
          {"low", interval.low},
          {"high", interval.high},
          {"level", interval.level}};
}

gate::Interval ReadInterval(const Node& node) {
  node.AllowKeys({"estimate", "low", "high", "level"});
  return {node["estimate"].Number(-1, 1), node["low"].Number(-1, 1), node["high"].Number(-1, 1),
          node["level"].Number(0, 1)};
}

Json ScoreJson(const reports::HeldOutScore& score) {
  return {{"tasks", score.tasks},
          {"successes", score.successes},
          {"rate", IntervalJson(score.rate)},
          {"over_last", IntervalJson(score.over_last)},
          {"over_start", IntervalJson(score.over_start)}};
}

reports::HeldOutScore ReadScore(const Node& node) {
  node.AllowKeys({"tasks", "successes", "rate", "over_last", "over_start"});
  return {node["tasks"].Int(0), node["successes"].Int(0), ReadInterval(node["rate"]),
          ReadInterval(node["over_last"]), ReadInterval(node["over_start"])};
}

Json ProposalJson(const reports::EvolutionProposal& proposal) {
  Json reasons = Json::array();
  for (const gate::Reason& reason : proposal.reasons) {
    reasons.push_back({{"code", reason.code}, {"text", reason.text}});
  }
  return {{"learner", proposal.how},
          {"champion", proposal.champion_hash},
          {"candidate", proposal.candidate_hash},
          {"folder", proposal.folder},
          {"rules", proposal.rules},
          {"verdict", proposal.verdict},
          {"reasons", std::move(reasons)},
          {"verdict_digest", proposal.verdict_digest},
          {"pairs", proposal.pairs},
          {"promoted", proposal.promoted}};
}

reports::EvolutionProposal ReadProposal(const Node& node) {
  node.AllowKeys({"learner", "champion", "candidate", "folder", "rules", "verdict", "reasons",
                  "verdict_digest", "pairs", "promoted"});
  reports::EvolutionProposal proposal;
  proposal.how = node["learner"].NonEmptyString();
  proposal.champion_hash = node["champion"].String();
  proposal.candidate_hash = node["candidate"].String();
  proposal.folder = node["folder"].String();
  proposal.rules = node["rules"].Strings();
  proposal.verdict = node["verdict"].NonEmptyString();
  for (const Node& reason : node["reasons"].Items()) {
    reason.AllowKeys({"code", "text"});
    proposal.reasons.push_back({reason["code"].String(), reason["text"].String()});
  }
  proposal.verdict_digest = node["verdict_digest"].String();
  proposal.pairs = node["pairs"].Int(0);
  proposal.promoted = node["promoted"].Bool();
  return proposal;
}

Json GenerationJson(const reports::EvolutionGeneration& generation) {
  Json proposals = Json::array();
  for (const reports::EvolutionProposal& proposal : generation.proposals) {
    proposals.push_back(ProposalJson(proposal));
  }
  return {{"generation", generation.number},
          {"episodes", generation.episodes},
          {"successes", generation.successes},
          {"set_apart", generation.set_apart},
          {"champion_before", generation.champion_before},
          {"champion_after", generation.champion_after},
          {"champion_folder", generation.champion_folder},
          {"candidates", std::move(proposals)},
          {"held_out", ScoreJson(generation.held_out)}};
}

reports::EvolutionGeneration ReadGeneration(const Node& node, std::int64_t number) {
  node.AllowKeys({"generation", "episodes", "successes", "set_apart", "champion_before",
                  "champion_after", "champion_folder", "candidates", "held_out"});
  reports::EvolutionGeneration generation;
  generation.number = node["generation"].Int(number, number);
  generation.episodes = node["episodes"].Int(0);
  generation.successes = node["successes"].Int(0);
  for (const auto& [why, count] : node["set_apart"].Members()) {
    generation.set_apart[why] = count.Int(0);
  }
  generation.champion_before = node["champion_before"].NonEmptyString();
  generation.champion_after = node["champion_after"].NonEmptyString();
  generation.champion_folder = node["champion_folder"].NonEmptyString();
  for (const Node& proposal : node["candidates"].Items()) {
    generation.proposals.push_back(ReadProposal(proposal));
  }
  generation.held_out = ReadScore(node["held_out"]);
  return generation;
}

void RequireSame(const Json& found, const Json& wanted, const std::string& path) {
  for (const auto& [key, value] : wanted.items()) {
    if (found.contains(key) && found[key] == value) continue;
    throw Error(ErrorKind::kNotPermitted,
                "another evolution lives here: its " + key + " is " +
                    (found.contains(key) ? DumpJson(found[key]) : std::string("not known")) +
                    ", not " + DumpJson(value) +
                    "; give it the same options or choose another folder (--out)")
        .At(path);
  }
}

}  // namespace

Json EvolutionToJson(const reports::Evolution& evolution, const Json& fingerprint) {
  Json generations = Json::array();
  for (const reports::EvolutionGeneration& generation : evolution.generations) {
    generations.push_back(GenerationJson(generation));
  }
  return {{"format", kFormat},
          {"fingerprint", fingerprint},
          {"suite", evolution.suite},
          {"start", {{"strategy", evolution.start_hash}, {"held_out", ScoreJson(evolution.start)}}},
          {"generations", std::move(generations)}};
}

std::optional<reports::Evolution> LoadEvolution(const std::string& path, const Json& fingerprint) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const Document document = Document::Load(path);
  const Node root = document.root();
  root.AllowKeys({"format", "fingerprint", "suite", "start", "generations"});
  root["format"].OneOf({kFormat});
  RequireSame(root["fingerprint"].json(), fingerprint, path);
  reports::Evolution evolution;
  evolution.suite = root["suite"].NonEmptyString();
  root["start"].AllowKeys({"strategy", "held_out"});
  evolution.start_hash = root["start"]["strategy"].NonEmptyString();
  evolution.start = ReadScore(root["start"]["held_out"]);
  for (const Node& generation : root["generations"].Items()) {
    const auto number = static_cast<std::int64_t>(evolution.generations.size()) + 1;
    evolution.generations.push_back(ReadGeneration(generation, number));
  }
  return evolution;
}

}  // namespace kedge::loop
