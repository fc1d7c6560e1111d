// A process agent that answers every task with its own instruction: what is left is kedge's cost.
// It reads the little it needs by hand, so that a JSON library does not enter the figures.
#include <iostream>
#include <string>

namespace {

/// The JSON text of a string member, quotes included; empty when absent.
std::string StringMember(const std::string& line, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return {};
  std::size_t end = at + key.size();
  if (line[end] != '"') return {};
  do {
    end += line[end] == '\\' ? 2 : 1;
  } while (line[end] != '"');
  return line.substr(at + key.size(), end + 1 - at - key.size());
}

std::string Id(const std::string& line) {
  const std::size_t at = line.find("\"id\":") + 5;
  return line.substr(at, line.find_first_of(",}", at) - at);
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const bool first = line.find("\"initialize\"") != std::string::npos;
    std::cout << R"({"jsonrpc":"2.0","id":)" << Id(line) << R"(,"result":)"
              << (first ? R"({"protocol":"kedge-agent/1"})"
                        : R"({"text":)" + StringMember(line, "instruction") + "}")
              << "}\n"
              << std::flush;
  }
}
