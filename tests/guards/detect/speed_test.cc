// Time grows with the text, not faster: every rule on texts made to hurt it, and the views.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "guards/detect/detector.h"
#include "guards/detect/pack_reader.h"
#include "guards/detect/scan_engine.h"
#include "harness/core/error.h"
#include "tests/guards/detect/hostile_text.h"
#include "tests/guards/detect/real_text.h"
#include "tests/guards/detect/work_meter.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20;
const std::vector<std::string> kAllPacks = {"secrets/v1", "pii/v1", "injection/v1", "hidden/v1",
                                            "markdown-egress/v1"};

// On a quarter of a mebibyte and its eighths; the full size only for what seems slow there.
// linearity_long_test.cc always takes the full size.
template <typename Scan>
bool IsLinear(const std::string& piece, Scan scan) {
  return RatioOfEight(Filled(piece, kMega / 4), scan) <= kMostForEight ||
         RatioOfEight(Filled(piece, 8 * kMega), scan) <= kMostForEight;
}

TEST(LinearityTest, EveryRule) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  std::size_t rules = 0;
  for (const std::string& name : ShippedPackNames()) {
    const RulePack pack = ReadRulePack(ShippedPackFiles(name));
    for (const auto& rule : pack.rules) {
      ++rules;
      const ScanEngine engine({rule.get()}, HostList());
      const auto scan = [&](std::string_view text) { ScanOrRefuse(engine, text); };
      EXPECT_TRUE(IsLinear(HostilePiece(*rule), scan)) << name << " " << rule->id;
    }
  }
  EXPECT_GE(rules, 350U);
}

TEST(LinearityTest, EveryView) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  const auto pack = DetectorPack::Combine(kAllPacks);
  const auto scan = [&](std::string_view text) { ScanOrRefuse(*pack, text); };
  for (const char* piece : kViewPieces) EXPECT_TRUE(IsLinear(piece, scan)) << piece;
}

// All JSON of the shared data, one file after the other.
std::string SharedJson() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(testing::SharedPath("data"))) {
    const std::string name = entry.path().filename().string();
    if (name.find(".json") != std::string::npos) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::string out;
  for (const std::string& file : files) out += ReadAllBytes(file);
  return out;
}

// The fastest of a few passes over the pieces, in MB a second of processor time: what disturbs only
// ever adds time.
double MegabytesASecond(const DetectorPack& pack, const std::vector<std::string_view>& pieces,
                        double enough) {
  constexpr int kMostPasses = 12;
  double best = 0;
  for (int pass = 0; pass < kMostPasses && best < enough; ++pass) {
    std::size_t bytes = 0;
    const double begin = ThreadSeconds();
    for (const std::string_view piece : pieces) {
      pack.Scan(piece);
      bytes += piece.size();
    }
    best = std::max(best, static_cast<double>(bytes) / 1e6 / (ThreadSeconds() - begin));
  }
  return best;
}

// Every seventh piece of all files, so that each kind of data is there.
std::vector<std::string_view> EverySeventh(std::string_view text, std::size_t bytes) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size(); at += 7 * bytes) out.push_back(text.substr(at, bytes));
  return out;
}

// The aim is 120 MB/s. A machine that others use gives half of it at times even in processor time
// (shared caches and cores), so what fails the test is a rate that only slower code explains.
TEST(SpeedTest, ScansTheSharedDataAtItsRate) {
  KEDGE_NEED_DATA();
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  constexpr double kEnough = 120, kLeast = 50;
  const auto pack = DetectorPack::Combine(kAllPacks);
  ASSERT_GE(pack->rules(), 350U);
  const std::string text = SharedJson();
  const double large = MegabytesASecond(*pack, EverySeventh(text, 65536), kEnough);
  const double small = MegabytesASecond(*pack, EverySeventh(text, 1024), kEnough);
  std::cout << pack->rules() << " rules, " << text.size() / 1000000 << " MB of JSON: " << large
            << " MB/s in pieces of 64 KiB, " << small << " MB/s in pieces of 1 KiB\n";
  EXPECT_GE(large, kLeast);
  EXPECT_GE(small, kLeast);
  const InstructionCounter counter;
  if (!counter.available()) return;
  const std::uint64_t begin = counter.Read();
  pack->Scan(std::string_view(text).substr(0, kMega));
  std::cout << static_cast<double>(counter.Read() - begin) / static_cast<double>(kMega)
            << " instructions a byte\n";
}

TEST(SpeedTest, StartsInATenthOfASecond) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double begin = ThreadSeconds();
    std::vector<RulePack> packs;
    std::vector<const DetectorRule*> rules;
    for (const std::string& name : kAllPacks) {
      packs.push_back(ReadRulePack(ShippedPackFiles(name)));
      for (const auto& rule : packs.back().rules) rules.push_back(rule.get());
    }
    const ScanEngine engine(rules, HostList());
    best = std::min(best, ThreadSeconds() - begin);
  }
  std::cout << "packs and engine ready in " << best * 1e3 << " ms\n";
  EXPECT_LE(best, 0.1);
}

}  // namespace
}  // namespace kedge::guards
