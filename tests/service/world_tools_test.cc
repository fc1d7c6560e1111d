#include "harness/service/world_tools.h"

#include <gmock/gmock.h>

#include "harness/world/mcp_server.h"
#include "tests/testing/needs.h"

namespace kedge::service {
namespace {

using ::testing::StartsWith;

class Context : public rpc::McpCallContext {
 public:
  std::stop_token stop_token() const override { return {}; }
  void Progress(double, std::optional<double>, const std::string&) override {}
  void ToolsChanged() override {}
};

class WorldToolsTest : public ::testing::Test {
 protected:
  rpc::McpCallResult Call(const std::string& name, const Json& arguments) {
    Context context;
    return tools_.CallTool(name, arguments, context).value();
  }

  const std::shared_ptr<const world::World> world_ =
      world::World::Load(testing::SourcePath("tests/world/testdata/library"), {});
  WorldTools tools_{world_, {1, false}};
};

TEST_F(WorldToolsTest, OffersEveryToolWithItsSchema) {
  const auto tools = tools_.ListTools();
  ASSERT_EQ(tools.size(), world_->tools().size());
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const world::ToolSpec& spec = world_->tools()[i];
    EXPECT_EQ(tools[i].name, spec.name);
    EXPECT_EQ(tools[i].description(), spec.description);
    EXPECT_EQ(tools[i].input_schema()["type"], "object");
    EXPECT_EQ(tools[i].definition["annotations"]["readOnlyHint"], !spec.writes);
    EXPECT_TRUE(rpc::ReadMcpTool(tools[i].definition));
  }
  EXPECT_EQ(tools_.instructions(), world_->policy());
}

TEST_F(WorldToolsTest, SaysWhatTheWorldSays) {
  world::Session session(world_);
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  for (const auto& [name, arguments] :
       std::vector<std::pair<std::string, Json>>{{"refresh_shelves", Json::object()},
                                                 {"list_loans", {{"member_id", "M0001"}}},
                                                 {"count_copies", {{"book_id", "B0001"}}},
                                                 {"count_copies", {{"book_id", "B9999"}}},
                                                 {"count_copies", {{"book_id", 7}}},
                                                 {"count_copies", Json::object()}}) {
    const world::ToolResult direct = session.Call(name, arguments);
    const rpc::McpCallResult result = Call(name, arguments);
    EXPECT_EQ(result.is_error, !direct.ok) << name;
    if (direct.ok) {
      EXPECT_EQ(ParseJson(result.Text()), direct.content) << name;
      EXPECT_EQ(result.structured, direct.content.is_object() ? direct.content : Json()) << name;
    } else {
      EXPECT_EQ(result.Text(), direct.error_class + ": " + direct.message);
      EXPECT_EQ(result.meta[world::kErrorClassKey], direct.error_class);
    }
  }
}

TEST_F(WorldToolsTest, AnUnknownToolIsARefusal) {
  Context context;
  const auto refused = tools_.CallTool("burn_books", Json::object(), context);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, rpc::kInvalidParams);
  EXPECT_THAT(refused.error().message, StartsWith("There is no tool"));
}

}  // namespace
}  // namespace kedge::service
