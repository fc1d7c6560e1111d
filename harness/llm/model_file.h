#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/core/document.h"
#include "harness/llm/cassette.h"
#include "harness/llm/http_chat_model.h"

namespace kedge::llm {

/// The description of a model: where it is and what it may cost (README.md lists the keys).
struct ModelOptions {
  std::string api = "chat_completions";  ///< or "messages"
  std::string model;                     ///< its name at the server
  /// Names at the server by the alias that a strategy uses; empty: `model` serves every alias.
  std::map<std::string, std::string> aliases;
  std::string key_variable;  ///< environment variable with the key; empty: no key
  std::string max_tokens_field = "max_tokens";
  HttpChatOptions http;
  RateLimits rate;
  BudgetLimits budget;
  Price price;
  bool has_price = false;
  std::string cassette;       ///< file; empty: none
  std::string cassette_mode;  ///< "replay", or "record": ask for what is not there
};

/// The model's name at the server for the alias of a strategy; an empty alias is `model`. Throws
/// Error(kUsage) for one that `aliases` lacks.
std::string ModelName(const ModelOptions& options, const std::string& alias);

/// Reads a model's description; relative file names are taken from `base_folder`. Throws
/// Error(kBadData) with file, line and field.
ModelOptions ReadModelOptions(const Node& node, const std::string& base_folder);

/// Makes the models of a run, one per thread; they share budget, rate and cassette. Thread-safe.
class ModelSource {
 public:
  /// Opens the cassette. Throws as Cassette::Open, and Error(kMissingInput) when the key's variable
  /// is not set though a server may be asked.
  explicit ModelSource(ModelOptions options);

  std::unique_ptr<ChatModel> Make() const;

  const ModelOptions& options() const { return options_; }
  Spending spending() const { return limits_.budget->spending(); }

 private:
  ModelOptions options_;
  std::shared_ptr<const WireFormat> format_;
  SharedLimits limits_;
  std::shared_ptr<Cassette> cassette_;
};

}  // namespace kedge::llm
