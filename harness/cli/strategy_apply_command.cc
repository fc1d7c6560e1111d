#include "harness/cli/strategy_apply_command.h"

#include <fmt/format.h>

#include <ostream>

#include "guards/change/approval.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/strategy/strategy.h"

namespace kedge::cli {
namespace {

class StrategyApply : public Command {
 public:
  std::string name() const override { return "strategy apply"; }
  std::string summary() const override {
    return "Make a strategy from a parent and a file of operations; print its hash";
  }
  std::vector<Argument> arguments() override {
    return {{"parent", &parent_, "Strategy folder", "FOLDER", true},
            {"--operations", &operations_, "Operations (kedge-operations/1)", "FILE", true},
            {"--out", &out_, "Folder of the new strategy", "FOLDER", true},
            {"--name", &name_, "Its name", "NAME", true},
            {"--author", &author_, "Public key of who wrote it (kedge strategy keygen)", "KEY"}};
  }

  int Run(Console& console) override {
    const auto parent = strategy::Strategy::Load(parent_);
    const std::vector<strategy::Operation> operations = strategy::LoadOperations(operations_);
    Json list = Json::array();
    for (const strategy::Operation& operation : operations) list.push_back(ToJson(operation));
    Json provenance = {
        {"made_by", "operations"},
        {"operations", {{"count", operations.size()}, {"digest", JsonDigest(list)}}}};
    if (!author_.empty()) {
      if (!guards::IsPublicKey(author_)) {
        throw UsageError("--author: expected a public key, 64 hexadecimal digits in lower case");
      }
      provenance["author"] = author_;
    }
    const auto made = strategy::Apply(parent, parent.hash(), operations, name_, provenance);
    made.Save(out_);
    console.out << made.hash() << "\n";
    return 0;
  }

 private:
  std::string parent_;
  std::string operations_;
  std::string out_;
  std::string name_;
  std::string author_;
};

}  // namespace

std::unique_ptr<Command> MakeStrategyApplyCommand() { return std::make_unique<StrategyApply>(); }

}  // namespace kedge::cli
