#include "guards/key_table.h"

#include "harness/core/digest.h"

namespace kedge::guards {
namespace {

// Longer keys are kept as their digest, so that the table is bounded in bytes as well.
constexpr std::size_t kMaxKeyBytes = 128;

}  // namespace

std::optional<std::uint32_t> KeyTable::Intern(std::string_view key) {
  std::string digest;
  if (key.size() > kMaxKeyBytes) {
    digest = "sha256:" + Sha256Hex(key);
    key = digest;
  }
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  if (ids_.size() >= kMaxKeys) return std::nullopt;
  const auto id = static_cast<std::uint32_t>(ids_.size());
  ids_.emplace(key, id);
  return id;
}

}  // namespace kedge::guards
