#include "agent_ref/llm/llm_agent.h"

#include <algorithm>
#include <utility>

#include "agent_ref/llm/prompt.h"
#include "harness/agent/end_names.h"
#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::agent_ref {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kSeedBits =
    (std::uint64_t{1} << 53) - 1;  // what every JSON reader can hold

// What a strategy's model layer says of a request.
llm::ChatRequest RequestTemplate(const strategy::Strategy& strategy, std::string model) {
  const Node layer = strategy.node("model");
  llm::ChatRequest request;
  request.model = std::move(model);
  request.max_tokens = layer.IntOr("max_tokens", 4096);
  if (const auto temperature = layer.Find("temperature")) {
    request.temperature = temperature->Number();
  }
  return request;
}

agent::EpisodeEnd FailureEnd(const llm::ChatFailure& failure, bool late) {
  using Kind = llm::ChatFailure::Kind;
  agent::EpisodeEnd end;
  end.detail = std::string(llm::ToString(failure.kind)) + ": " + failure.text;
  if (failure.kind == Kind::kRejected) {
    end.end = agent::kAgentError;
  } else if (late) {
    end.end = agent::kAgentTimeout;
  } else {
    // Nothing was learnt about the strategy.
    end.end = agent::kAgentUnavailable;
    end.infrastructure = true;
  }
  return end;
}

// One episode: asks the model, does what it wants, until it only speaks.
class Conversation {
 public:
  Conversation(llm::ChatModel& model, llm::ChatRequest request, const PromptSource& prompts,
               const LlmAgentOptions& options, const Clock& clock, const agent::EpisodeStart& start,
               agent::EpisodeIo& io)
      : model_(model),
        request_(std::move(request)),
        prompts_(prompts),
        options_(options),
        clock_(clock),
        start_(start),
        io_(io),
        deadline_(clock.SteadyNanos() + nanoseconds(start.limits.deadline).count()) {
    turn_.words = WordsIn(start.instruction);
    request_.tools = ToolFunctions(start.tools);
    request_.messages.push_back({llm::Role::kUser, start.instruction, {}, "", false});
  }

  agent::EpisodeEnd Run() {
    for (;;) {
      prompt_ = prompts_.At(turn_);
      request_.system = SystemPrompt(prompt_, start_.policy);
      llm::CallLimits limits;
      limits.timeout = TimeLeft();
      const auto response = model_.Complete(request_, limits);
      if (!response) return Ended(FailureEnd(response.error(), TimeLeft().count() == 0));
      Count(*response);
      if (response->tool_uses.empty()) return Ended(Answer(*response));
      request_.messages.push_back(
          {llm::Role::kAssistant, response->text, response->tool_uses, "", false});
      for (const llm::ToolUse& use : response->tool_uses) {
        request_.messages.push_back(Use(use));
      }
    }
  }

 private:
  std::chrono::milliseconds TimeLeft() const {
    const std::int64_t nanos = std::max<std::int64_t>(0, deadline_ - clock_.SteadyNanos());
    return std::chrono::duration_cast<std::chrono::milliseconds>(nanoseconds(nanos));
  }

  void Count(const llm::ChatResponse& response) {
    trace::Step step;
    step.kind = trace::StepKind::kModelCall;
    step.actor = "agent";
    step.text = response.text;
    step.input_tokens = response.usage.input_tokens;
    step.output_tokens = response.usage.output_tokens;
    if (options_.has_price) step.cost = llm::Cost(response.usage, options_.price);
    step.extra = {{"model", response.model},
                  {"request", llm::RequestHash(request_)},
                  {"guidelines", prompt_.guidelines}};
    totals_.input_tokens += step.input_tokens;
    totals_.output_tokens += step.output_tokens;
    totals_.cost += step.cost.value_or(0);
    io_.Record(std::move(step));
  }

  static agent::EpisodeEnd Answer(const llm::ChatResponse& response) {
    agent::EpisodeEnd end;
    end.final_text = response.text;
    if (response.stop == llm::StopReason::kLength) {
      end.end = agent::kAgentError;
      end.detail = "the answer was cut off at max_tokens";
    }
    return end;
  }

  agent::EpisodeEnd Ended(agent::EpisodeEnd end) const {
    end.input_tokens = totals_.input_tokens;
    end.output_tokens = totals_.output_tokens;
    end.cost = totals_.cost;
    end.has_cost = options_.has_price;
    return end;
  }

  llm::Message Use(const llm::ToolUse& use) {
    llm::Message message{llm::Role::kTool, "", {}, use.id, false};
    if (!use.malformed.empty()) {
      message.is_error = true;
      message.text = "invalid_arguments: the arguments are not a JSON object";
    } else if (use.name == kAskUserTool && !HasTool(use.name)) {
      Ask(use, message);
    } else {
      const world::ToolResult result = io_.CallTool(use.name, use.arguments);
      message.is_error = !result.ok;
      turn_ = {use.name, result.ok ? "" : result.error_class,
               WordsIn(start_.instruction + " " + result.message)};
      if (!result.ok) {
        message.text = result.error_class + ": " + result.message;
      } else {
        message.text = result.content.is_string() ? result.content.get<std::string>()
                                                  : DumpJson(result.content);
      }
    }
    return message;
  }

  void Ask(const llm::ToolUse& use, llm::Message& message) {
    const auto question = use.arguments.find("question");
    if (question == use.arguments.end() || !question->is_string()) {
      message.is_error = true;
      message.text = "invalid_arguments: question must be a text";
      return;
    }
    message.text = io_.AskUser(question->get<std::string>());
  }

  bool HasTool(const std::string& name) const {
    return std::any_of(start_.tools.begin(), start_.tools.end(),
                       [&](const world::ToolSpec& tool) { return tool.name == name; });
  }

  llm::ChatModel& model_;
  llm::ChatRequest request_;
  const PromptSource& prompts_;
  StrategyPrompt prompt_;  // of the request under way
  Turn turn_;
  const LlmAgentOptions& options_;
  const Clock& clock_;
  const agent::EpisodeStart& start_;
  agent::EpisodeIo& io_;
  const std::int64_t deadline_;
  agent::EpisodeEnd totals_;
};

class LlmAgent : public agent::Agent {
 public:
  LlmAgent(const strategy::Strategy& strategy, std::unique_ptr<llm::ChatModel> model,
           LlmAgentOptions options, const Clock& clock)
      : prompts_(strategy),
        request_(RequestTemplate(strategy, options.model)),
        seed_(static_cast<std::uint64_t>(strategy.node("model").IntOr("seed", 0))),
        model_(std::move(model)),
        options_(std::move(options)),
        clock_(clock) {}

  agent::EpisodeEnd Run(const agent::EpisodeStart& start, agent::EpisodeIo& io) override {
    llm::ChatRequest request = request_;
    request.seed = DeriveSeed(start.seed, seed_) & kSeedBits;
    return Conversation(*model_, std::move(request), prompts_, options_, clock_, start, io).Run();
  }

 private:
  const PromptSource prompts_;
  const llm::ChatRequest request_;
  const std::uint64_t seed_;
  const std::unique_ptr<llm::ChatModel> model_;
  const LlmAgentOptions options_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<agent::Agent> MakeLlmAgent(const strategy::Strategy& strategy,
                                           std::unique_ptr<llm::ChatModel> model,
                                           LlmAgentOptions options, const Clock& clock) {
  return std::make_unique<LlmAgent>(strategy, std::move(model), std::move(options), clock);
}

std::unique_ptr<agent::Agent> LlmAgentFactory::Make(const strategy::Strategy& strategy) const {
  const Node layer = strategy.node("model");
  LlmAgentOptions options;
  options.model = llm::ModelName(source_.options(), layer.StringOr("alias", ""));
  options.price = source_.options().price;
  options.has_price = source_.options().has_price;
  if (const auto price = layer.Find("price")) {
    options.price = {price->NumberOr("input", 0), price->NumberOr("output", 0)};
    options.has_price = true;
  }
  return MakeLlmAgent(strategy, source_.Make(), std::move(options));
}

std::string LlmAgentFactory::fingerprint() const {
  const llm::ModelOptions& options = source_.options();
  std::string text = "llm/1 " + options.api + " " + options.http.url + " " + options.model;
  for (const auto& [alias, name] : options.aliases)
    text.append(" ").append(alias).append("=").append(name);
  return text;
}

}  // namespace kedge::agent_ref
