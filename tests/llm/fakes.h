#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/clock.h"
#include "harness/llm/chat_model.h"
#include "harness/llm/retry.h"

namespace kedge::llm {

/// A clock that stands still until told otherwise.
class FakeClock : public Clock {
 public:
  std::int64_t UnixNanos() const override { return 784'111'777'000'000'000 + nanos_; }
  std::int64_t SteadyNanos() const override { return nanos_; }
  void Advance(std::chrono::nanoseconds time) { nanos_ += time.count(); }

 private:
  std::atomic<std::int64_t> nanos_{0};
};

/// Writes down what was waited for, and lets the clock go on by it.
struct WaitLog {
  FakeClock clock;
  std::vector<std::chrono::milliseconds> waits;

  Wait wait() {
    return [this](std::chrono::nanoseconds time, std::stop_token stop) {
      waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time));
      clock.Advance(time);
      return !stop.stop_requested();
    };
  }
};

/// Gives prepared answers in turn and keeps the requests.
class ScriptedModel : public ChatModel {
 public:
  explicit ScriptedModel(std::vector<tl::expected<ChatResponse, ChatFailure>> answers)
      : answers_(std::move(answers)) {}

  tl::expected<ChatResponse, ChatFailure> Complete(const ChatRequest& request,
                                                   const CallLimits&) override {
    requests.push_back(request);
    if (next_ == answers_.size()) {
      return tl::unexpected(ChatFailure{ChatFailure::Kind::kUnavailable, "the script ended", 1});
    }
    return answers_[next_++];
  }

  std::vector<ChatRequest> requests;

 private:
  std::vector<tl::expected<ChatResponse, ChatFailure>> answers_;
  std::size_t next_ = 0;
};

inline ChatRequest Question(std::string text = "Open the door.") {
  ChatRequest request;
  request.model = "m";
  request.system = "Be brief.";
  request.messages = {{Role::kUser, std::move(text), {}, "", false}};
  request.max_tokens = 100;
  return request;
}

}  // namespace kedge::llm
