#pragma once

namespace kedge::stats {

/// Mean paired gain on a set of tasks.
struct MeasuredGain {
  double mean = 0;
  double variance = 0;  ///< of the per-task paired differences, >= 0
  double n = 0;         ///< tasks, > 0
};

/// Does a candidate keep its gain on tasks it could not have fitted?
struct RewardHackingGap {
  double contrast = 0;  ///< gain(vault) - retain * gain(gate)
  double se = 0;
  double z = 0;            ///< contrast / se
  double p = 1;            ///< Phi(z): small when the vault keeps less than `retain` of the gain
  double gap = 0;          ///< gain(gate) - gain(vault)
  double gap_z = 0;        ///< gap over its standard error
  bool suspicion = false;  ///< z <= Phi^-1(0.05)
};

/// `retain` in [0, 1]; at least one variance positive; else Error(kBadData).
RewardHackingGap CompareVaultGain(const MeasuredGain& gate, const MeasuredGain& vault,
                                  double retain = 0.5);

}  // namespace kedge::stats
