#include "harness/db/statement.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "harness/core/error.h"
#include "harness/db/database.h"

namespace kedge::db {
namespace {

TEST(Statement, BindsAndReadsEveryType) {
  Database database = Database::OpenMemory();
  Statement query = database.Prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6");
  const std::string text("with\0nul", 8);
  query.Bind(1, INT64_MIN).Bind(2, 1e-300).Bind(3, std::string_view(text)).BindNull(4);
  query.BindBlob(5, std::string_view("\xff\x00", 2)).Bind(6, std::string_view());
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.Int(0), INT64_MIN);
  EXPECT_EQ(query.Double(1), 1e-300);
  EXPECT_EQ(query.Text(2), text);
  EXPECT_TRUE(query.IsNull(3));
  EXPECT_EQ(query.JsonValue(4), Json({{"$blob", "ff00"}}));
  EXPECT_FALSE(query.IsNull(5));
  EXPECT_EQ(query.JsonValue(5), "");
  EXPECT_FALSE(query.Step());
}

TEST(Statement, JsonValuesRoundTrip) {
  Database database = Database::OpenMemory();
  Statement query = database.Prepare("SELECT ?1");
  for (const char* text : {"null", "0", "-9223372036854775808", "9223372036854775807", "1.5",
                           R"("quote \" and \u0000 and é")", R"("")"}) {
    const Json value = Json::parse(text);
    query.Reset();
    query.BindJson(1, value);
    ASSERT_TRUE(query.Step());
    EXPECT_EQ(query.JsonValue(0), value) << text;
  }
  query.Reset();
  query.BindJson(1, UINT64_MAX);  // no such integer in SQLite
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.JsonValue(0), 18446744073709551615.0);
}

TEST(Statement, ResetForgetsParameters) {
  Database database = Database::OpenMemory();
  Statement query = database.Prepare("SELECT ?1 IS NULL");
  query.Bind(1, 3);
  query.Step();
  EXPECT_EQ(query.Int(0), 0);
  query.Reset();
  query.Step();
  EXPECT_EQ(query.Int(0), 1);
}

TEST(Statement, DescribesItself) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (x)");
  Statement query = database.Prepare("SELECT :a AS left, ? AS right");
  EXPECT_EQ(query.parameter_count(), 2);
  EXPECT_EQ(query.parameter_name(1), ":a");
  EXPECT_EQ(query.parameter_name(2), "");
  EXPECT_EQ(query.column_count(), 2);
  EXPECT_EQ(query.column_name(1), "right");
  EXPECT_TRUE(query.read_only());
  EXPECT_FALSE(database.Prepare("DELETE FROM t").read_only());
  EXPECT_THROW(query.Bind(3, 1), Error);
}

TEST(Statement, ConstraintsAndFailuresAreValuesOrErrors) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y CHECK (y > 0))");
  Statement insert = database.Prepare("INSERT INTO t VALUES (?1, ?2)");
  insert.Bind(1, 1).Bind(2, 5).Run();
  insert.Bind(1, 1).Bind(2, 5);
  EXPECT_EQ(insert.TryStep(), StepResult::kConstraint);
  EXPECT_NE(insert.ErrorText().find("t.x"), std::string::npos) << insert.ErrorText();
  insert.Reset();
  EXPECT_THROW(insert.Bind(1, 2).Bind(2, -5).Step(), Error);
  Statement bad = database.Prepare("SELECT json_extract('{', '$.a')");
  EXPECT_EQ(bad.TryStep(), StepResult::kFailed);
  // Failures leave the connection usable.
  EXPECT_NO_THROW(database.Execute("INSERT INTO t VALUES (3, 1)"));
}

TEST(Statement, RowsBecomeObjects) {
  Database database = Database::OpenMemory();
  Statement query = database.Prepare("SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL");
  EXPECT_EQ(RowsAsJson(query), Json::parse(R"([{"a":1,"b":"x"},{"a":2,"b":null}])"));
  EXPECT_EQ(RowsAsJson(query).size(), 2u);  // ready to run again
}

}  // namespace
}  // namespace kedge::db
