#pragma once

#include <string>

#include "harness/agent/agent.h"
#include "harness/rpc/line_peer.h"

namespace kedge::agent {

/// Thrown through rpc::LinePeer::Call by EpisodeHandler when a notification, which cannot be
/// answered, breaks the protocol.
struct ProtocolBreach {
  std::string detail;
};

/// Serves one episode's requests: tools/call, user/ask and trace/event go to the EpisodeIo. A call
/// that is not for this episode, is malformed or names an unknown method is answered with an error
/// and reaches nothing. What the EpisodeIo throws (EpisodeEnded) passes through.
class EpisodeHandler : public rpc::PeerHandler {
 public:
  /// `io` is not owned.
  EpisodeHandler(std::string episode, EpisodeIo& io) : episode_(std::move(episode)), io_(io) {}

  tl::expected<Json, rpc::RpcError> OnRequest(const std::string& method,
                                              const Json& params) override;
  void OnNotification(const std::string& method, const Json& params) override;

 private:
  template <typename Params>
  tl::expected<Params, rpc::RpcError> Read(Params (*read)(const Json&), const Json& params) const;
  void CheckEpisode(const std::string& episode) const;

  const std::string episode_;
  EpisodeIo& io_;
};

/// Refuses everything: what an agent may ask for while it initializes.
class NothingYet : public rpc::PeerHandler {
 public:
  tl::expected<Json, rpc::RpcError> OnRequest(const std::string& method,
                                              const Json& params) override;
  void OnNotification(const std::string& method, const Json& params) override;
};

}  // namespace kedge::agent
