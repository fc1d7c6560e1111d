#include "guards/detect/detector.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "guards/detect/pack_reader.h"
#include "guards/detect/rule_import.h"
#include "guards/detect/scan_engine.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::guards {
namespace {

using SharedPack = std::shared_ptr<const RulePack>;

std::vector<const DetectorRule*> RulesOf(const std::vector<SharedPack>& packs) {
  std::vector<const DetectorRule*> rules;
  for (const SharedPack& pack : packs) {
    for (const auto& rule : pack->rules) rules.push_back(rule.get());
  }
  return rules;
}

// One pack or several, behind the public interface.
class EnginePack final : public DetectorPack {
 public:
  EnginePack(std::string name, std::string digest, std::vector<SharedPack> packs, HostList hosts)
      : name_(std::move(name)),
        digest_(std::move(digest)),
        packs_(std::move(packs)),
        engine_(RulesOf(packs_), std::move(hosts)) {}

  const std::string& name() const override { return name_; }
  const std::string& digest() const override { return digest_; }
  std::size_t rules() const override { return engine_.rules(); }
  std::vector<Detection> Scan(std::string_view text) const override {
    return engine_.Scan(text, false);
  }
  bool Matches(std::string_view text) const override { return !engine_.Scan(text, true).empty(); }

 private:
  std::string name_;
  std::string digest_;
  std::vector<SharedPack> packs_;
  ScanEngine engine_;
};

std::string Joined(const std::vector<std::string>& names, const char* between) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : between) + name;
  return out;
}

SharedPack LoadFile(const std::string& path) {
  const std::string text = ReadFile(path);
  auto pack = std::make_shared<RulePack>(path.ends_with(".toml") ? ImportTomlRules(text, path)
                                                                 : ReadRulePack({{path, text}}));
  CheckExamples(*pack);
  return pack;
}

SharedPack LoadRules(const std::string& name) {
  const std::vector<PackFile> shipped = ShippedPackFiles(name);
  if (!shipped.empty()) return std::make_shared<RulePack>(ReadRulePack(shipped));
  if (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".toml")) {
    return LoadFile(name);
  }
  throw BadData("unknown detector pack '" + name + "'; there are " +
                Joined(ShippedPackNames(), ", ") + ", and files (.yaml, .toml)");
}

// Rules and packs that were built before, by name. A file is read anew by each process.
struct Cache {
  std::mutex mutex;
  std::map<std::string, SharedPack> rules;
  std::map<std::string, std::shared_ptr<const DetectorPack>> packs;

  static Cache& Get() {
    static Cache cache;
    return cache;
  }
};

SharedPack CachedRules(Cache& cache, const std::string& name) {
  SharedPack& pack = cache.rules[name];
  if (pack == nullptr) {
    try {
      pack = LoadRules(name);
    } catch (...) {
      cache.rules.erase(name);
      throw;
    }
  }
  return pack;
}

}  // namespace

std::shared_ptr<const DetectorPack> DetectorPack::Find(const std::string& name) {
  return Combine({name});
}

std::vector<std::string> DetectorPack::ShippedNames() { return ShippedPackNames(); }

std::shared_ptr<const DetectorPack> DetectorPack::Combine(
    const std::vector<std::string>& names, const std::vector<std::string>& allowed_hosts) {
  Cache& cache = Cache::Get();
  const std::string key = Joined(names, "\n") + "\n\n" + Joined(allowed_hosts, "\n");
  const std::lock_guard<std::mutex> lock(cache.mutex);
  if (const auto found = cache.packs.find(key); found != cache.packs.end()) return found->second;
  std::vector<SharedPack> packs;
  std::string digests;
  for (const std::string& name : names) {
    packs.push_back(CachedRules(cache, name));
    digests += packs.back()->digest;
  }
  const std::string digest = names.size() == 1 && allowed_hosts.empty()
                                 ? packs[0]->digest
                                 : Sha256Hex(digests + "\n" + Joined(allowed_hosts, "\n"));
  auto pack = std::make_shared<const EnginePack>(Joined(names, "+"), digest, std::move(packs),
                                                 HostList(allowed_hosts));
  cache.packs.emplace(key, pack);
  return pack;
}

}  // namespace kedge::guards
