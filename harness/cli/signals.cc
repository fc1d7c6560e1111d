#include "harness/cli/signals.h"

#include <csignal>

#include "harness/run/paired_run.h"

namespace kedge::cli {
namespace {

extern "C" void OnStopSignal(int signal) {
  if (run::StopRequested()) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  run::RequestStop();
}

}  // namespace

void HandleSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, OnStopSignal);
  std::signal(SIGTERM, OnStopSignal);
}

}  // namespace kedge::cli
