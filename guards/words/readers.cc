#include "guards/words/builders.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

// What was read so far may be passed on to those only who may read all of it.
class ReadersChecker : public Checker {
 public:
  explicit ReadersChecker(const std::vector<Place>& recipients) : recipients_(recipients) {}

  CheckResult Check(const EventView& event) override {
    if (!event.session().readers.restricted()) return CheckResult::Holds();
    for (const Place& place : recipients_) {
      std::vector<Placed> found;
      if (!place.Select(event.arguments(), found)) {
        return CheckResult::Error("absent_argument", "the argument " + place.text() + " is missing",
                                  place.text());
      }
      for (const Placed& placed : found) {
        for (const Leaf& leaf : LeavesOf(*placed.value, placed.pointer)) {
          if (leaf.is_text && event.session().readers.MayRead(leaf.text)) continue;
          return CheckResult::Violated("may not read all that was read in this session",
                                       leaf.pointer);
        }
      }
    }
    return CheckResult::Holds();
  }

 private:
  const std::vector<Place>& recipients_;
};

class ReadersWord : public Word {
 public:
  explicit ReadersWord(std::vector<Place> recipients) : recipients_(std::move(recipients)) {}
  std::unique_ptr<Checker> NewChecker() const override {
    return std::make_unique<ReadersChecker>(recipients_);
  }

 private:
  std::vector<Place> recipients_;
};

}  // namespace

void BuildReaders(const Node& node, WordContext& context, Words& words) {
  node.AllowKeys({"include"});
  const Node include = node["include"];
  const std::vector<Node> items = include.is_array() ? include.Items() : std::vector<Node>{include};
  std::vector<Place> places;
  for (const Node& item : items) {
    places.push_back(ReadArgumentPlace(item, item.NonEmptyString(), context));
  }
  if (places.empty()) throw include.Fail("expected at least one place");
  bool named = false;
  for (const ToolCatalog::Tool& tool : context.catalog.tools()) {
    named |= tool.result.readers.has_value();
  }
  if (!named) throw node.Fail("no tool's result names its readers: this can never apply");
  context.resources.uses_readers = true;
  words.push_back(std::make_unique<ReadersWord>(std::move(places)));
}

}  // namespace kedge::guards
