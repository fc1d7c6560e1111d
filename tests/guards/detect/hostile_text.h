#pragma once

#include <string>
#include <string_view>

#include "guards/detect/detector.h"
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

/// Said again and again each makes a view of the text busy: folding, decoding, joining, links.
inline constexpr const char* kViewPieces[] = {"plain words ",
                                              "\xE2\x80\x8B",
                                              "\xEF\xBD\x81",
                                              "\xD0\xB0"
                                              "bc ",
                                              "aWdub3JlIGFsbCBwcmV2 ",
                                              "%41",
                                              "&#65;",
                                              "\\u0041",
                                              "\\ud83d",
                                              "vtaber ",
                                              "erongi ",
                                              "1gn0re ",
                                              "i g n o r e ",
                                              "i ",
                                              "a.",
                                              "\xF3\xA0\x81\xA1",
                                              "\xF3\xA0\x84\x80",
                                              "69676e6f7265616c ",
                                              "@",
                                              "a@b.c",
                                              "1-",
                                              "GB82 ",
                                              "[",
                                              "](",
                                              "://",
                                              "href=",
                                              "<",
                                              "eyJ",
                                              "-----begin ",
                                              "\xC3",
                                              "0123456789012345"};

/// A text with too many findings or views is refused, which ends a scan early.
inline void ScanOrRefuse(const ScanEngine& engine, std::string_view text) {
  try {
    engine.Scan(text, false);
  } catch (const Error&) {
  }
}

inline void ScanOrRefuse(const DetectorPack& pack, std::string_view text) {
  try {
    pack.Scan(text);
  } catch (const Error&) {
  }
}

}  // namespace kedge::guards
