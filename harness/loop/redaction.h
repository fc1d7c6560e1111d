#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guards/redact/redactor.h"
#include "harness/trace/trace.h"

namespace kedge::loop {

/// What is taken out of traces before they are written (guards/redact/redactor.h).
struct RedactionOptions {
  /// Detector packs: shipped names or files; "default" stands for DefaultRedactionPacks, "none"
  /// alone for nothing. Empty: nothing is taken out.
  std::vector<std::string> packs;
  /// 64 hexadecimal digits; made, readable by its owner only, when there is no such file. The same
  /// key gives the same placeholders again. Empty: a random key that nobody keeps.
  std::string key_file;
};

/// Secrets, personal data, payment cards.
const std::vector<std::string>& DefaultRedactionPacks();

/// Null when nothing is to be taken out. Throws Error(kUsage) for a key without packs and for
/// "none" among others, and as DetectorPack::Combine and DigestKey::LoadOrCreate do.
std::shared_ptr<const guards::Redactor> MakeRedactor(const RedactionOptions& options);

/// "email 3, payment-card 1"; "nothing" when nothing was replaced.
std::string ToString(const guards::Redactor::Counts& counts);

}  // namespace kedge::loop
