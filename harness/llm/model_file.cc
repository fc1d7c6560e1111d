#include "harness/llm/model_file.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "harness/core/error.h"

namespace kedge::llm {
namespace {

using std::chrono::milliseconds;

constexpr double kMaxSeconds = 86'400;

milliseconds SecondsOr(const Node& node, std::string_view key, milliseconds fallback) {
  const double seconds =
      node.NumberOr(key, static_cast<double>(fallback.count()) / 1000, 0, kMaxSeconds);
  return milliseconds(std::llround(seconds * 1000));
}

std::string FileOr(const Node& node, std::string_view key, const std::string& base_folder) {
  const std::string name = node.StringOr(key, "");
  if (name.empty()) return name;
  return (std::filesystem::path(base_folder) / name).string();
}

void ReadHttp(const Node& node, const std::string& base_folder, net::HttpClientOptions& http) {
  http.connect_timeout = SecondsOr(node, "connect_seconds", http.connect_timeout);
  http.timeout = SecondsOr(node, "timeout_seconds", milliseconds(120'000));
  http.low_speed_seconds = node.IntOr("idle_seconds", 60, 0, 86'400);
  http.proxy = node.StringOr("proxy", "");
  http.ca_file = FileOr(node, "ca_file", base_folder);
  http.client_certificate = FileOr(node, "client_certificate", base_folder);
  http.client_key = FileOr(node, "client_key", base_folder);
}

void ReadRetry(const Node& node, RetryPolicy& retry) {
  node.AllowKeys(
      {"max_attempts", "first_delay_seconds", "max_delay_seconds", "max_retry_after_seconds"});
  retry.max_attempts = static_cast<int>(node.IntOr("max_attempts", retry.max_attempts, 1, 100));
  retry.first_delay = SecondsOr(node, "first_delay_seconds", retry.first_delay);
  retry.max_delay = SecondsOr(node, "max_delay_seconds", retry.max_delay);
  retry.max_retry_after = SecondsOr(node, "max_retry_after_seconds", retry.max_retry_after);
}

void ReadSpending(const Node& node, ModelOptions& options) {
  if (const auto rate = node.Find("rate")) {
    rate->AllowKeys({"requests_per_minute", "tokens_per_minute"});
    options.rate.requests_per_minute = rate->IntOr("requests_per_minute", 0, 0);
    options.rate.tokens_per_minute = rate->IntOr("tokens_per_minute", 0, 0);
  }
  if (const auto price = node.Find("price")) {
    price->AllowKeys({"input", "output"});
    options.price = {(*price)["input"].Number(0), (*price)["output"].Number(0)};
    options.has_price = true;
  }
  const auto budget = node.Find("budget");
  if (!budget) return;
  budget->AllowKeys({"tokens", "money"});
  if (const auto tokens = budget->Find("tokens")) options.budget.tokens = tokens->Int(0);
  if (const auto money = budget->Find("money")) {
    if (!options.has_price) throw money->Fail("needs `price`, or nothing can be counted");
    options.budget.money = money->Number(0);
  }
}

void ReadCassette(const Node& node, const std::string& base_folder, ModelOptions& options) {
  const auto cassette = node.Find("cassette");
  if (!cassette) return;
  cassette->AllowKeys({"file", "mode"});
  (*cassette)["file"].NonEmptyString();
  options.cassette = FileOr(*cassette, "file", base_folder);
  options.cassette_mode = (*cassette)["mode"].OneOf({"replay", "record"});
}

}  // namespace

std::string ModelName(const ModelOptions& options, const std::string& alias) {
  if (alias.empty() || options.aliases.empty()) return options.model;
  const auto found = options.aliases.find(alias);
  if (found != options.aliases.end()) return found->second;
  throw UsageError("the strategy's model '" + alias +
                   "' is not among the `aliases` of the model's description");
}

ModelOptions ReadModelOptions(const Node& node, const std::string& base_folder) {
  node.AllowKeys({"kind",
                  "api",
                  "url",
                  "model",
                  "key_variable",
                  "max_tokens_field",
                  "stream",
                  "seed",
                  "connect_seconds",
                  "timeout_seconds",
                  "idle_seconds",
                  "proxy",
                  "ca_file",
                  "client_certificate",
                  "client_key",
                  "retry",
                  "rate",
                  "price",
                  "budget",
                  "cassette",
                  "aliases"});
  ModelOptions options;
  options.api = node["api"].OneOf({"chat_completions", "messages"});
  options.model = node["model"].NonEmptyString();
  if (const auto aliases = node.Find("aliases")) {
    for (const auto& [alias, name] : aliases->Members()) {
      options.aliases[alias] = name.NonEmptyString();
    }
  }
  options.key_variable = node.StringOr("key_variable", "");
  if (const auto field = node.Find("max_tokens_field")) {
    options.max_tokens_field = field->OneOf({"max_tokens", "max_completion_tokens"});
  }
  options.http.url = node["url"].NonEmptyString();
  while (options.http.url.ends_with('/')) options.http.url.pop_back();
  options.http.stream = node.BoolOr("stream", true);
  options.http.seed = static_cast<std::uint64_t>(node.IntOr("seed", 0, 0));
  ReadHttp(node, base_folder, options.http.http);
  if (const auto retry = node.Find("retry")) ReadRetry(*retry, options.http.retry);
  ReadSpending(node, options);
  ReadCassette(node, base_folder, options);
  return options;
}

ModelSource::ModelSource(ModelOptions options) : options_(std::move(options)) {
  if (!options_.cassette.empty()) {
    cassette_ = Cassette::Open(options_.cassette, options_.cassette_mode == "record");
  }
  if (options_.api == "messages") {
    format_ = MessagesFormat();
  } else {
    format_ = ChatCompletionsFormat(options_.max_tokens_field);
  }
  limits_.budget = std::make_shared<Budget>(options_.budget, options_.price);
  limits_.rate = std::make_shared<RateLimiter>(options_.rate);
  if (options_.cassette_mode == "replay" || options_.key_variable.empty()) return;
  const char* key = std::getenv(options_.key_variable.c_str());
  if (key == nullptr || *key == 0) {
    throw Error(ErrorKind::kMissingInput, "the environment variable " + options_.key_variable +
                                              " holds no key for model " + options_.model);
  }
  options_.http.key = key;
}

std::unique_ptr<ChatModel> ModelSource::Make() const {
  if (options_.cassette_mode == "replay") return MakeCassetteModel(cassette_, nullptr);
  auto model = MakeHttpChatModel(options_.http, format_, limits_);
  if (cassette_ == nullptr) return model;
  return MakeCassetteModel(cassette_, std::move(model));
}

}  // namespace kedge::llm
