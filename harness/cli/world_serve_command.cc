#include "harness/cli/world_serve_command.h"

#include <ostream>
#include <string>
#include <vector>

#include "harness/cli/version.h"
#include "harness/core/error.h"
#include "harness/run/paired_run.h"
#include "harness/service/serve_world.h"
#include "harness/world/world.h"

namespace kedge::cli {
namespace {

class WorldServeCommand : public Command {
 public:
  std::string name() const override { return "world serve"; }
  std::string summary() const override { return "Offer a world as an MCP server"; }

  std::vector<Argument> arguments() override {
    return {
        {"world", &folder_, "World folder", "FOLDER", true},
        {"--http", &address_, "Serve streamable HTTP here instead of standard input and output",
         "HOST:PORT"},
        {"--stdio", &stdio_, "Serve standard input and output (the default)"},
        {"--seed", &episode_.seed, "Seed of the episode: which calls fail for a while", "N"},
        {"--population-seed", &options_.population_seed, "Who and what exists in the world", "N"},
        {"--variant", &options_.variant, "Another draw of the world's parameters", "N"},
        {"--quirk", &quirks_, "Only these extra rules hold, or none; all by default", "ID"},
        {"--data", &data_, "Data that the world does not hold itself", "KEY=FOLDER"},
        {"--no-transient-errors", &steady_, "No call fails for a while"},
    };
  }

  int Run(Console& console) override {
    if (stdio_ && !address_.empty()) throw UsageError("--stdio and --http exclude each other");
    if (!quirks_.empty()) options_.quirks = quirks_;
    if (quirks_ == std::vector<std::string>{"none"}) options_.quirks.clear();
    ReadData();
    episode_.transient_errors = !steady_;
    const auto world = world::World::Load(folder_, options_);
    const rpc::McpImplementation self = {"kedge-" + world->name(), Version()};
    if (address_.empty()) {
      service::ServeWorldOnStdio(world, episode_, self, run::StopRequested);
      return 0;
    }
    service::ServeWorldOnHttp(world, episode_, self, address_, run::StopRequested,
                              [&](const std::string& url) { console.out << url << std::endl; });
    return 0;
  }

 private:
  void ReadData() {
    for (const std::string& entry : data_) {
      const std::size_t equals = entry.find('=');
      if (equals == std::string::npos || equals == 0) {
        throw UsageError("--data '" + entry + "': expected KEY=FOLDER");
      }
      options_.data[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
  }

  std::string folder_;
  std::string address_;
  bool stdio_ = false;
  bool steady_ = false;
  std::vector<std::string> quirks_;
  std::vector<std::string> data_;
  world::WorldOptions options_;
  service::WorldEpisode episode_;
};

}  // namespace

std::unique_ptr<Command> MakeWorldServeCommand() { return std::make_unique<WorldServeCommand>(); }

}  // namespace kedge::cli
