#include "harness/text/escape_clusters.h"

#include <algorithm>

namespace kedge::text {
namespace {

constexpr std::size_t kContext = 64;
constexpr std::size_t kGap = 2 * kContext;  // farther apart, two clusters

struct Placed {
  std::size_t at = 0;
  EscapeSequence sequence;
};

void EmitPlain(std::string_view text, std::size_t begin, std::size_t end, MappedText& out) {
  for (std::size_t i = begin; i < end; ++i) out.Append(text[i], i);
}

void EmitCluster(std::string_view text, const std::vector<Placed>& cluster, MappedText& out) {
  std::size_t at = cluster.front().at - std::min(cluster.front().at, kContext);
  for (const Placed& placed : cluster) {
    EmitPlain(text, at, placed.at, out);
    out.Append(placed.sequence.bytes, placed.at);
    at = placed.at + placed.sequence.length;
  }
  const std::size_t end = std::min(text.size(), at + kContext);
  EmitPlain(text, at, end, out);
  out.Append('\n', end);
}

}  // namespace

void DecodeClusters(std::string_view text, const std::vector<std::uint32_t>& places,
                    ParseEscape parse, MappedText& out) {
  std::vector<Placed> cluster;
  std::size_t end = 0;  // of the last sequence
  int weight = 0;
  const auto flush = [&] {
    if (weight >= kClusterWeight) EmitCluster(text, cluster, out);
    cluster.clear();
    weight = 0;
  };
  for (const std::uint32_t at : places) {
    if (at < end) continue;  // inside the sequence before it, as the second half of a pair is
    if (!cluster.empty() && at - end > kGap) flush();
    EscapeSequence sequence = parse(text, at);
    if (sequence.length == 0) continue;
    end = at + sequence.length;
    weight = std::min(weight + sequence.weight, kClusterWeight);
    cluster.push_back({at, std::move(sequence)});
  }
  flush();
}

}  // namespace kedge::text
