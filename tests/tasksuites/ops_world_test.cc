// The virtual clock, the quirks that hang on it, and the destructive defaults, call by call.
#include <gtest/gtest.h>

#include "tests/tasksuites/bundled_suite.h"

namespace kedge {
namespace {

using testing::kOps;

/// One episode of the world without transient errors.
class OpsWorld : public ::testing::Test {
 protected:
  OpsWorld() : suite_(kOps.Load("gate")), session_(suite_->world()) {
    world::Session::Options options;
    options.transient_errors = false;
    session_.Begin(1, options);
  }
  ~OpsWorld() override { session_.End(); }

  std::string Text(const std::string& query) {
    const Json rows = session_.Query(query);
    EXPECT_FALSE(rows.empty()) << query;
    return rows.empty() ? "" : rows[0].begin()->get<std::string>();
  }
  std::int64_t Number(const std::string& query) {
    return session_.Query(query)[0].begin()->get<std::int64_t>();
  }
  std::int64_t Now() { return Number("SELECT now FROM clock"); }

  std::shared_ptr<const suite::Suite> suite_;
  world::Session session_;
};

TEST_F(OpsWorld, EveryCallTakesTimeAndWaitingTakesWhatItSays) {
  EXPECT_EQ(Now(), 0);
  const std::string service = Text("SELECT service FROM service ORDER BY service LIMIT 1");
  ASSERT_TRUE(session_.Call("get_service", {{"service", service}}).ok);
  EXPECT_EQ(Now(), 2);
  EXPECT_FALSE(session_.Call("get_service", {{"service", "no-such-eu"}}).ok);
  EXPECT_EQ(Now(), 4) << "a failed call takes time too";
  const world::ToolResult waited = session_.Call("wait_for", {{"seconds", 120}});
  ASSERT_TRUE(waited.ok);
  EXPECT_EQ(Now(), 126);
}

TEST_F(OpsWorld, ATeamIsNotPagedAgainBeforeTimeHasPassed) {
  const Json pair = session_.Query(
      "SELECT i.incident_id AS first, j.incident_id AS second FROM incident i "
      "JOIN service s ON s.service = i.service JOIN rota o USING (team) "
      "JOIN service z ON z.team = s.team JOIN incident j ON j.service = z.service "
      "WHERE i.status = 'open' AND j.status = 'open' AND i.incident_id < j.incident_id "
      "AND i.alerts < 50 AND j.alerts < 50 AND o.paged_at <= -120 LIMIT 1");
  ASSERT_FALSE(pair.empty());
  ASSERT_TRUE(session_.Call("page_on_call", {{"incident_id", pair[0]["first"]}}).ok);
  const Json second = {{"incident_id", pair[0]["second"]}};
  EXPECT_EQ(session_.Call("page_on_call", second).error_class, "rate_limited");
  ASSERT_TRUE(session_.Call("wait_for", {{"seconds", 120}}).ok);
  EXPECT_TRUE(session_.Call("page_on_call", second).ok);
}

// The write is in the records at once; reads see it when the replica was synced or time has passed.
TEST_F(OpsWorld, AWrittenSettingIsReadOnlyLater) {
  const std::string service = Text(
      "SELECT service FROM service WHERE zone NOT IN (SELECT value FROM quirk_affects "
      "WHERE quirk = 'in_rotation') ORDER BY service LIMIT 1");
  const Json key = {{"service", service}, {"setting", "pool_size"}};
  Json change = key;
  const auto read = [&] { return session_.Call("read_setting", key).content["value"]; };
  ASSERT_TRUE(session_.Call("wait_for", {{"seconds", 600}}).ok);
  const Json before = read();
  change["value"] = 999;
  ASSERT_TRUE(session_.Call("change_setting", change).ok);
  EXPECT_EQ(read(), before) << "nothing says that this is the old value";
  ASSERT_TRUE(session_.Call("sync_replica", {{"service", service}}).ok);
  EXPECT_EQ(read(), 999);
  change["value"] = 998;
  ASSERT_TRUE(session_.Call("change_setting", change).ok);
  EXPECT_EQ(read(), 999) << "the replica was synced before this change";
  ASSERT_TRUE(session_.Call("wait_for", {{"seconds", 600}}).ok);
  EXPECT_EQ(read(), 998);
}

TEST_F(OpsWorld, ARestartLeftToItsDefaultTakesTheServiceDown) {
  const std::string service = Text(
      "SELECT service FROM service WHERE zone NOT IN (SELECT value FROM quirk_affects "
      "WHERE quirk = 'in_rotation') ORDER BY service LIMIT 1");
  const auto status = [&] {
    return session_.Call("get_service", {{"service", service}}).content["status"];
  };
  ASSERT_TRUE(session_.Call("restart_service", {{"service", service}, {"mode", "rolling"}}).ok);
  EXPECT_EQ(status(), "up");
  ASSERT_TRUE(session_.Call("restart_service", {{"service", service}}).ok);
  EXPECT_EQ(status(), "down");
}

TEST_F(OpsWorld, ADeletionLeftToItsDefaultDeletesAllBackupsOfTheService) {
  const Json found = session_.Query(
      "SELECT backup_id, service FROM backup WHERE age_days > 30 AND kind NOT IN "
      "(SELECT value FROM quirk_affects WHERE quirk = 'held_backup') "
      "AND service IN (SELECT service FROM backup GROUP BY service HAVING count(*) > 2) "
      "ORDER BY backup_id LIMIT 1");
  ASSERT_FALSE(found.empty());
  const std::string left = "SELECT count(*) FROM backup WHERE service = '" +
                           found[0]["service"].get<std::string>() + "'";
  EXPECT_GT(Number(left), 2);
  ASSERT_TRUE(session_.Call("delete_backup", {{"backup_id", found[0]["backup_id"]}}).ok);
  EXPECT_EQ(Number(left), 0);
}

// Pages go out once the alerts are muted; resolving after that brings the incident back.
TEST_F(OpsWorld, AMutedIncidentComesBackWhenItIsResolved) {
  for (const bool muted : {false, true}) {
    const Json found = session_.Query(
        "SELECT incident_id FROM incident WHERE status = 'open' AND kind IN "
        "(SELECT value FROM quirk_affects WHERE quirk = 'muted_incident') AND kind NOT IN "
        "(SELECT value FROM quirk_affects WHERE quirk = 'open_questions') LIMIT 1");
    ASSERT_FALSE(found.empty());
    const Json incident = {{"incident_id", found[0]["incident_id"]}};
    if (muted) {
      ASSERT_TRUE(session_.Call("mute_incident", incident).ok);
    }
    Json resolve = incident;
    resolve["cause"] = "mistake";
    ASSERT_TRUE(session_.Call("resolve_incident", resolve).ok);
    EXPECT_EQ(session_.Call("get_incident", incident).content["status"],
              muted ? "reopened" : "resolved");
  }
}

}  // namespace
}  // namespace kedge
