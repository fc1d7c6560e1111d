#include "agent_ref/reference_agent.h"

#include <utility>

#include "agent_ref/episode.h"
#include "agent_ref/playbook.h"
#include "agent_ref/toolbox.h"

namespace kedge::agent_ref {
namespace {

class ReferenceAgent : public agent::Agent {
 public:
  explicit ReferenceAgent(Playbook playbook) : playbook_(std::move(playbook)) {}

  agent::EpisodeEnd Run(const agent::EpisodeStart& start, agent::EpisodeIo& io) override {
    if (!toolbox_.IsFor(start.tools)) toolbox_ = Toolbox(start.tools);
    return Episode(playbook_, toolbox_, start, io).Run();
  }

 private:
  Playbook playbook_;
  Toolbox toolbox_;
};

}  // namespace

std::unique_ptr<agent::Agent> ReferenceAgentFactory::Make(
    const strategy::Strategy& strategy) const {
  return std::make_unique<ReferenceAgent>(Playbook::FromStrategy(strategy));
}

std::string ReferenceAgentFactory::fingerprint() const { return "reference/1"; }

void CheckStrategy(const strategy::Strategy& strategy) { Playbook::FromStrategy(strategy); }

}  // namespace kedge::agent_ref
