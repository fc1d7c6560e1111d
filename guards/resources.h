#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "guards/allow_list.h"
#include "guards/detect/detector.h"
#include "guards/facts.h"
#include "guards/labels/label_names.h"

namespace kedge::guards {

/// A label that a detector gives: to every text in which its pack finds something.
struct DetectedLabel {
  LabelMask label = 0;
  std::shared_ptr<const DetectorPack> pack;
  bool onward = false;  ///< to the text from the first finding on only
};

/// What the rules of a policy share, and what they turn out to need.
struct Resources {
  LabelNames labels;
  AllowLists allow;
  FactNames facts;
  std::vector<DetectedLabel> detected;
  std::map<std::string, std::string> pack_digests;  ///< of every pack in use, by name

  LabelMask asked_labels = 0;  ///< that some word names
  bool uses_labels = false;    ///< some word asks for provenance
  bool uses_facts = false;
  bool uses_readers = false;
  bool uses_results = false;  ///< some word reads results

  /// The detector packs that `node` names (one or a list) as one; notes its digest. Fails at an
  /// unknown name.
  std::shared_ptr<const DetectorPack> UsePacks(const Node& node,
                                               const std::vector<std::string>& allowed_hosts = {});
  std::shared_ptr<const DetectorPack> UsePack(const Node& node, const std::string& name);
  /// Reads the policy's `labels: {NAME: {packs: [...]}}`.
  void ReadLabels(const Node& node);
  bool reads_results() const { return uses_labels || uses_facts || uses_readers || uses_results; }
};

}  // namespace kedge::guards
