#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Chats without any frame of their own, in every spelling that chat_message.h reads.
///
/// A transcript is a file whose records are the messages (an array, or one per line): one trace.
/// A conversation is a record with `messages` (OpenAI's training files, exported sessions): one
/// trace each, named by `id`, `conversation_id`, `session_id` or `trace_id`. A trace without a name
/// gets "chat-" and a digest of its messages. `model` names the agent; the other members are
/// `extra`. There is no outcome.
bool IsChatMessageRecord(const JsonSlices& record);
bool IsChatConversation(const JsonSlices& record);

ReadReport ReadChatTranscript(const std::string& path, const ReadOptions& options,
                              const TraceSink& sink);
ReadReport ReadChatConversations(const std::string& path, const ReadOptions& options,
                                 const TraceSink& sink);

/// Moves the tokens of `extra.usage` (`input_tokens` or `prompt_tokens`, `output_tokens` or
/// `completion_tokens`) to where a step keeps them; the rest of `usage` stays.
void MoveUsage(Step& step);

}  // namespace kedge::trace
