#include <algorithm>

#include "guards/labels/folded_views.h"
#include "guards/labels/tokens.h"
#include "guards/words/builders.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kShortWord = 4;  // characters; shorter ones count where there is no longer

enum class Pick { kAll, kLinks, kIdentifiers };

struct OriginSpec {
  struct Only {
    LabelMask label = 0;
    Verdict verdict = Verdict::kDeny;
  };
  bool identity = false;  // of the tool, instead of `of`
  bool of_text = false;   // the event's text
  std::vector<Place> of;
  bool optional = false;
  Pick pick = Pick::kAll;
  LabelMask any = 0;
  std::string any_described;
  const AllowList* allowed = nullptr;
  Verdict verdict = Verdict::kDeny;  // the rule's
  std::vector<Only> only;            // `otherwise`
  std::optional<Verdict> unseen;
  const LabelNames* labels = nullptr;

  bool Picks(std::string_view word) const {
    return pick == Pick::kAll || (pick == Pick::kLinks ? IsLink(word) : IsIdentifier(word));
  }
};

class OriginChecker : public Checker {
 public:
  OriginChecker(const OriginSpec& spec, const ToolCatalog& catalog)
      : spec_(spec), catalog_(catalog) {}

  CheckResult Check(const EventView& event) override {
    CheckResult worst;
    if (spec_.of_text) return CheckText(event.text(), "", event);
    if (spec_.identity && event.tool() == kUnknownTool) return CheckResult::Holds();
    for (const Place& place : spec_.identity ? catalog_.tool(event.tool()).identity : spec_.of) {
      Merge(CheckPlace(place, event), worst);
    }
    return worst;
  }

 private:
  // An error outranks every violation; of two violations the one with the stronger verdict speaks.
  void Merge(CheckResult result, CheckResult& worst) const {
    if (result.holds() || worst.is_error()) return;
    if (worst.holds() || result.is_error() || VerdictOf(result) < VerdictOf(worst)) {
      worst = std::move(result);
    }
  }
  Verdict VerdictOf(const CheckResult& result) const {
    return result.problem().verdict.value_or(spec_.verdict);
  }

  CheckResult CheckPlace(const Place& place, const EventView& event) const {
    std::vector<Placed> found;
    const bool complete = place.Select(event.arguments(), found);
    std::size_t present = 0;
    CheckResult worst;
    for (const Placed& placed : found) {
      for (const Leaf& leaf : LeavesOf(*placed.value, placed.pointer)) {
        if (leaf.is_null || (leaf.is_text && leaf.text.empty())) continue;
        ++present;
        Merge(leaf.is_text
                  ? CheckText(leaf.text, leaf.pointer, event)
                  : CheckResult::Error("type_clash", "a truth value has no origin", leaf.pointer),
              worst);
      }
    }
    if ((present > 0 && complete) || spec_.optional) return worst;
    Merge(CheckResult::Error("absent_argument", "the argument " + place.text() + " is missing",
                             place.text()),
          worst);
    return worst;
  }

  CheckResult CheckText(const std::string& text, const std::string& pointer,
                        const EventView& event) const {
    if (spec_.allowed != nullptr && spec_.allowed->Admits(text)) return CheckResult::Holds();
    const FoldedViews views = ViewsOf(text);
    CheckResult worst;
    const std::vector<std::string_view> words = PickedWords(views.folded);
    if (words.empty() && spec_.pick == Pick::kAll) Merge(Unseen(text, pointer), worst);
    for (const std::string_view word : words) Merge(CheckWord(word, pointer, event), worst);
    // What an encoded part spells can be blamed; it proves nothing.
    for (const std::string& decoded : views.decoded) {
      for (const std::string_view word : PickedWords(decoded)) {
        if (spec_.pick == Pick::kAll && Blame(word, event) == 0) continue;
        Merge(CheckWord(word, pointer, event), worst);
      }
    }
    return worst;
  }

  std::vector<std::string_view> PickedWords(std::string_view folded) const {
    std::vector<std::string_view> words = WordsOf(folded);
    std::erase_if(words, [this](std::string_view word) { return !spec_.Picks(word); });
    const auto is_long = [](std::string_view word) { return CharactersOf(word) >= kShortWord; };
    if (std::any_of(words.begin(), words.end(), is_long)) {
      std::erase_if(words, [&is_long](std::string_view word) { return !is_long(word); });
    }
    return words;
  }

  // Labels other than the wanted ones that a word was seen under; 0 for a good or an unseen one.
  LabelMask Blame(std::string_view word, const EventView& event) const {
    const LabelMask labels = event.session().provenance.Find(word);
    return (labels & spec_.any) != 0 ? 0 : labels;
  }

  CheckResult CheckWord(std::string_view word, const std::string& pointer,
                        const EventView& event) const {
    const Provenance& provenance = event.session().provenance;
    const LabelMask labels = provenance.Find(word);
    if ((labels & spec_.any) != 0) return CheckResult::Holds();
    if (spec_.allowed != nullptr && spec_.allowed->Admits(word)) return CheckResult::Holds();
    LabelMask blame = labels;
    if (labels == 0) {
      // A new word made of a seen one: a URL around a host that only a web page named.
      for (const std::string_view piece : PiecesOf(WithoutScheme(word))) {
        if (CharactersOf(piece) >= kShortWord) blame |= Blame(piece, event);
      }
    }
    if (blame != 0) return Seen(word, blame, pointer);
    if (provenance.full()) {
      return CheckResult::Error("state_limit", "the session has more words than can be remembered",
                                pointer);
    }
    return Unseen(word, pointer);
  }

  CheckResult Seen(std::string_view word, LabelMask labels, const std::string& pointer) const {
    CheckResult result = CheckResult::Violated(
        Quoted(word) + " was seen as " + spec_.labels->Describe(labels, "and") +
            " only; it must come from " + spec_.any_described,
        pointer);
    std::optional<Verdict> verdict;
    for (const OriginSpec::Only& only : spec_.only) {
      if ((only.label & labels) != 0 && (!verdict || only.verdict < *verdict)) {
        verdict = only.verdict;
      }
    }
    result.problem().verdict = verdict;
    return result;
  }

  CheckResult Unseen(std::string_view word, const std::string& pointer) const {
    CheckResult result = CheckResult::Violated(
        Quoted(word) + " was never seen before; it must come from " + spec_.any_described, pointer);
    result.problem().verdict = spec_.unseen;
    return result;
  }

  static std::string Quoted(std::string_view word) {
    constexpr std::size_t kShown = 80;
    return "'" + EscapeControls(Elide(word, kShown)) + "'";
  }

  const OriginSpec& spec_;
  const ToolCatalog& catalog_;
};

class Origin : public Word {
 public:
  Origin(OriginSpec spec, const ToolCatalog& catalog) : spec_(std::move(spec)), catalog_(catalog) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<OriginChecker>(spec_, catalog_);
  }
  std::vector<Verdict> Verdicts() const override {
    std::vector<Verdict> out;
    if (spec_.unseen) out.push_back(*spec_.unseen);
    for (const OriginSpec::Only& only : spec_.only) out.push_back(only.verdict);
    return out;
  }

 private:
  OriginSpec spec_;
  const ToolCatalog& catalog_;
};

void ReadPlaces(const Node& of, const WordContext& context, OriginSpec& spec) {
  const std::vector<Node> items = of.is_array() ? of.Items() : std::vector<Node>{of};
  if (items.empty()) throw of.Fail("expected at least one place");
  for (const Node& item : items) {
    const std::string place = item.NonEmptyString();
    if (place == "text") {
      if (HasTool(context.match.event)) throw item.Fail("tool calls and results have no text");
      spec.of_text = true;
    } else if (place == "identity") {
      NeedTool(item, context.match, "identity");
      spec.identity = true;
      for (const ToolId id : context.match.tools.ids()) {
        if (!context.catalog.tool(id).identity.empty()) continue;
        throw item.Fail("the catalogue gives tool '" + context.catalog.tool(id).name +
                        "' no identity");
      }
    } else {
      spec.of.push_back(ReadArgumentPlace(item, place, context));
    }
  }
  if (items.size() > 1 && (spec.of_text || spec.identity)) {
    throw of.Fail("identity and text stand alone");
  }
}

Verdict ReadOtherwise(const Node& node) {
  const std::string word = node.OneOf({"deny", "ask", "warn"});
  return word == "deny" ? Verdict::kDeny : word == "ask" ? Verdict::kAsk : Verdict::kWarn;
}

void ReadOtherwise(const Node& node, const LabelNames& labels, OriginSpec& spec) {
  node.AllowKeys({"only", "unseen"});
  if (const auto unseen = node.Find("unseen")) spec.unseen = ReadOtherwise(*unseen);
  const auto only = node.Find("only");
  if (!only) return;
  for (const auto& [name, verdict] : only->Members()) {
    const auto label = labels.Find(name);
    if (!label) throw verdict.Fail("nothing gives the label '" + name + "'");
    if ((*label & spec.any) != 0) {
      throw verdict.Fail("'" + name + "' is allowed by `any` already: allow and " +
                         verdict.String() + " on the same point");
    }
    spec.only.push_back({*label, ReadOtherwise(verdict)});
  }
}

}  // namespace

void BuildOrigin(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"of", "any", "pick", "in", "optional"});
  OriginSpec spec;
  spec.labels = &context.resources.labels;
  ReadPlaces(node["of"], context, spec);
  spec.any = context.resources.labels.ReadKnown(node["any"]);
  spec.any_described = context.resources.labels.Describe(spec.any, "or");
  spec.optional = node.BoolOr("optional", false);
  if (const auto pick = node.Find("pick")) {
    const std::string word = pick->OneOf({"all", "links", "identifiers"});
    spec.pick = word == "all" ? Pick::kAll : word == "links" ? Pick::kLinks : Pick::kIdentifiers;
  }
  if (const auto in = node.Find("in")) spec.allowed = &context.resources.allow.Find(*in);
  spec.verdict = context.verdict;
  context.resources.asked_labels |= spec.any;
  if (context.otherwise) {
    ReadOtherwise(*context.otherwise, context.resources.labels, spec);
    for (const OriginSpec::Only& only : spec.only) context.resources.asked_labels |= only.label;
    context.otherwise.reset();
  }
  context.resources.uses_labels = true;
  words.push_back(std::make_unique<Origin>(std::move(spec), context.catalog));
}

}  // namespace kedge::guards
