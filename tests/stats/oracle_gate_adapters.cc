// Whole runs of the sequential gate on fixed sequences.
#include <vector>

#include "harness/core/error.h"
#include "harness/stats/sequential_gate.h"
#include "tests/stats/oracle_runner.h"

namespace kedge::stats_oracle {
namespace {

stats::GateDesign Design(const Json& config) {
  stats::GateDesign d;
  d.alpha = config.at("alpha");
  d.alpha_block = config.at("alpha_block");
  d.beta = config.at("beta");
  d.delta_star = config.at("delta_star");
  d.delta_overall = config.at("delta_overall");
  d.psi0 = config.at("psi0");
  d.n_v = config.at("n_v");
  d.cap = config.at("c");
  d.max_pairs = config.at("max_pairs");
  d.guard_psi0 = config.at("guard_psi0");
  for (const Json& s : config.at("suites")) {
    stats::StratumDesign stratum;
    stratum.name = "s" + std::to_string(d.strata.size());
    stratum.weight = s.at("w");
    stratum.delta = s.at("delta");
    d.strata.push_back(stratum);
  }
  for (const Json& margin : config.at("guard_margins")) {
    d.guards.push_back({"g" + std::to_string(d.guards.size()), margin, std::nullopt});
  }
  return d;
}

// Reads '+', '-' and '0' one after the other.
class Sequence {
 public:
  explicit Sequence(const Json& text) : text_(text.get<std::string>()) {}
  double Next() {
    if (at_ >= text_.size()) throw BadData("the gate asked for more pairs than the case has");
    const char sign = text_[at_++];
    return sign == '+' ? 1 : sign == '-' ? -1 : 0;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::vector<Sequence> Sequences(const Json& texts) {
  std::vector<Sequence> sequences;
  for (const Json& text : texts) sequences.emplace_back(text);
  return sequences;
}

Json Report(const stats::SequentialGate& gate) {
  const stats::GateEvidence e = gate.Evidence();
  Json noninferior = Json::array();
  Json harm = Json::array();
  for (const auto& c : e.components) {
    noninferior.push_back(c.log_e_noninferior);
    harm.push_back(c.log_e_harm);
  }
  const std::string verdict(stats::ToString(gate.verdict()));
  return {{"verdict", verdict == "BLOCK" ? "BLOCK_REGRESSION" : verdict},
          {"rounds", gate.rounds()},
          {"pairs", gate.pairs()},
          {"log_e_sup", e.log_e_gain},
          {"log_e_fut", e.log_e_futile},
          {"log_e_oni", e.log_e_noninferior},
          {"log_e_oblk", e.log_e_loss},
          {"log_e_ni", noninferior},
          {"log_e_blk", harm},
          {"log_M_block", e.log_m_block}};
}

Json EndToEnd(const Json& in) {
  stats::SequentialGate gate(Design(in.at("config")));
  std::vector<Sequence> strata = Sequences(in.at("suite_sequences"));
  std::vector<Sequence> guards = Sequences(in.at("guard_sequences"));
  for (std::vector<int> round = gate.NextRound(); !round.empty(); round = gate.NextRound()) {
    for (const int s : round) {
      std::vector<double> guard_differences;
      for (Sequence& g : guards) guard_differences.push_back(g.Next());
      stats::PairObservation pair;
      pair.difference = strata.at(static_cast<std::size_t>(s)).Next();
      pair.guard_differences = guard_differences;
      gate.AddPair(s, pair);
    }
    gate.EndRound();
  }
  return Report(gate);
}

}  // namespace

void AddGateAdapters(std::map<std::string, Adapter>& adapters) {
  adapters.insert({{"gate_end_to_end", EndToEnd}});
}

}  // namespace kedge::stats_oracle
