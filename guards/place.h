#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// A value and where it is.
struct Placed {
  std::string pointer;
  const Json* value = nullptr;
};

/// A JSON Pointer in which a segment `*` stands for every element of an array or member of an
/// object: `/*/recipient`. Immutable.
class Place {
 public:
  Place() = default;
  /// Fails unless `text` is such a pointer; "" (or "/") is the whole value.
  static Place Read(const Node& node, std::string_view text);

  /// Appends what is there. False when something is missing: the container of a `*`, or a part of
  /// one of its elements. An empty container is no lack. O(size of what the stars visit).
  bool Select(const Json& value, std::vector<Placed>& out) const;
  /// True if the path `segments` is this place or lies inside of it.
  bool Covers(const std::vector<std::string>& segments) const;

  const std::string& text() const { return text_; }
  bool has_star() const;

 private:
  bool Walk(const Json& value, std::size_t at, std::string& pointer,
            std::vector<Placed>& out) const;

  std::string text_;
  std::vector<std::string> segments_;
};

/// Every text leaf (strings; numbers as JSON prints them) with its pointer below `pointer`.
struct Leaf {
  std::string pointer;
  std::string text;
  bool is_text = true;  ///< a string or a number
  bool is_null = false;
};
std::vector<Leaf> LeavesOf(const Json& value, const std::string& pointer);

}  // namespace kedge::guards
