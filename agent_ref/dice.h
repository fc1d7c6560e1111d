#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace kedge::agent_ref {

/// The random draws of one episode. A draw is a pure function of the seed, the decision point's
/// label and how often that label was drawn before, so a change elsewhere never shifts it.
/// Not thread-safe.
class Dice {
 public:
  Dice(std::uint64_t episode_seed, std::uint64_t model_seed, double slip_rate);
  /// Uniform in [0, 1).
  double Uniform(const std::string& label);
  /// True with the slip rate.
  bool Slips(std::string_view point, std::string_view a, std::string_view b = {},
             std::string_view c = {});

 private:
  std::uint64_t seed_;
  double slip_rate_;
  std::map<std::string, std::uint64_t> drawn_;
};

}  // namespace kedge::agent_ref
