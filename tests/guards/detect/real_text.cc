#include "tests/guards/detect/real_text.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "harness/core/byte_source.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

void Collect(const Json& value, const std::string& key, std::size_t most,
             std::vector<std::string>& out) {
  if (out.size() >= most) return;
  if (value.is_string() && (key == "content" || key == "text")) {
    out.push_back(value.get<std::string>());
  } else if (value.is_array()) {
    for (const Json& item : value) Collect(item, key, most, out);
  } else if (value.is_object()) {
    for (const auto& [name, item] : value.items()) Collect(item, name, most, out);
  }
}

void CollectFile(const std::string& path, std::size_t most, std::vector<std::string>& out) {
  const std::string bytes = ReadAllBytes(path);
  const Json whole = Json::parse(bytes, nullptr, false);
  if (!whole.is_discarded()) return Collect(whole, "", most, out);
  std::istringstream lines(bytes);
  for (std::string line; std::getline(lines, line) && out.size() < most;) {
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_discarded()) Collect(record, "", most, out);
  }
}

}  // namespace

std::string ReadAllBytes(const std::string& path) {
  const auto source = OpenByteSource(path);
  std::string out;
  std::string buffer(1 << 16, '\0');
  while (const std::size_t got = source->Read(buffer.data(), buffer.size())) {
    out.append(buffer, 0, got);
  }
  return out;
}

std::vector<std::string> RealMessages(const std::string& path, std::size_t most) {
  std::vector<std::string> files, out;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      const std::string name = entry.path().string();
      if (name.find(".json") != std::string::npos) files.push_back(name);
    }
  } else {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) CollectFile(file, most, out);
  return out;
}

}  // namespace kedge::guards
