#include "guards/detect/pack_reader.h"

#include <set>
#include <utility>

#include "guards/detect/scan_engine.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

void ReadPackFile(const PackFile& file, RulePack& pack, std::set<std::string>& ids) {
  const Document document = Document::FromYaml(file.text, file.name);
  const Node root = document.root();
  root.AllowKeys({"version", "pack", "kind", "rules"});
  root["version"].OneOf({"detectors/v1"});
  const std::string name = root["pack"].NonEmptyString();
  if (!pack.name.empty() && pack.name != name) {
    throw root["pack"].Fail("the files of one pack name different packs");
  }
  pack.name = name;
  const std::string kind =
      root["kind"].OneOf({"secret", "pii", "injection", "hidden", "egress", "consent"});
  for (const Node& node : root["rules"].Items()) {
    std::unique_ptr<DetectorRule> rule = ReadDetectorRule(node, name, kind);
    if (!ids.insert(rule->id).second) throw node["id"].Fail("the pack has two rules of this id");
    pack.rules.push_back(std::move(rule));
  }
}

void CheckRule(const DetectorRule& rule) {
  const auto fail = [&](const std::string& what) {
    return BadData("rule " + rule.id + ": " + what).At(rule.file, rule.line);
  };
  for (const LazyPattern* pattern :
       {rule.pattern.get(), rule.name.get(), rule.unless.get(), rule.not_line.get()}) {
    if (pattern != nullptr) pattern->Get();
  }
  const ScanEngine engine({&rule}, HostList());
  for (const std::string& example : rule.match_examples) {
    if (engine.Scan(ExpandExample(example), true).empty()) {
      throw fail("the example '" + example + "' should match and does not");
    }
  }
  for (const std::string& example : rule.no_match_examples) {
    if (!engine.Scan(ExpandExample(example), true).empty()) {
      throw fail("the example '" + example + "' should not match and does");
    }
  }
}

}  // namespace

RulePack ReadRulePack(const std::vector<PackFile>& files) {
  RulePack pack;
  std::set<std::string> ids;
  std::string bytes;
  for (const PackFile& file : files) {
    ReadPackFile(file, pack, ids);
    bytes += Sha256Hex(file.text);
  }
  pack.digest = Sha256Hex(pack.name + "\n" + bytes);
  return pack;
}

void CheckExamples(const RulePack& pack) {
  for (const auto& rule : pack.rules) CheckRule(*rule);
}

}  // namespace kedge::guards
