#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

/// What went wrong, as the exit code that the program ends with (sysexits.h).
enum class ErrorKind : int {
  kUsage = 64,         ///< the command line is wrong
  kBadData = 65,       ///< an input file or message breaks its format
  kMissingInput = 66,  ///< an input file does not exist or cannot be opened
  kUnavailable = 69,   ///< a service or program that was asked for does not answer
  kInternal = 70,      ///< a defect of kedge itself
  kIo = 74,            ///< reading or writing failed midway
  kTemporary = 75,     ///< trying again later may work (locked store, interrupted run)
  kNotPermitted = 77,  ///< policy, budget or file permissions forbid it
};

/// The one exception type of kedge. Thrown where an operation cannot go on; failures that are
/// ordinary data (a bad record in a batch, an agent that crashed) are values instead, see result.h.
///
/// The text reads from the outside in: "reading suite retail: suite.yaml:12: strata[0].weight:
/// expected a number above 0". A message says what to do where that is not obvious.
/// Copyable, immutable after the throw apart from AddContext; not thread-safe.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message);

  /// Names the place: `line` is 1-based, 0 when the format has no lines; `field` is a path such as
  /// `strata[0].weight`, empty when the whole file is meant. Returns *this, for use in a throw.
  Error& At(std::string file, std::int64_t line = 0, std::string field = {});

  /// Puts "what: " in front of the text; callers add what they were doing, outermost last.
  Error& AddContext(std::string_view what);

  ErrorKind kind() const noexcept { return kind_; }
  int exit_code() const noexcept { return static_cast<int>(kind_); }
  const std::string& message() const noexcept { return message_; }
  const std::string& file() const noexcept { return file_; }
  std::int64_t line() const noexcept { return line_; }
  const std::string& field() const noexcept { return field_; }

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void Render();

  ErrorKind kind_;
  std::string message_;
  std::string file_;
  std::int64_t line_ = 0;
  std::string field_;
  std::vector<std::string> context_;  // innermost first
  std::string text_;
};

/// Short names for the common throws.
[[nodiscard]] Error BadData(std::string message);
[[nodiscard]] Error UsageError(std::string message);
[[nodiscard]] Error InternalError(std::string message);
[[nodiscard]] Error IoError(std::string message);

}  // namespace kedge
