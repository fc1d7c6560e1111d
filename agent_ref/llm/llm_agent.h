#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/llm/model_file.h"

namespace kedge::agent_ref {

/// How a strategy reaches a model.
struct LlmAgentOptions {
  std::string model;  ///< its name at the server
  llm::Price price;
  bool has_price = false;
};

/// An agent whose choices a language model makes: instructions, tool policy, guidelines and the
/// world's policy are its system prompt, the tools its functions. Results of tools reach it as
/// results only, never as instructions. README.md says how episodes end.
/// `clock` is not owned.
std::unique_ptr<agent::Agent> MakeLlmAgent(const strategy::Strategy& strategy,
                                           std::unique_ptr<llm::ChatModel> model,
                                           LlmAgentOptions options,
                                           const Clock& clock = SystemClock());

/// Makes agents that share one source of models. Make throws Error(kUsage) for a strategy whose
/// model the source does not know.
class LlmAgentFactory : public agent::AgentFactory {
 public:
  explicit LlmAgentFactory(llm::ModelOptions options) : source_(std::move(options)) {}
  std::unique_ptr<agent::Agent> Make(const strategy::Strategy& strategy) const override;
  std::string fingerprint() const override;

 private:
  const llm::ModelSource source_;
};

}  // namespace kedge::agent_ref
