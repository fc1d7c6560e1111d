#include "harness/cli/world_command.h"

#include <fmt/format.h>

#include <functional>
#include <ostream>

#include "harness/cli/data_folders.h"
#include "harness/core/utf8.h"
#include "harness/run/world_replay.h"
#include "harness/trace/formats/read_any.h"
#include "harness/world/world.h"

namespace kedge::cli {
namespace {

/// What all world commands read.
class WorldCommand : public Command {
 protected:
  std::vector<Argument> WorldArguments() {
    return {{"world", &folder_, "World folder", "FOLDER", true},
            {"--data", &data_, "Folder of data that the world does not hold", "KEY=FOLDER"},
            {"--population-seed", &options_.population_seed, "Which population", "N"},
            {"--variant", &options_.variant, "Another draw of the world's parameters", "N"},
            {"--no-quirks", &no_quirks_, "The extra rules do not hold"}};
  }

  std::shared_ptr<const world::World> Load() {
    options_.data = ReadDataFolders(data_);
    return world::World::Load(folder_, options_);
  }

  world::Session::Options SessionOptions() const { return {!no_quirks_, false}; }

 private:
  std::string folder_;
  std::vector<std::string> data_;
  world::WorldOptions options_;
  bool no_quirks_ = false;
};

/// Makes calls in one episode.
class WorldCalls : public WorldCommand {
 public:
  std::vector<Argument> arguments() override {
    std::vector<Argument> arguments = WorldArguments();
    arguments.push_back(
        {"--call", &calls_, "A call; several are made one after the other", "'TOOL {JSON}'", true});
    return arguments;
  }

 protected:
  struct Called {
    world::ToolResult last;
    world::Difference difference;
  };

  Called MakeCalls(const std::function<void(const world::ToolResult&)>& show) {
    world::Session session(Load());
    session.Begin(0, SessionOptions());
    Called called;
    for (const std::string& text : calls_) {
      const std::size_t blank = text.find(' ');
      Json arguments = Json::object();
      if (blank != std::string::npos) arguments = ParseJson(text.substr(blank + 1), "call");
      called.last = session.Call(text.substr(0, blank), arguments);
      show(called.last);
    }
    called.difference = session.difference();
    return called;
  }

 private:
  std::vector<std::string> calls_;
};

class WorldCall : public WorldCalls {
 public:
  std::string name() const override { return "world call"; }
  std::string summary() const override {
    return "Call tools of a world and print what they answer";
  }

  int Run(Console& console) override {
    const Called called = MakeCalls([&](const world::ToolResult& result) {
      console.out << (result.ok ? "" : result.error_class + ": ")
                  << EscapeControls(run::ShownText(result)) << "\n";
    });
    return called.last.ok ? 0 : 1;
  }
};

class WorldDiff : public WorldCalls {
 public:
  std::string name() const override { return "world diff"; }
  std::string summary() const override { return "Call tools of a world and print what changed"; }

  int Run(Console& console) override {
    const Called called = MakeCalls([](const world::ToolResult&) {});
    console.out << PrettyJson(world::ToJson(called.difference)) << "\n";
    return 0;
  }
};

class WorldReplay : public WorldCommand {
 public:
  std::string name() const override { return "world replay"; }
  std::string summary() const override {
    return "Issue the calls of recorded traces against a world and compare the answers";
  }

  std::vector<Argument> arguments() override {
    std::vector<Argument> arguments = WorldArguments();
    arguments.push_back({"--traces", &traces_, "Recorded traces, any format", "FILE", true});
    arguments.push_back({"--apart", &options_.apart, "Tool whose answers do not count", "TOOL"});
    arguments.push_back({"--show", &show_, "How many answers that differ to show", "N"});
    return arguments;
  }

  int Run(Console& console) override {
    world::Session session(Load());
    options_.session = SessionOptions();
    const trace::ReadReport report = trace::ReadTraces(traces_, {}, [&](trace::Trace&& trace) {
      const run::WorldReplay replay = run::ReplayOnWorld(trace, session, options_);
      compared_ += replay.compared;
      agreeing_ += replay.agreeing;
      for (const run::ReplayedCall& call : replay.calls) Show(trace, call, console);
    });
    console.out << fmt::format("{} of {} answers agree\n", agreeing_, compared_);
    if (report.bad > 0) throw report.errors.front();
    return agreeing_ == compared_ ? 0 : 1;
  }

 private:
  void Show(const trace::Trace& trace, const run::ReplayedCall& call, Console& console) {
    if (!call.compared || call.agrees || shown_ >= show_) return;
    ++shown_;
    console.out << EscapeControls(fmt::format("{} step {} {}:\n  recorded {}\n  world    {}",
                                              trace.id, call.step, call.tool,
                                              Elide(call.recorded, 200), Elide(call.answered, 200)))
                << "\n";
  }

  std::string traces_;
  run::WorldReplayOptions options_;
  std::int64_t show_ = 10, shown_ = 0, compared_ = 0, agreeing_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Command>> MakeWorldCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<WorldCall>());
  commands.push_back(std::make_unique<WorldDiff>());
  commands.push_back(std::make_unique<WorldReplay>());
  return commands;
}

}  // namespace kedge::cli
