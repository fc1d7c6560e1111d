#pragma once

#include <string>
#include <vector>

#include "guards/tool_catalog.h"
#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// What two calls must have in common to be "the same" to a rule: the tool, all arguments, or the
/// values at some places of the arguments.
struct KeySpec {
  bool tool = false;
  bool arguments = false;
  std::vector<std::string> pointers;

  bool operator==(const KeySpec&) const = default;

  /// Reads the word `same`: a JSON Pointer, or a list of `tool`, `args` and pointers.
  static KeySpec Read(const Node& node);
  /// For people: "order_id", "tool and args".
  std::string Describe() const;
};

/// Number of a KeySpec in a policy.
using KeySpecId = std::size_t;

/// The distinct KeySpecs of a policy: a key is computed once per event however many rules use it.
class KeySpecs {
 public:
  KeySpecId Add(const KeySpec& spec);
  const KeySpec& operator[](KeySpecId id) const { return specs_[id]; }
  std::size_t size() const { return specs_.size(); }

 private:
  std::vector<KeySpec> specs_;
};

/// Appends an unambiguous rendering of the key to `out`. Equal values give equal keys: 1 and 1.0
/// agree, 1 and "1" do not. False when a place is absent; `missing` then says which.
bool AppendKey(const KeySpec& spec, const std::string& tool, const Json& arguments,
               std::string& out, const std::string*& missing);

}  // namespace kedge::guards
