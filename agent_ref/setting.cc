#include "agent_ref/setting.h"

namespace kedge::agent_ref {
namespace {

constexpr std::string_view kSet = "set ";
constexpr std::string_view kTo = " to ";

std::string Plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

}  // namespace

std::string SettingName(const std::string& argument, const Json& value) {
  return argument + "=" + Plain(value);
}

std::string SettingChoice(const std::string& argument, const Json& value) {
  return std::string(kSet) + argument + std::string(kTo) + Plain(value);
}

std::string ArgumentSet(std::string_view choice) {
  if (choice.rfind(kSet, 0) != 0) return "";
  const std::size_t end = choice.find(kTo, kSet.size());
  if (end == std::string_view::npos) return "";
  return std::string(choice.substr(kSet.size(), end - kSet.size()));
}

}  // namespace kedge::agent_ref
