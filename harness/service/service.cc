#include "harness/service/service.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/service/report_files.h"
#include "harness/service/trace_ingest.h"
#include "harness/service/trace_log.h"

namespace kedge::service {
namespace {

using net::HttpResponse;
using net::ServerRequest;

constexpr auto kTick = std::chrono::seconds(1);
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::string_view kReports = "/reports";

HttpResponse Plain(int status, const char* text) {
  return net::MakeResponse(status, "text/plain; charset=utf-8", text);
}

bool IsRead(const ServerRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

HttpResponse WrongMethod(const char* allowed) {
  HttpResponse response = Plain(405, "wrong method\n");
  response.headers.Add("Allow", allowed);
  return response;
}

void ReadReviewOptions(const Node& root, TraceReviewOptions& review) {
  if (const auto redact = root.Find("redact")) {
    redact->AllowKeys({"packs", "key"});
    if (redact->Find("packs")) review.redaction.packs = (*redact)["packs"].Strings();
    review.redaction.key_file = redact->StringOr("key", "");
  }
  review.guard_policy_file = root.StringOr("guards", "");
  const auto node = root.Find("watch");
  if (!node) return;
  node->AllowKeys(
      {"baseline", "state", "threshold", "tolerance", "cost_cap", "latency_cap", "min_inclusion"});
  loop::WatchSource& watch = review.watch.emplace();
  watch.baseline = node->StringOr("baseline", "");
  watch.state_file = node->StringOr("state", "");
  watch.threshold = node->NumberOr("threshold", watch.threshold, 11, 1e15);
  watch.tolerance = node->NumberOr("tolerance", watch.tolerance, 0, 1);
  watch.cost_cap = node->NumberOr("cost_cap", 0, 0, 1e15);
  watch.latency_cap = node->NumberOr("latency_cap", 0, 0, 1e15);
  watch.min_inclusion = node->NumberOr("min_inclusion", 0, 0, 1);
  if (watch.baseline.empty() && watch.state_file.empty()) {
    throw node->Fail("give a `baseline`, a `state` or both");
  }
}

}  // namespace

ServiceOptions ReadServiceOptions(const Document& document) {
  const Node root = document.root();
  root.AllowKeys({"format", "listen", "traces", "redact", "guards", "watch", "reports", "limits"});
  root["format"].OneOf({"kedge-serve/1"});
  ServiceOptions options;
  options.listen = root.StringOr("listen", options.listen);
  options.reports_folder = root.StringOr("reports", "");
  if (const auto traces = root.Find("traces")) {
    traces->AllowKeys({"folder", "rotate_bytes", "quiet_seconds", "patience_seconds", "max_spans"});
    options.traces_folder = (*traces)["folder"].NonEmptyString();
    options.rotate_bytes = static_cast<std::size_t>(
        traces->IntOr("rotate_bytes", static_cast<std::int64_t>(options.rotate_bytes), 4096,
                      std::int64_t{1} << 40));
    auto& assembler = options.assembler;
    const auto seconds = [&](const char* key, std::int64_t& nanos) {
      nanos = kNanosPerSecond * traces->IntOr(key, nanos / kNanosPerSecond, 0, 86'400);
    };
    seconds("quiet_seconds", assembler.quiet_nanos);
    seconds("patience_seconds", assembler.patience_nanos);
    assembler.max_spans = static_cast<std::size_t>(
        traces->IntOr("max_spans", static_cast<std::int64_t>(assembler.max_spans), 1, 100'000'000));
  }
  ReadReviewOptions(root, options.review);
  if (const auto limits = root.Find("limits")) {
    limits->AllowKeys({"body_bytes", "inflated_bytes", "connections", "threads"});
    const auto size = [&](const char* key, std::size_t& value, std::int64_t max) {
      value =
          static_cast<std::size_t>(limits->IntOr(key, static_cast<std::int64_t>(value), 1, max));
    };
    size("body_bytes", options.http.max_body_bytes, std::int64_t{1} << 30);
    size("inflated_bytes", options.http.max_inflated_bytes, std::int64_t{1} << 30);
    size("connections", options.http.max_connections, 100'000);
    options.http.threads =
        static_cast<unsigned>(limits->IntOr("threads", options.http.threads, 1, 256));
  }
  return options;
}

class Service::State {
 public:
  State(const ServiceOptions& options, const metrics::BuildInfo& build, const Clock& clock)
      : metrics_(build), reports_(options.reports_folder) {
    has_reports_ = !options.reports_folder.empty();
    if (!options.traces_folder.empty()) {
      log_.emplace(options.traces_folder, options.rotate_bytes);
      review_.emplace(options.review, ingest_metrics_);
      review_->CatchUp(*log_);
      ingest_.emplace(*log_, *review_, ingest_metrics_, clock, options.assembler);
    }
    net::HttpServerOptions http = options.http;
    net::ParseListenAddress(options.listen, "listen", http);
    server_.emplace(http, [this](const ServerRequest& request, net::Responder& responder) {
      responder.Send(Route(request));
    });
    if (ingest_) ticker_ = std::jthread([this](std::stop_token stop) { Tick(std::move(stop)); });
  }

  ~State() {
    try {
      Stop(std::chrono::milliseconds(0));
    } catch (const Error& error) {
      Log(LogLevel::kError, std::string("writing traces: ") + error.what());
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string url() const { return server_->url(); }

  std::int64_t Stop(std::chrono::milliseconds grace) {
    server_->Stop(grace);
    ticker_ = {};
    if (!ingest_) return 0;
    ingest_->Flush();
    return ingest_->status().traces_written;
  }

 private:
  HttpResponse Route(const ServerRequest& request) {
    if (request.path == "/v1/traces" && ingest_) {
      return request.method == "POST" ? ingest_->Post(request) : WrongMethod("POST");
    }
    const bool is_report =
        has_reports_ && (request.path == kReports || request.path.starts_with("/reports/"));
    if (!is_report && request.path != "/metrics" && request.path != "/healthz") {
      return Plain(404, "not found\n");
    }
    if (!IsRead(request)) return WrongMethod("GET, HEAD");
    if (is_report) {
      return reports_.Get(kReports, std::string_view(request.path).substr(kReports.size()));
    }
    if (request.path == "/healthz") return Health();
    return net::MakeResponse(200, "text/plain; version=0.0.4; charset=utf-8",
                             metrics_.Text() + ingest_metrics_.Text());
  }

  HttpResponse Health() const {
    Json health = {{"status", "ok"}};
    if (ingest_) {
      const TraceIngest::Status status = ingest_->status();
      health["waiting_spans"] = status.waiting_spans;
      health["traces_written"] = status.traces_written;
      if (!status.trouble.empty()) health["status"] = status.trouble;
    }
    const bool well = health["status"] == "ok";
    return net::MakeResponse(well ? 200 : 503, "application/json", DumpJson(health) + "\n");
  }

  void Tick(std::stop_token stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      ticked_.wait_for(lock, stop, kTick, [] { return false; });
      ingest_->WriteFinished();
    }
  }

  metrics::Metrics metrics_;
  metrics::IngestMetrics ingest_metrics_;
  ReportFiles reports_;
  bool has_reports_ = false;
  std::optional<TraceLog> log_;
  std::optional<TraceReview> review_;
  std::optional<TraceIngest> ingest_;
  std::condition_variable_any ticked_;
  std::jthread ticker_;
  std::optional<net::HttpServer> server_;  // last: its threads use all of the above
};

Service::Service(const ServiceOptions& options, const metrics::BuildInfo& build, const Clock& clock)
    : state_(std::make_unique<State>(options, build, clock)) {}
Service::~Service() = default;

std::string Service::url() const { return state_->url(); }
std::int64_t Service::Stop(std::chrono::milliseconds grace) { return state_->Stop(grace); }

}  // namespace kedge::service
