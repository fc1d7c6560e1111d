// The packs against strings and texts that others have labelled.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "guards/detect/detector.h"
#include "harness/core/json.h"
#include "tests/guards/detect/real_text.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

// Their rule -> ours, where the names differ.
const std::map<std::string, std::set<std::string>> kOurRules = {
    {"anthropic-admin-api-key", {"anthropic-admin-key"}},
    {"aws-amazon-bedrock-api-key-long-lived", {"aws-bedrock-api-key"}},
    {"cisco-meraki-api-key", {"cisco-meraki-key"}},
    {"cohere-api-token", {"cohere-api-key"}},
    {"easypost-api-token", {"easypost-token"}},
    {"etsy-access-token", {"etsy-key"}},
    {"facebook-page-access-token", {"facebook-page-token"}},
    {"flyio-access-token", {"flyio-access-token", "flyio-macaroon"}},
    {"gitlab-rrt", {"gitlab-runner-registration"}},
    {"grafana-cloud-api-token", {"grafana-cloud-token"}},
    {"hashicorp-tf-api-token", {"hashicorp-tf-token"}},
    {"huggingface-access-token", {"huggingface-token"}},
    {"infracost-api-token", {"infracost-token"}},
    {"mailchimp-api-key", {"mailchimp-key"}},
    {"notion-api-token", {"notion-token"}},
    {"okta-access-token", {"okta-token"}},
    {"perplexity-api-key", {"perplexity-key"}},
    {"private-key", {"private-key", "private-key-open"}},
    {"pulumi-api-token", {"pulumi-token"}},
    {"slack-legacy-workspace-token", {"slack-workspace-token"}},
    {"slack-webhook-url", {"slack-webhook"}},
    {"sonar-api-token", {"sonar-token", "sonar-prefixed-token"}},
    {"square-access-token", {"square-access-token", "square-production-token"}},
    {"stripe-access-token", {"stripe-key"}},
    {"sumologic-access-token", {"sumologic-access-key", "sumologic-access-id"}},
    {"vault-service-token", {"vault-service-token", "vault-service-token-legacy"}}};

TEST(LabelledDataTest, SecretsAreFoundAndPlaceholdersAreNot) {
  KEDGE_NEED_DATA();
  const auto pack = DetectorPack::Find("secrets/v1");
  int secrets = 0, found = 0, benign = 0, flagged = 0, any = 0;
  std::istringstream lines(
      ReadAllBytes(testing::SharedPath("data/guard-secrets/gitleaks_cases.jsonl.gz")));
  for (std::string line; std::getline(lines, line);) {
    const Json row = ParseJson(line);
    const auto rule = row["rule_id"].get<std::string>();
    std::set<std::string> fired;
    for (const Detection& detection : pack->Scan(row["text"].get<std::string>())) {
      fired.insert(detection.rule);
    }
    if (row["label"] == "secret") {
      ++secrets;
      found += fired.empty() ? 0 : 1;
      continue;
    }
    ++benign;
    any += fired.empty() ? 0 : 1;
    const auto ours = kOurRules.find(rule);
    const std::set<std::string> wanted =
        ours == kOurRules.end() ? std::set<std::string>{rule} : ours->second;
    flagged += std::any_of(wanted.begin(), wanted.end(),
                           [&](const std::string& id) { return fired.contains(id); });
  }
  std::cout << "secrets: found " << found << " of " << secrets << "; benign: mapped rule "
            << flagged << ", any rule " << any << " of " << benign << "\n";
  ASSERT_EQ(secrets + benign, 345);
  EXPECT_GE(found, 0.97 * secrets);
  EXPECT_LE(flagged, 0.05 * benign);
  EXPECT_LE(any, 0.10 * benign);
}

struct Tally {
  int right = 0, wrong = 0, missed = 0;
};

// Exact values; the four kinds that a pattern can tell.
Tally TallyPersonalData(const std::string& file) {
  const std::map<std::string, std::string> rules = {{"CREDIT_CARD", "payment-card"},
                                                    {"IBAN_CODE", "iban"},
                                                    {"US_SSN", "us-ssn"},
                                                    {"EMAIL_ADDRESS", "email"}};
  const auto pack = DetectorPack::Find("pii/v1");
  Tally tally;
  for (const Json& row : ParseJson(ReadAllBytes(testing::SharedPath(file)))) {
    const auto text = row["full_text"].get<std::string>();
    std::multiset<std::pair<std::string, std::string>> wanted;
    for (const Json& span : row["spans"]) {
      const auto rule = rules.find(span["entity_type"].get<std::string>());
      if (rule != rules.end()) {
        wanted.emplace(rule->second, span["entity_value"].get<std::string>());
      }
    }
    for (const Detection& found : pack->Scan(text)) {
      const bool ours = std::any_of(rules.begin(), rules.end(),
                                    [&](const auto& rule) { return rule.second == found.rule; });
      if (!ours) continue;
      const auto hit = wanted.find({found.rule, text.substr(found.begin, found.end - found.begin)});
      if (hit == wanted.end()) {
        ++tally.wrong;
      } else {
        ++tally.right;
        wanted.erase(hit);
      }
    }
    tally.missed += static_cast<int>(wanted.size());
  }
  return tally;
}

void ExpectGood(const Tally& tally) {
  std::cout << "personal data: right " << tally.right << ", wrong " << tally.wrong << ", missed "
            << tally.missed << "\n";
  EXPECT_GE(tally.right, 0.98 * (tally.right + tally.missed));
  EXPECT_GE(tally.right, 0.95 * (tally.right + tally.wrong));
}

TEST(LabelledDataTest, PersonalDataOfTheLargeFile) {
  KEDGE_NEED_DATA();
  ExpectGood(TallyPersonalData("data/guard-pii/presidio_generated_large.json.gz"));
}

TEST(LabelledDataTest, PersonalDataOfTheSmallFileThatNobodyTunesOn) {
  KEDGE_NEED_DATA();
  ExpectGood(TallyPersonalData("data/guard-pii/presidio_generated_small.json.gz"));
}

}  // namespace
}  // namespace kedge::guards
