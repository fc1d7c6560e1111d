#pragma once

#include <string>
#include <string_view>

#include "guards/detect/detector_rule.h"
#include "guards/detect/scan_engine.h"
#include "harness/core/error.h"

namespace kedge::guards {

/// Said again and again it makes a text that hurts the rule: what it nearly finds, and its keywords
/// side by side.
inline std::string HostilePiece(const DetectorRule& rule) {
  std::string piece = ExpandExample(rule.match_examples[0]);
  piece.resize(piece.size() * 2 / 3);
  for (const std::string& keyword : rule.keywords) piece += keyword;
  return piece;
}

/// A text with too many findings or views is refused, which ends a scan early.
inline void ScanOrRefuse(const ScanEngine& engine, std::string_view text) {
  try {
    engine.Scan(text, false);
  } catch (const Error&) {
  }
}

}  // namespace kedge::guards
