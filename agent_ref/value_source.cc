#include "agent_ref/value_source.h"

namespace kedge::agent_ref {
namespace {

constexpr std::string_view kTake = "take ";
constexpr std::string_view kOf = " of ";
constexpr std::string_view kFrom = " from ";
constexpr std::string_view kKeep = "keep ";
constexpr std::string_view kToolSource = "tool:";

}  // namespace

std::string TakeChoice(const TakenFrom& taken) {
  return std::string(kTake) + taken.argument + std::string(kOf) + taken.tool + std::string(kFrom) +
         taken.source;
}

std::optional<TakenFrom> TakenIn(std::string_view choice) {
  if (choice.rfind(kTake, 0) != 0) return std::nullopt;
  const std::size_t of = choice.find(kOf, kTake.size());
  if (of == std::string_view::npos) return std::nullopt;
  const std::size_t tool = of + kOf.size();
  const std::size_t from = choice.find(kFrom, tool);
  if (from == std::string_view::npos) return std::nullopt;
  return TakenFrom{std::string(choice.substr(tool, from - tool)),
                   std::string(choice.substr(kTake.size(), of - kTake.size())),
                   std::string(choice.substr(from + kFrom.size()))};
}

std::string KeepChoice(std::string_view tool, std::string_view argument) {
  return std::string(kKeep) + std::string(argument) + std::string(kOf) + std::string(tool);
}

bool IsKept(std::string_view choice) { return choice.rfind(kKeep, 0) == 0; }

std::string SourceName(const std::string& argument, const std::string& source) {
  return argument + std::string(kFrom) + source;
}

std::string ToolOfSource(const std::string& source) {
  return source.rfind(kToolSource, 0) == 0 ? source.substr(kToolSource.size()) : std::string();
}

}  // namespace kedge::agent_ref
