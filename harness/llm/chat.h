#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"

namespace kedge::llm {

/// A conversation with a language model, whoever serves it. All types here are values.

/// A function that the model may ask for.
struct ToolDefinition {
  std::string name;
  std::string description;
  Json parameters = Json::object();  ///< JSON Schema of the argument object

  bool operator==(const ToolDefinition&) const = default;
};

/// The model asks for a function.
struct ToolUse {
  std::string id;
  std::string name;
  Json arguments = Json::object();  ///< always an object; empty when `malformed` is not
  std::string malformed;            ///< what the model wrote instead of a JSON object; or empty

  bool operator==(const ToolUse&) const = default;
};

enum class Role { kUser, kAssistant, kTool };

struct Message {
  Role role = Role::kUser;
  std::string text;                ///< of kTool: what the function gave
  std::vector<ToolUse> tool_uses;  ///< of kAssistant
  std::string tool_use_id;         ///< of kTool: which use it answers
  bool is_error = false;           ///< of kTool

  bool operator==(const Message&) const = default;
};

struct ChatRequest {
  std::string model;
  std::string system;  ///< may be empty
  std::vector<Message> messages;
  std::vector<ToolDefinition> tools;
  /// "auto", "none", "required", or the name of the one function that must be used.
  std::string tool_choice = "auto";
  std::int64_t max_tokens = 4096;  ///< of the answer, above 0
  std::optional<double> temperature;
  /// Sent where a server takes one. Always part of the request's hash.
  std::optional<std::uint64_t> seed;

  bool operator==(const ChatRequest&) const = default;
};

/// Tokens as the server counted them.
struct Usage {
  std::int64_t input_tokens = 0;   ///< all of them, those read from a cache included
  std::int64_t cached_tokens = 0;  ///< of the input, read from a cache
  std::int64_t output_tokens = 0;

  bool operator==(const Usage&) const = default;
};

/// Money for a million tokens, in the user's currency.
struct Price {
  double input = 0;
  double output = 0;
};
double Cost(const Usage& usage, const Price& price);

enum class StopReason {
  kEnd,      ///< the model had said all
  kToolUse,  ///< it waits for functions
  kLength,   ///< max_tokens, or the model's context, was used up
  kRefused,  ///< the model or a filter of its server declined
};
std::string_view ToString(StopReason reason);

struct ChatResponse {
  std::string model;  ///< as the server names it
  std::string text;
  std::vector<ToolUse> tool_uses;
  StopReason stop = StopReason::kEnd;
  Usage usage;

  bool operator==(const ChatResponse&) const = default;
};

/// The forms that cassettes hold. The readers throw Error(kBadData).
Json ToJson(const ChatRequest& request);
Json ToJson(const ChatResponse& response);
ChatResponse ChatResponseFromJson(const Json& json, const std::string& source_name,
                                  std::int64_t line);

/// 64 hex digits that name the request: SHA-256 over the canonical JSON of ToJson(request).
std::string RequestHash(const ChatRequest& request);

}  // namespace kedge::llm
