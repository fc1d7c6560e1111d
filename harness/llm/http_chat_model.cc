#include "harness/llm/http_chat_model.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/llm/exchange.h"
#include "harness/net/url.h"

namespace kedge::llm {
namespace {

using Kind = ChatFailure::Kind;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

void CheckUrl(const HttpChatOptions& options) {
  if (options.url.starts_with("https://")) return;
  if (!options.url.starts_with("http://")) {
    throw UsageError("the URL of a model begins with https:// or http://, not '" + options.url +
                     "'");
  }
  const std::string authority = options.url.substr(7, options.url.find('/', 7) - 7);
  if (!options.key.empty() && !net::IsLoopbackHost(net::HostOfAuthority(authority))) {
    throw UsageError("the key would go unencrypted to '" + authority + "': use https://");
  }
}

// A server that repeats the key must not bring it into a message or a log.
std::string WithoutKey(std::string text, const std::string& key) {
  if (key.empty()) return text;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "[key]");
    at += 5;
  }
  return text;
}

class HttpChatModel : public ChatModel {
 public:
  HttpChatModel(HttpChatOptions options, std::shared_ptr<const WireFormat> format,
                SharedLimits limits, Wait wait, const Clock& clock)
      : options_(std::move(options)),
        format_(std::move(format)),
        limits_(std::move(limits)),
        wait_(std::move(wait)),
        clock_(clock),
        client_(options_.http) {}

  tl::expected<ChatResponse, ChatFailure> Complete(const ChatRequest& request,
                                                   const CallLimits& limits) override {
    deadline_ = clock_.SteadyNanos() + nanoseconds(limits.timeout).count();
    // The jitter belongs to the request: it does not depend on what the thread did before.
    Random random(DeriveSeed(options_.seed, RequestHash(request)));
    for (int attempt = 1;; ++attempt) {
      auto response = TryOnce(request, limits.stop);
      if (response) return std::move(*response);
      ExchangeFailure& failure = response.error();
      failure.text = WithoutKey(std::move(failure.text), options_.key);
      if (!failure.retry) return Failure(failure, attempt);
      if (attempt >= options_.retry.max_attempts) return Failure(failure, attempt);
      if (failure.retry_after.value_or(milliseconds(0)) > options_.retry.max_retry_after) {
        failure.text += " (asks to wait for longer than allowed)";
        return Failure(failure, attempt);
      }
      const milliseconds delay = RetryDelay(options_.retry, attempt, failure.retry_after, random);
      if (delay >= TimeLeft()) return Failure(failure, attempt);
      if (!wait_(delay, limits.stop)) return tl::unexpected(Stopped(attempt));
    }
  }

 private:
  static ChatFailure Stopped(int attempts) { return {Kind::kStopped, "stopped", attempts}; }
  static tl::unexpected<ChatFailure> Failure(const ExchangeFailure& failure, int attempts) {
    return tl::unexpected(ChatFailure{failure.kind, failure.text, attempts});
  }

  milliseconds TimeLeft() const {
    const std::int64_t nanos = deadline_ - clock_.SteadyNanos();
    return std::chrono::duration_cast<milliseconds>(nanoseconds(std::max<std::int64_t>(0, nanos)));
  }

  tl::expected<ChatResponse, ExchangeFailure> TryOnce(const ChatRequest& request,
                                                      const std::stop_token& stop) {
    const Usage estimate = EstimateUsage(request);
    const std::int64_t tokens = estimate.input_tokens + estimate.output_tokens;
    if (!limits_.budget->Reserve(estimate)) {
      return tl::unexpected(
          ExchangeFailure{Kind::kBudget, "the budget does not allow another call", false, {}, {}});
    }
    auto response = Send(request, tokens, stop);
    const Usage used =
        response ? UsageOf(*response, estimate) : UsageOf(response.error(), estimate);
    limits_.budget->Settle(estimate, used);
    limits_.rate->Correct(tokens, used.input_tokens + used.output_tokens);
    return response;
  }

  tl::expected<ChatResponse, ExchangeFailure> Send(const ChatRequest& request, std::int64_t tokens,
                                                   const std::stop_token& stop) {
    const nanoseconds turn = limits_.rate->Take(tokens);
    if (turn >= TimeLeft()) {
      return tl::unexpected(ExchangeFailure{
          Kind::kTimeout, "no time is left for the call, or to wait for its turn", false, {}, {}});
    }
    if (turn.count() > 0 && !wait_(turn, stop)) {
      return tl::unexpected(ExchangeFailure{Kind::kStopped, "stopped", false, {}, {}});
    }
    const milliseconds timeout = std::max(milliseconds(1), TimeLeft());
    const milliseconds own = options_.http.timeout;
    return Exchange(client_, *format_, options_, request,
                    own.count() == 0 ? timeout : std::min(own, timeout), stop, clock_);
  }

  // A server that counts nothing, and one that fails midway, is assumed to have charged the
  // request's text.
  static Usage UsageOf(const ChatResponse& response, const Usage& estimate) {
    if (response.usage.input_tokens + response.usage.output_tokens > 0) return response.usage;
    return {estimate.input_tokens, 0,
            static_cast<std::int64_t>(response.text.size() / 3 + response.tool_uses.size())};
  }
  static Usage UsageOf(const ExchangeFailure& failure, const Usage& estimate) {
    const bool charged =
        failure.reached && (failure.kind == Kind::kTimeout || failure.kind == Kind::kBadResponse);
    return charged ? Usage{estimate.input_tokens, 0, 0} : Usage{};
  }

  const HttpChatOptions options_;
  const std::shared_ptr<const WireFormat> format_;
  const SharedLimits limits_;
  const Wait wait_;
  const Clock& clock_;
  net::HttpClient client_;
  std::int64_t deadline_ = 0;
};

}  // namespace

std::string_view ToString(Kind kind) {
  switch (kind) {
    case Kind::kUnavailable:
      return "unavailable";
    case Kind::kTimeout:
      return "timeout";
    case Kind::kRateLimited:
      return "rate_limited";
    case Kind::kDenied:
      return "denied";
    case Kind::kRejected:
      return "rejected";
    case Kind::kBadResponse:
      return "bad_response";
    case Kind::kBudget:
      return "budget";
    case Kind::kNotRecorded:
      return "not_recorded";
    case Kind::kStopped:
      return "stopped";
  }
  return "";
}

std::unique_ptr<ChatModel> MakeHttpChatModel(HttpChatOptions options,
                                             std::shared_ptr<const WireFormat> format,
                                             SharedLimits limits, Wait wait, const Clock& clock) {
  CheckUrl(options);
  if (options.retry.max_attempts < 1) throw UsageError("max_attempts must be at least 1");
  return std::make_unique<HttpChatModel>(std::move(options), std::move(format), std::move(limits),
                                         std::move(wait), clock);
}

}  // namespace kedge::llm
