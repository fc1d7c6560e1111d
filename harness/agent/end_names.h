#pragma once

namespace kedge::agent {

/// The values of EpisodeEnd::end that the agents of this room give; README.md explains each.
inline constexpr char kAnswered[] = "answered";
inline constexpr char kAgentCrashed[] = "agent_crashed";
inline constexpr char kAgentTimeout[] = "agent_timeout";
inline constexpr char kLateReply[] = "late_reply";
inline constexpr char kOutputLimit[] = "output_limit";
inline constexpr char kCpuLimit[] = "cpu_limit";
inline constexpr char kInvalidUtf8[] = "invalid_utf8";
inline constexpr char kProtocolError[] = "protocol_error";
inline constexpr char kAgentError[] = "agent_error";
inline constexpr char kAgentUnavailable[] = "agent_unavailable";  ///< the only infrastructure one

}  // namespace kedge::agent
