#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/llm/chat_model.h"

namespace kedge::llm {

/// Recorded model calls: request hash to response, one JSON line each (README.md). Holds no headers
/// and no key, for the model-neutral request has none. Thread-safe; in one process a file belongs
/// to one object.
class Cassette {
 public:
  /// Reads the file. Throws Error: kMissingInput when it is absent and `create` is false; kBadData
  /// with the line for a damaged one, a wrong hash, or two responses to one request.
  static std::shared_ptr<Cassette> Open(const std::string& path, bool create);

  /// The response to the request of that hash; nullptr when there is none. Stays valid.
  const ChatResponse* Find(const std::string& request_hash) const;
  /// Appends to the file at once. Of two responses to one request the first is kept and given
  /// back. Throws kIo.
  ChatResponse Record(const ChatRequest& request, const ChatResponse& response);

  const std::string& path() const { return path_; }
  std::size_t size() const;

 private:
  explicit Cassette(std::string path) : path_(std::move(path)) {}
  void Load();

  const std::string path_;
  mutable std::mutex mutex_;
  std::map<std::string, ChatResponse> responses_;
};

/// Answers from the cassette. What it does not hold is asked of `inner` and recorded, or without
/// one is ChatFailure::kNotRecorded: then nothing is ever sent anywhere.
std::unique_ptr<ChatModel> MakeCassetteModel(std::shared_ptr<Cassette> cassette,
                                             std::unique_ptr<ChatModel> inner);

}  // namespace kedge::llm
