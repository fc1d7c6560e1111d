#include "harness/loop/redaction.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::loop {

const std::vector<std::string>& DefaultRedactionPacks() {
  static const std::vector<std::string> packs = {"secrets/v1", "pii/v1", "pii-cards/v1"};
  return packs;
}

std::shared_ptr<const guards::Redactor> MakeRedactor(const RedactionOptions& options) {
  std::vector<std::string> packs;
  bool none = options.packs.empty();
  for (const std::string& name : options.packs) {
    if (name == "none") {
      none = true;
    } else if (name == "default") {
      packs.insert(packs.end(), DefaultRedactionPacks().begin(), DefaultRedactionPacks().end());
    } else {
      packs.push_back(name);
    }
  }
  if (none) {
    if (!packs.empty()) throw UsageError("redaction: 'none' stands alone");
    if (!options.key_file.empty()) throw UsageError("a redaction key needs packs to redact by");
    return nullptr;
  }
  std::sort(packs.begin(), packs.end());
  packs.erase(std::unique(packs.begin(), packs.end()), packs.end());
  DigestKey key =
      options.key_file.empty() ? DigestKey::Random() : DigestKey::LoadOrCreate(options.key_file);
  return std::make_shared<guards::Redactor>(guards::DetectorPack::Combine(packs), std::move(key));
}

std::string ToString(const guards::Redactor::Counts& counts) {
  std::string text;
  for (const auto& [rule, count] : counts) {
    text += (text.empty() ? "" : ", ") + rule + " " + std::to_string(count);
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace kedge::loop
