#pragma once

#include <string>
#include <vector>

#include "harness/strategy/strategy.h"

namespace kedge::guards {

/// A text that a change brings in.
struct AddedText {
  std::string what;  ///< guideline id, section name or layer/path
  std::string text;
  bool spoken = false;  ///< given to an agent; else it is a record's source or evidence
};

/// Every string that is in a change's new value and was not in its old one, keys included, in the
/// order of the document.
std::vector<AddedText> AddedTexts(const std::vector<strategy::Change>& changes);

/// Every string of a value, keys included.
std::vector<std::string> Strings(const Json& value);

/// The sentences of a text: split at `.`, `!`, `?`, `;` before white space, and at line ends.
std::vector<std::string> Sentences(const std::string& text);

}  // namespace kedge::guards
