#include "harness/trace/formats/span_tree.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace kedge::trace {
namespace {

using SpanKey = std::pair<std::string_view, std::string_view>;

void ReportOdd(const Span& span, const char* what, ReadReport& report) {
  report.Odd(std::move(BadData(what).At({}, 0, "span " + span.id)));
}

std::vector<Span> EachOnce(std::vector<Span>&& spans, ReadReport& report) {
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  std::vector<Span> kept;
  kept.reserve(spans.size());
  for (Span& span : spans) {
    const auto [place, added] = seen.try_emplace({span.trace_id, span.id}, kept.size());
    if (added) {
      kept.push_back(std::move(span));
      continue;
    }
    ReportOdd(span, "arrived more than once", report);
    if (span.end > kept[place->second].end) kept[place->second] = std::move(span);
  }
  return kept;
}

class TreeBuilder {
 public:
  TreeBuilder(SpanTree& tree, ReadReport& report) : tree_(tree), report_(report) {}

  void Build() {
    tree_.nodes.resize(tree_.spans.size());
    state_.assign(tree_.spans.size(), State::kNew);
    depth_.assign(tree_.spans.size(), 0);
    FindParents();
    for (std::size_t i = 0; i < tree_.spans.size(); ++i) Place(i);
    for (const SpanNode& node : tree_.nodes) {
      const bool nested = node.kind == SpanKind::kModel && node.enclosing != SpanNode::kNone &&
                          tree_.nodes[node.enclosing].kind == SpanKind::kModel;
      if (nested) tree_.nodes[node.enclosing].wraps_model_call = true;
    }
    tree_.order.resize(tree_.spans.size());
    for (std::size_t i = 0; i < tree_.order.size(); ++i) tree_.order[i] = i;
    std::stable_sort(tree_.order.begin(), tree_.order.end(), [this](auto a, auto b) {
      return std::tie(tree_.nodes[a].begin, depth_[a]) < std::tie(tree_.nodes[b].begin, depth_[b]);
    });
  }

 private:
  enum class State { kNew, kOpen, kPlaced };

  void FindParents() {
    std::map<SpanKey, std::size_t> by_id;
    for (std::size_t i = 0; i < tree_.spans.size(); ++i) {
      by_id[{tree_.spans[i].trace_id, tree_.spans[i].id}] = i;
    }
    for (std::size_t i = 0; i < tree_.spans.size(); ++i) {
      const Span& span = tree_.spans[i];
      tree_.nodes[i].kind = KindOf(span);
      if (span.parent_id.empty()) continue;
      const auto parent = by_id.find({span.trace_id, span.parent_id});
      if (parent == by_id.end()) {
        ReportOdd(span, "its parent is missing", report_);
      } else {
        tree_.nodes[i].parent = parent->second;
      }
    }
  }

  // Walks up to the first span that is placed, then places the others on the way down: a chain of
  // parents may be as long as there are spans.
  void Place(std::size_t index) {
    std::vector<std::size_t> chain;
    while (index != SpanNode::kNone && state_[index] == State::kNew) {
      state_[index] = State::kOpen;
      chain.push_back(index);
      const std::size_t parent = tree_.nodes[index].parent;
      if (parent != SpanNode::kNone && state_[parent] == State::kOpen) {
        ReportOdd(tree_.spans[index], "is its own ancestor", report_);
        tree_.nodes[index].parent = SpanNode::kNone;
      }
      index = tree_.nodes[index].parent;
    }
    for (auto it = chain.rbegin(); it != chain.rend(); ++it) PlaceUnderParent(*it);
  }

  void PlaceUnderParent(std::size_t index) {
    const Span& span = tree_.spans[index];
    SpanNode& node = tree_.nodes[index];
    node.begin = std::max<std::int64_t>(span.start, 0);
    if (node.parent != SpanNode::kNone) {
      const SpanNode& parent = tree_.nodes[node.parent];
      if (node.begin < parent.begin) {
        ReportOdd(span, "starts before its parent: clocks differ", report_);
        node.begin = parent.begin;
      }
      node.enclosing = parent.kind == SpanKind::kOther ? parent.enclosing : node.parent;
      depth_[index] = depth_[node.parent] + 1;
    }
    if (span.end != 0 && span.end < span.start) {
      ReportOdd(span, "ends before it starts", report_);
    }
    node.finish = std::max(node.begin, span.end);
    state_[index] = State::kPlaced;
  }

  SpanTree& tree_;
  ReadReport& report_;
  std::vector<State> state_;
  std::vector<int> depth_;
};

}  // namespace

SpanTree MakeSpanTree(std::vector<Span>&& spans, ReadReport& report) {
  SpanTree tree;
  tree.spans = EachOnce(std::move(spans), report);
  TreeBuilder(tree, report).Build();
  return tree;
}

}  // namespace kedge::trace
