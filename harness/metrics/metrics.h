#pragma once

#include <memory>
#include <string>

#include "harness/core/observer.h"
#include "harness/gate/verdict.h"

namespace kedge::metrics {

/// What is built in; becomes the labels of kedge_build_info.
struct BuildInfo {
  std::string version;
  std::string revision;
};

/// kedge's Prometheus metrics (README.md lists names, types and labels). Counts events while a run
/// goes on and takes the verdict at its end. Thread-safe.
class Metrics : public Observer {
 public:
  explicit Metrics(const BuildInfo& build);
  ~Metrics() override;

  void On(const EpisodeFinished& event) override;
  void On(const GuardTriggered& event) override;
  void On(const PhaseFinished& event) override;

  /// Sets the verdict, effect and error-budget gauges of the verdict's suite.
  void SetVerdict(const gate::Verdict& verdict);

  /// The text exposition format 0.0.4.
  std::string Text() const;
  /// Writes Text() atomically, for the node exporter's textfile collector.
  void WriteTextFile(const std::string& path) const;

  /// Serves /metrics on "HOST:PORT" until this object dies; port 0 picks a free one. Returns the
  /// port. Throws Error(kUnavailable) when the address cannot be had, kUsage when it is no address.
  int Serve(const std::string& address);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::metrics
