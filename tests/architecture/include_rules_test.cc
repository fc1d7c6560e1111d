// The house rules about who may include whom, checked on the source text.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/testing/needs.h"

namespace kedge {
namespace {

namespace fs = std::filesystem;

// Room -> floor; a room may include itself and rooms on lower floors only.
const std::map<std::string, int> kFloors = {
    {"harness/core", 0},    {"harness/stats", 1}, {"harness/db", 2},       {"harness/text", 2},
    {"harness/process", 2}, {"harness/net", 2},   {"harness/strategy", 2}, {"harness/trace", 2},
    {"harness/rpc", 3},     {"harness/llm", 3},   {"guards", 3},           {"harness/world", 4},
    {"harness/suite", 5},   {"harness/agent", 5}, {"agent_ref", 6},        {"harness/run", 6},
    {"harness/drift", 7},   {"harness/store", 7}, {"harness/gate", 8},     {"reports", 9},
    {"harness/metrics", 9}, {"harness/loop", 10}, {"harness/service", 11}, {"harness/cli", 12}};

// Third-party header prefix -> the rooms that may include it.
const std::map<std::string, std::set<std::string>> kThirdParty = {
    {"nlohmann/", {"harness/core"}},
    {"yaml-cpp/", {"harness/core"}},
    {"sodium", {"harness/core"}},
    {"zlib", {"harness/core"}},
    {"zstd", {"harness/core"}},
    {"simdjson", {"harness/trace"}},
    {"tl/", {"harness/core"}},
    {"boost/math", {"harness/stats"}},
    {"boost/process", {"harness/process"}},
    {"boost/fusion", {"harness/process"}},
    {"boost/asio", {"harness/net"}},
    {"boost/beast", {"harness/net"}},
    {"sqlite3", {"harness/db"}},
    {"re2/", {"harness/text"}},
    {"unicode/", {"harness/text", "guards"}},
    {"toml++/", {"guards"}},
    {"prometheus/", {"harness/metrics"}},
    {"curl/", {"harness/net"}},
    {"CLI/", {"harness/cli"}}};

// Headers that may name a third-party library in public: the JSON value and the result type.
const std::set<std::string> kPublicThirdParty = {"harness/core/json.h", "harness/core/result.h"};

struct Include {
  std::string file;  // from the root
  std::string room;
  std::string target;
  bool angled = false;
};

std::string RoomOf(const std::string& path) {
  std::string best;
  for (const auto& [room, floor] : kFloors) {
    if (path.starts_with(room + "/") && room.size() > best.size()) best = room;
  }
  return best;
}

std::vector<Include> AllIncludes() {
  static const std::regex pattern(R"(^\s*#\s*include\s+([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  const fs::path root = testing::SourcePath(".");
  for (const char* top : {"harness", "guards", "agent_ref", "reports"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      const std::string file = fs::relative(entry.path(), root).generic_string();
      std::ifstream in(entry.path());
      std::smatch match;
      for (std::string line; std::getline(in, line);) {
        if (std::regex_search(line, match, pattern)) {
          includes.push_back({file, RoomOf(file), match[2], match[1] == "<"});
        }
      }
    }
  }
  return includes;
}

TEST(IncludeRulesTest, EverySourceFileBelongsToARoom) {
  const std::vector<Include> includes = AllIncludes();
  ASSERT_GT(includes.size(), 100U);
  for (const Include& include : includes) EXPECT_NE(include.room, "") << include.file;
}

TEST(IncludeRulesTest, NoRoomReachesUpwardOrSideways) {
  for (const Include& include : AllIncludes()) {
    const std::string target_room = RoomOf(include.target);
    if (include.angled || target_room.empty() || target_room == include.room) continue;
    EXPECT_LT(kFloors.at(target_room), kFloors.at(include.room))
        << include.file << " includes " << include.target;
  }
}

TEST(IncludeRulesTest, QuotedIncludesStartAtTheRoot) {
  for (const Include& include : AllIncludes()) {
    if (include.angled) continue;
    EXPECT_TRUE(fs::exists(testing::SourcePath(include.target)) ||
                include.target.find("embedded") != std::string::npos)
        << include.file << " includes " << include.target;
  }
}

TEST(IncludeRulesTest, ThirdPartyHeadersStayInTheirRoomsAndOutOfPublicHeaders) {
  for (const Include& include : AllIncludes()) {
    if (!include.angled) continue;
    for (const auto& [prefix, rooms] : kThirdParty) {
      if (!include.target.starts_with(prefix)) continue;
      EXPECT_TRUE(rooms.contains(include.room)) << include.file << " includes " << include.target;
      if (include.file.ends_with(".h")) {
        EXPECT_TRUE(kPublicThirdParty.contains(include.file))
            << include.file << " shows " << include.target;
      }
    }
  }
}

TEST(IncludeRulesTest, SourcesCarryNoUnfinishedMarks) {
  static const std::regex pattern(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  const fs::path root = testing::SourcePath(".");
  for (const char* top :
       {"harness", "guards", "agent_ref", "reports", "tests", "ci", "tasksuites"}) {
    for (auto entry = fs::recursive_directory_iterator(root / top); entry != fs::end(entry);
         ++entry) {
      if (entry->path().filename() == "node_modules") entry.disable_recursion_pending();
      if (!entry->is_regular_file() || entry->path().filename() == "include_rules_test.cc") {
        continue;
      }
      std::ifstream in(entry->path());
      int number = 0;
      for (std::string line; std::getline(in, line);) {
        ++number;
        EXPECT_FALSE(std::regex_search(line, pattern)) << entry->path() << ":" << number;
      }
    }
  }
}

}  // namespace
}  // namespace kedge
