#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kedge {

/// What lower rooms report while they work; `metrics` and the progress display listen.
struct EpisodeFinished {
  std::string suite;
  std::string stratum;
  std::string arm;     ///< "champion" or "candidate"
  std::string result;  ///< "success", "failure" or "missing"
  double seconds = 0;  ///< wall time
};
struct GuardTriggered {
  std::string guard;
  std::string arm;
  std::string verdict;  ///< "deny", "ask", "redact", "warn", "shadow"
};
struct ProgressMade {
  std::string phase;  ///< "episodes", ...
  std::int64_t done = 0;
  std::int64_t total = 0;  ///< upper limit; 0 when unknown
};
struct PhaseFinished {
  std::string phase;  ///< "load", "check_change", "run", "decide", "report"
  double seconds = 0;
};

/// Listener for these events. Methods may be called from several threads at once and must not
/// throw or block for long.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void On(const EpisodeFinished&) {}
  virtual void On(const GuardTriggered&) {}
  virtual void On(const ProgressMade&) {}
  virtual void On(const PhaseFinished&) {}
};

/// Hands each event to all of `observers` (not owned, must outlive this).
class ObserverList : public Observer {
 public:
  void Add(Observer* observer) { observers_.push_back(observer); }
  void On(const EpisodeFinished& e) override { All(e); }
  void On(const GuardTriggered& e) override { All(e); }
  void On(const ProgressMade& e) override { All(e); }
  void On(const PhaseFinished& e) override { All(e); }

 private:
  template <typename Event>
  void All(const Event& e) {
    for (Observer* o : observers_) o->On(e);
  }
  std::vector<Observer*> observers_;
};

}  // namespace kedge
