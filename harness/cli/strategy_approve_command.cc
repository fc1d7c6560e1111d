#include "harness/cli/strategy_approve_command.h"

#include <filesystem>
#include <ostream>

#include "harness/core/clock.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/signature.h"
#include "harness/gate/verdict.h"

namespace kedge::cli {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

class StrategyKeygen : public Command {
 public:
  std::string name() const override { return "strategy keygen"; }
  std::string summary() const override { return "Make a key for approvals; print its public part"; }
  std::vector<Argument> arguments() override {
    return {{"--out", &out_, "File for the secret key; must not exist", "FILE", true}};
  }

  int Run(Console& console) override {
    if (std::filesystem::exists(out_)) {
      throw UsageError(out_ + " exists; a key is never written over another");
    }
    const KeyPair pair = NewKeyPair();
    WriteFileAtomic(out_, pair.secret_key + "\n");
    std::filesystem::permissions(
        out_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    console.out << pair.public_key << "\n";
    return 0;
  }

 private:
  std::string out_;
};

class StrategyApprove : public Command {
 public:
  std::string name() const override { return "strategy approve"; }
  std::string summary() const override { return "Sign the promotion that a verdict waits for"; }
  std::vector<Argument> arguments() override {
    return {{"--verdict", &verdict_, "verdict.json of the gate", "FILE", true},
            {"--key", &key_, "Secret key (kedge strategy keygen)", "FILE", true},
            {"--out", &out_, "File for the approval", "FILE", true},
            {"--days", &days_, "How long it is good for", "N"}};
  }

  int Run(Console& console) override {
    if (days_ < 1 || days_ > 3650) throw UsageError("--days takes 1 to 3650");
    const gate::Verdict verdict =
        gate::VerdictFromJson(Document::Load(verdict_).root().json(), verdict_);
    if (!verdict.approval) {
      throw BadData("this verdict waits for no approval").At(verdict_, 0, "approval");
    }
    std::string key = ReadFile(key_);
    while (!key.empty() && key.back() == '\n') key.pop_back();
    const std::int64_t expires =
        SystemClock().UnixNanos() / kNanosPerSecond + days_ * kSecondsPerDay;
    if (key.ends_with(verdict.approval->statement.author) &&
        !verdict.approval->statement.author.empty()) {
      throw UsageError("this is the key of the candidate's author: nobody approves their own");
    }
    const guards::Approval approval = Approve(verdict.approval->statement, expires, key);
    WriteFileAtomic(out_, PrettyJson(ToJson(approval)) + "\n");
    console.out << "approved " << verdict.candidate.hash << " in place of " << verdict.champion.hash
                << " for " << days_ << " days, as " << approval.key << "\n";
    return 0;
  }

 private:
  std::string verdict_;
  std::string key_;
  std::string out_;
  std::int64_t days_ = 7;
};

}  // namespace

std::unique_ptr<Command> MakeStrategyKeygenCommand() { return std::make_unique<StrategyKeygen>(); }
std::unique_ptr<Command> MakeStrategyApproveCommand() {
  return std::make_unique<StrategyApprove>();
}

}  // namespace kedge::cli
