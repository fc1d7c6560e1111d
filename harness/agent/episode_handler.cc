#include "harness/agent/episode_handler.h"

#include <utility>

#include "harness/agent/episode_messages.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::agent {
namespace {

constexpr std::size_t kShownBytes = 80;

std::string Quoted(const std::string& text) {
  return "\"" + EscapeControls(Elide(text, kShownBytes)) + "\"";
}

tl::unexpected<rpc::RpcError> Refuse(std::int64_t code, std::string text) {
  return tl::make_unexpected(rpc::RpcError{code, std::move(text), nullptr});
}

}  // namespace

tl::expected<Json, rpc::RpcError> EpisodeHandler::OnRequest(const std::string& method,
                                                            const Json& params) {
  if (method == "tools/call") {
    const auto call = Read(&ReadToolCallParams, params);
    if (!call) return tl::make_unexpected(call.error());
    return ToJson(io_.CallTool(call->name, call->arguments));
  }
  if (method == "user/ask") {
    const auto ask = Read(&ReadUserAskParams, params);
    if (!ask) return tl::make_unexpected(ask.error());
    return Json{{"text", io_.AskUser(ask->question)}};
  }
  return Refuse(rpc::kMethodNotFound,
                "no method " + Quoted(method) + "; there are tools/call and user/ask");
}

template <typename Params>
tl::expected<Params, rpc::RpcError> EpisodeHandler::Read(Params (*read)(const Json&),
                                                         const Json& params) const {
  try {
    Params read_params = read(params);
    CheckEpisode(read_params.episode);
    return read_params;
  } catch (const Error& error) {
    return Refuse(rpc::kInvalidParams, error.what());
  }
}

// A leftover thread of an earlier episode must not act in this one.
void EpisodeHandler::CheckEpisode(const std::string& episode) const {
  if (episode == episode_) return;
  throw std::move(BadData("episode " + Quoted(episode) + " is not running"))
      .At({}, 0, "params.episode");
}

void EpisodeHandler::OnNotification(const std::string& method, const Json& params) {
  if (method != "trace/event") throw ProtocolBreach{"no notification " + Quoted(method)};
  TraceEventParams event;
  try {
    event = ReadTraceEventParams(params);
    CheckEpisode(event.episode);
  } catch (const Error& error) {
    throw ProtocolBreach{std::string("trace/event: ") + error.what()};
  }
  io_.Record(std::move(event.step));
}

tl::expected<Json, rpc::RpcError> NothingYet::OnRequest(const std::string& method, const Json&) {
  return Refuse(rpc::kMethodNotFound, Quoted(method) + " is for episodes; none has begun");
}

void NothingYet::OnNotification(const std::string& method, const Json&) {
  throw ProtocolBreach{"notification " + Quoted(method) + " before any episode"};
}

}  // namespace kedge::agent
