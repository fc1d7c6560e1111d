#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kedge::agent_ref {

/// That an argument's value was taken from another source than usual. `source` is one of a rule's
/// `prefer`, or "message:N" (N from 2) for the N-th value that the message of an error quotes.
struct TakenFrom {
  std::string tool;  ///< whose argument it is
  std::string argument;
  std::string source;
};

/// How a decision says it: "take A of T from S".
std::string TakeChoice(const TakenFrom& taken);
/// What a choice that TakeChoice made says; nothing for any other choice.
std::optional<TakenFrom> TakenIn(std::string_view choice);
/// That nothing else came of it: "keep A of T".
std::string KeepChoice(std::string_view tool, std::string_view argument);
/// Whether KeepChoice made it.
bool IsKept(std::string_view choice);

/// An argument with a source that is tried for it, in one phrase: "A from S". So exploration orders
/// and reports name it.
std::string SourceName(const std::string& argument, const std::string& source);

/// The tool of a source "tool:NAME"; empty for any other source.
std::string ToolOfSource(const std::string& source);

inline constexpr char kFromMessage[] = "message";

}  // namespace kedge::agent_ref
