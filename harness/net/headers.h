#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge::net {

/// The header fields of an HTTP message in their order; names compare without regard to ASCII case
/// (RFC 9110, section 5.1). Value type.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void Add(std::string name, std::string value);
  /// Replaces all fields of that name by one.
  void Set(std::string name, std::string value);
  /// The first field of that name; valid until this changes.
  std::optional<std::string_view> Find(std::string_view name) const;
  /// Find, or empty.
  std::string_view Get(std::string_view name) const;
  void Clear() { fields_.clear(); }
  /// True if a name or value holds \r or \n, which would let it end the header.
  bool HoldsLineBreak() const;

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// Equal but for the case of ASCII letters.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

/// The media type of a Content-Type value in lower case, without parameters:
/// "text/event-stream" of "Text/Event-Stream; charset=utf-8".
std::string MediaType(std::string_view content_type);

}  // namespace kedge::net
