#pragma once

namespace kedge::db {

/// The first character of [begin, end) that belongs to a statement (white space, semicolons and
/// comments are skipped), or `end`. Error messages count lines up to here.
const char* SkipBlanks(const char* begin, const char* end);

}  // namespace kedge::db
