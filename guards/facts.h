#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guards/place.h"
#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// Number of a fact store in a policy.
using FactStoreId = std::size_t;

/// The names of a policy's fact stores.
class FactNames {
 public:
  FactStoreId Add(const std::string& name);
  std::optional<FactStoreId> Find(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// A tool's `remember: {as, key, value}`: what of a successful result is kept, under which key.
struct Remember {
  FactStoreId store = 0;
  bool keyed = false;
  bool key_in_result = false;
  Place key;
  Place value;  ///< the whole result when empty

  static Remember Read(const Node& node, FactNames& names);
};

/// The facts of one episode. The newest fact of a key replaces the older. Bounded: beyond kMaxFacts
/// or kMaxBytes nothing new is kept, and full() says that an absent fact may have been one.
class FactTable {
 public:
  static constexpr std::size_t kMaxFacts = 1024;
  static constexpr std::size_t kMaxBytes = std::size_t{8} << 20;

  /// Keeps what `remember` says; a result without its key or value keeps nothing.
  void Store(const Remember& remember, const Json& arguments, const Json& result);
  /// nullptr when there is none. `key` null for a store without keys.
  const Json* Find(FactStoreId store, const Json& key) const;
  bool full() const { return full_; }
  void Reset();

 private:
  using Id = std::pair<FactStoreId, std::string>;
  struct Fact {
    Json value;
    std::size_t bytes = 0;
  };
  std::map<Id, Fact> facts_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace kedge::guards
