#include "harness/loop/promotion.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "harness/core/error.h"
#include "harness/gate/verdict.h"
#include "harness/loop/open_store.h"
#include "harness/loop/strategy_files.h"
#include "harness/store/store.h"
#include "harness/strategy/strategy.h"
#include "harness/strategy/validation.h"

namespace kedge::loop {
namespace {

bool IsHash(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The hash of a strategy that is given as a folder or a hash; a folder's files are kept.
std::string ResolveStrategy(store::Store& store, const std::string& given) {
  if (IsHash(given) && !std::filesystem::exists(given)) return given;
  const std::string hash = strategy::Strategy::Load(given).hash();
  store.registry().KeepFiles(hash, ReadStrategyFiles(given));
  return hash;
}

store::StrategyFiles RequireFiles(store::Registry& registry, const std::string& hash,
                                  const std::string& files_digest) {
  std::optional<store::StrategyFiles> files = registry.Files(hash, files_digest);
  if (!files) {
    throw Error(ErrorKind::kMissingInput, "the store does not have the files of strategy " + hash);
  }
  return *std::move(files);
}

// The request with everything that was left open filled in from the store.
store::PromotionRequest Complete(store::Store& store, const PromotionOptions& options) {
  store::PromotionRequest request{options.scope,
                                  {},
                                  ResolveStrategy(store, options.candidate),
                                  options.verdict_digest,
                                  options.approved_by,
                                  options.reason};
  const std::optional<store::VerdictRow> verdict = store.NewestVerdictOf(request.candidate);
  if (request.scope.empty()) {
    if (!verdict) {
      throw Error(ErrorKind::kMissingInput, "no verdict about candidate " + request.candidate +
                                                " is recorded; name its scope (--scope NAME)");
    }
    request.scope = verdict->suite;
  }
  const std::optional<store::ChampionChange> champion = store.registry().Champion(request.scope);
  if (!options.champion.empty()) {
    request.expected = ResolveStrategy(store, options.champion);
  } else if (champion) {
    request.expected = champion->to_hash;
  } else if (verdict) {
    request.expected = verdict->champion_hash;
  } else {
    throw Error(ErrorKind::kMissingInput,
                "scope " + request.scope + " has no champion yet; name it (--champion FOLDER)");
  }
  return request;
}

// What the verdict says of the change that its candidate brings.
Json MeasuredBy(const gate::Verdict& verdict, const std::string& digest) {
  Json measured = {{"verdict", digest}, {"suite", verdict.suite}, {"pairs", verdict.pairs.n}};
  for (const gate::Component& component : verdict.components) {
    if (component.name != "overall") continue;
    measured["gain"] = {{"estimate", component.delta.estimate},
                        {"low", component.delta.low},
                        {"high", component.delta.high},
                        {"level", component.delta.level}};
  }
  return measured;
}

// Keeps the candidate with its validation written in, and has the request install that.
void InstallValidated(store::Store& store, store::PromotionRequest& request) {
  const std::optional<store::VerdictRow> row = store.NewestVerdictOf(request.candidate);
  if (!row || row->champion_hash != request.expected || row->verdict != "PROMOTE") {
    throw Error(ErrorKind::kNotPermitted,
                "--record-validation: the newest verdict about candidate " + request.candidate +
                    " is not a PROMOTE against champion " + request.expected +
                    ", so nothing was measured that could be written down");
  }
  const auto load = [&store](const std::string& hash) {
    return StrategyOf(RequireFiles(store.registry(), hash, ""));
  };
  const strategy::Strategy candidate = load(request.candidate);
  const Json measured =
      MeasuredBy(gate::VerdictFromJson(row->document, "verdict " + row->digest), row->digest);
  std::map<std::string, Json> validations;
  for (const std::string& id : strategy::BroughtGuidelines(load(request.expected), candidate)) {
    validations.emplace(id, measured);
  }
  if (validations.empty()) return;  // it changed something else: there is nothing to write it on
  Json provenance = candidate.provenance().is_object() ? candidate.provenance() : Json::object();
  provenance["validated_by"] = row->digest;
  const strategy::Strategy validated =
      strategy::WithValidation(candidate, validations, std::move(provenance));
  store.registry().KeepFiles(validated.hash(), FilesOf(validated));
  request.verdict_digest = row->digest;
  request.installed = validated.hash();
}

std::string OnlyScope(store::Registry& registry) {
  std::set<std::string> scopes;
  for (const store::ChampionChange& change : registry.Changes({}, -1)) scopes.insert(change.scope);
  if (scopes.size() == 1) return *scopes.begin();
  throw UsageError(scopes.empty() ? "nothing was ever promoted"
                                  : "there are several scopes: choose one (--scope NAME)");
}

}  // namespace

PromotionResult RunPromotion(const PromotionOptions& options, const Clock& clock) {
  const std::unique_ptr<store::Store> store = OpenExistingStore(options.store_file, clock);
  store::Registry& registry = store->registry();
  store::PromotionRequest request = Complete(*store, options);
  const std::optional<store::ChampionChange> champion = registry.Champion(request.scope);
  const bool is_champion = champion && (champion->to_hash == request.candidate ||
                                        champion->tested_hash == request.candidate);
  if (options.record_validation && !is_champion) InstallValidated(*store, request);
  const std::string installed = is_champion                 ? champion->to_hash
                                : request.installed.empty() ? request.candidate
                                                            : request.installed;
  std::optional<StagedStrategy> staged;
  if (!options.output_folder.empty()) {
    staged.emplace(RequireFiles(registry, installed, is_champion ? champion->files_digest : ""),
                   installed, options.output_folder);
  }
  const bool again = is_champion && staged;
  PromotionResult result{again ? *champion : registry.Promote(request), !again};
  if (staged) staged->Commit();
  return result;
}

PromotionResult RunRollback(const RollbackOptions& options, const Clock& clock) {
  const std::unique_ptr<store::Store> store = OpenExistingStore(options.store_file, clock);
  store::Registry& registry = store->registry();
  const std::string scope = options.scope.empty() ? OnlyScope(registry) : options.scope;
  const std::optional<store::ChampionChange> champion = registry.Champion(scope);
  if (!champion) throw Error(ErrorKind::kMissingInput, "scope " + scope + " has no champion");
  const std::string expected =
      options.champion.empty() ? champion->to_hash : ResolveStrategy(*store, options.champion);
  std::optional<StagedStrategy> staged;
  if (!options.output_folder.empty()) {
    const store::ChampionChange before = registry.Before(scope);
    staged.emplace(RequireFiles(registry, before.to_hash, before.files_digest), before.to_hash,
                   options.output_folder);
  }
  PromotionResult result{registry.Rollback(scope, expected, options.who, options.reason), true};
  if (staged) staged->Commit();
  return result;
}

}  // namespace kedge::loop
