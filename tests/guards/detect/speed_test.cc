// Time grows with the text, not faster: every rule on texts made to hurt it, and the views.

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "guards/detect/detector.h"
#include "guards/detect/pack_reader.h"
#include "guards/detect/scan_engine.h"
#include "harness/core/error.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

// Processor time of this thread: other work on the machine does not count.
double Now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename Action>
double Time(Action action) {
  const double begin = Now();
  action();
  return Now() - begin;
}

std::string Filled(const std::string& piece, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + piece.size());
  while (out.size() < bytes) out += piece;
  out.resize(bytes);
  return out;
}

constexpr std::size_t kMega = std::size_t{1} << 20;

// Eight times the text in at most twelve times the time: a text that leaves the cache costs up to
// 9.1 on a busy machine, and whatever is quadratic costs 64.
constexpr double kMostForEight = 12;

// One scan of eight mebibytes against eight scans of one: the same bytes, as cold in the caches.
// The smallest of a few runs: what disturbs only ever adds time.
template <typename Scan>
void ExpectLinear(const std::string& what, const std::string& piece, Scan scan) {
  const std::string eight = Filled(piece, 8 * kMega);
  double small = 1e9, large = 1e9;
  for (int i = 0; i < 6; ++i) {
    const double parts = Time([&] {
      for (std::size_t at = 0; at < eight.size(); at += kMega) {
        scan(std::string_view(eight).substr(at, kMega));
      }
    });
    small = std::min(small, parts / 8);
    large = std::min(large, Time([&] { scan(eight); }));
    if (large <= kMostForEight * small) return;
  }
  EXPECT_LE(large, kMostForEight * small) << what << ": " << small << " s, " << large << " s";
}

// A text with too many findings or views is refused, which ends a scan early.
void ScanOrRefuse(const ScanEngine& engine, std::string_view text) {
  try {
    engine.Scan(text, false);
  } catch (const Error&) {
  }
}

// What a rule finds, what it nearly finds, and its keywords side by side, again and again.
TEST(LinearityTest, EveryRule) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  std::size_t rules = 0;
  for (const std::string& name : ShippedPackNames()) {
    const RulePack pack = ReadRulePack(ShippedPackFiles(name));
    for (const auto& rule : pack.rules) {
      ++rules;
      const ScanEngine engine({rule.get()}, HostList());
      std::string piece = ExpandExample(rule->match_examples[0]);
      piece.resize(piece.size() * 2 / 3);
      for (const std::string& keyword : rule->keywords) piece += keyword;
      // Small sizes first; the large ones only for a rule that seems slow.
      const std::string small = Filled(piece, kMega / 16), large = Filled(piece, kMega / 2);
      ScanOrRefuse(engine, small);
      const double quick = Time([&] { ScanOrRefuse(engine, small); });
      if (Time([&] { ScanOrRefuse(engine, large); }) <= kMostForEight * quick) continue;
      ExpectLinear(name + " " + rule->id, piece,
                   [&](std::string_view text) { ScanOrRefuse(engine, text); });
    }
  }
  EXPECT_GE(rules, 350U);
}

TEST(LinearityTest, EveryView) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  const auto pack = DetectorPack::Combine({"secrets/v1", "pii/v1", "injection/v1", "hidden/v1"});
  for (const char* piece : {"plain words ",
                            "\xE2\x80\x8B",
                            "\xEF\xBD\x81",
                            "\xD0\xB0"
                            "bc ",
                            "aWdub3JlIGFsbCBwcmV2 ",
                            "%41",
                            "&#65;",
                            "\\u0041",
                            "\\ud83d",
                            "vtaber ",
                            "erongi ",
                            "1gn0re ",
                            "i g n o r e ",
                            "i ",
                            "a.",
                            "\xF3\xA0\x81\xA1",
                            "\xF3\xA0\x84\x80",
                            "69676e6f7265616c ",
                            "@",
                            "a@b.c",
                            "1-",
                            "GB82 ",
                            "[",
                            "](",
                            "://",
                            "href=",
                            "<",
                            "eyJ",
                            "-----begin ",
                            "\xC3",
                            "0123456789012345"}) {
    ExpectLinear(piece, piece, [&](std::string_view text) {
      try {
        pack->Scan(text);
      } catch (const Error&) {  // refused: too many views or findings
      }
    });
  }
}

TEST(SpeedTest, StartsInATenthOfASecond) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[speed] not an optimised build";
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    best =
        std::min(best, Time([] {
                   std::vector<RulePack> packs;
                   std::vector<const DetectorRule*> rules;
                   for (const char* name : {"secrets/v1", "pii/v1", "injection/v1", "hidden/v1"}) {
                     packs.push_back(ReadRulePack(ShippedPackFiles(name)));
                     for (const auto& rule : packs.back().rules) rules.push_back(rule.get());
                   }
                   const ScanEngine engine(rules, HostList());
                 }));
  }
  std::cout << "packs and engine ready in " << best * 1e3 << " ms\n";
  EXPECT_LE(best, 0.1);
}

}  // namespace
}  // namespace kedge::guards
