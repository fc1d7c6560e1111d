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

/// A label that a detector gives: to every text in which one of its packs finds something.
struct DetectedLabel {
  LabelMask label = 0;
  std::vector<std::shared_ptr<const DetectorPack>> packs;
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
  bool reads_results() const { return uses_labels || uses_facts || uses_readers || uses_results; }
};

}  // namespace kedge::guards
