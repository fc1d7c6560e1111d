#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guards/detect/detector_rule.h"

namespace kedge::guards {

/// The rules of one pack and the digest of its files.
struct RulePack {
  std::string name;
  std::string digest;  ///< SHA-256 over the names and bytes of its files
  std::vector<std::unique_ptr<DetectorRule>> rules;
};

/// One file of a pack.
struct PackFile {
  std::string name;
  std::string text;
};

/// Reads the files of one pack (YAML, `version: detectors/v1`, format in README.md): strict, every
/// rule with examples; ids are unique in the pack. Throws Error(kBadData) with file, line and
/// field.
RulePack ReadRulePack(const std::vector<PackFile>& files);

/// Runs every example of the pack, each rule alone; throws Error(kBadData) that names the first
/// example whose outcome differs, or the first expression that does not compile.
void CheckExamples(const RulePack& pack);

/// The packs that come with the program, by name; empty when there is none of that name.
std::vector<PackFile> ShippedPackFiles(const std::string& pack);
std::vector<std::string> ShippedPackNames();

}  // namespace kedge::guards
