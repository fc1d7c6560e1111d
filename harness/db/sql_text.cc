#include "harness/db/sql_text.h"

#include <algorithm>
#include <string_view>

namespace kedge::db {
namespace {

const char* After(const char* begin, const char* end, std::string_view mark) {
  const char* found = std::search(begin, end, mark.begin(), mark.end());
  return found == end ? end : found + mark.size();
}

}  // namespace

const char* SkipBlanks(const char* begin, const char* end) {
  while (begin < end) {
    const std::string_view rest(begin, static_cast<std::size_t>(end - begin));
    if (rest.starts_with("--")) {
      begin = After(begin, end, "\n");
    } else if (rest.starts_with("/*")) {
      begin = After(begin + 2, end, "*/");
    } else if (std::string_view(" \t\r\n;").find(*begin) != std::string_view::npos) {
      ++begin;
    } else {
      break;
    }
  }
  return begin;
}

}  // namespace kedge::db
