#pragma once

#include <string>

#include "harness/agent/agent.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"
#include "harness/trace/trace.h"
#include "harness/world/tool.h"

namespace kedge::agent {

/// The messages between kedge and an agent outside it, as JSON; README.md is their specification.
/// Readers are strict: an unknown member, a wrong type or a value out of range throws
/// Error(kBadData) that names the field.

inline constexpr char kProtocolName[] = "kedge-agent/1";

/// Parameters of `initialize`.
Json InitializeParams(const strategy::Strategy& strategy);
/// Checks the result of `initialize`.
void CheckInitializeResult(const Json& result);

/// Parameters of `episode/start`. `strategy` is {name, hash}, or the whole document.
Json EpisodeStartParams(const EpisodeStart& start, Json strategy);
Json StrategyReference(const strategy::Strategy& strategy);

/// The result of `episode/start`: {text, input_tokens, output_tokens, cost}.
EpisodeEnd ReadEpisodeResult(const Json& result);

/// Parameters of `tools/call`.
struct ToolCallParams {
  std::string episode;
  std::string name;
  Json arguments;
};
ToolCallParams ReadToolCallParams(const Json& params);
/// Result of `tools/call`: {ok: true, content} or {ok: false, error_class, message}.
Json ToJson(const world::ToolResult& result);

/// Parameters of `user/ask`.
struct UserAskParams {
  std::string episode;
  std::string question;
};
UserAskParams ReadUserAskParams(const Json& params);

/// Parameters of `trace/event`: one step of the trace, a message, model call or decision.
struct TraceEventParams {
  std::string episode;
  trace::Step step;
};
TraceEventParams ReadTraceEventParams(const Json& params);

}  // namespace kedge::agent
