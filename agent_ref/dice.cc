#include "agent_ref/dice.h"

#include "harness/core/random.h"

namespace kedge::agent_ref {

Dice::Dice(std::uint64_t episode_seed, std::uint64_t model_seed, double slip_rate)
    : seed_(DeriveSeed(episode_seed, model_seed)), slip_rate_(slip_rate) {}

double Dice::Uniform(const std::string& label) { return UniformAt(seed_, label, drawn_[label]++); }

bool Dice::Slips(std::string_view point, std::string_view a, std::string_view b,
                 std::string_view c) {
  if (slip_rate_ <= 0) return false;
  std::string label = "slip";
  for (const std::string_view part : {point, a, b, c}) {
    label += '/';
    label += part;
  }
  return Uniform(label) < slip_rate_;
}

}  // namespace kedge::agent_ref
