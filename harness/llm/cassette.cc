#include "harness/llm/cassette.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "harness/core/document.h"
#include "harness/core/file.h"

namespace kedge::llm {
namespace {

constexpr char kFormat[] = "kedge-cassette/1";

// One write call for the whole line: nobody sees, or leaves, half of it.
void AppendLine(const std::string& path, const std::string& line) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    throw IoError("cannot open for writing: " + std::string(std::strerror(errno))).At(path);
  const ssize_t written = ::write(fd, line.data(), line.size());
  const int error = errno;
  ::close(fd);
  if (written != static_cast<ssize_t>(line.size())) {
    throw IoError("cannot append: " + std::string(written < 0 ? std::strerror(error) : "disk full"))
        .At(path);
  }
}

class CassetteModel : public ChatModel {
 public:
  CassetteModel(std::shared_ptr<Cassette> cassette, std::unique_ptr<ChatModel> inner)
      : cassette_(std::move(cassette)), inner_(std::move(inner)) {}

  tl::expected<ChatResponse, ChatFailure> Complete(const ChatRequest& request,
                                                   const CallLimits& limits) override {
    const std::string hash = RequestHash(request);
    if (const ChatResponse* found = cassette_->Find(hash)) return *found;
    if (inner_ == nullptr) {
      return tl::unexpected(
          ChatFailure{ChatFailure::Kind::kNotRecorded,
                      cassette_->path() + " holds no answer to request " + hash +
                          "; record again with the strategy, suite and tools as they are now",
                      0});
    }
    auto response = inner_->Complete(request, limits);
    if (response) return cassette_->Record(request, *response);
    return response;
  }

 private:
  const std::shared_ptr<Cassette> cassette_;
  const std::unique_ptr<ChatModel> inner_;
};

}  // namespace

std::shared_ptr<Cassette> Cassette::Open(const std::string& path, bool create) {
  std::shared_ptr<Cassette> cassette(new Cassette(path));
  if (create && !std::filesystem::exists(path)) {
    AppendLine(path, DumpJson(Json{{"format", kFormat}}) + "\n");
  }
  cassette->Load();
  return cassette;
}

void Cassette::Load() {
  LineReader lines(path_);
  bool has_header = false;
  while (const auto line = lines.Next()) {
    const std::int64_t number = lines.line_number();
    Json json;
    try {
      json = ParseJson(*line);
    } catch (const Error& error) {
      throw BadData(error.message() + "; remove the line to record its call again")
          .At(path_, number);
    }
    const Node node = Document::FromValue(std::move(json), path_, number).root();
    if (!has_header) {
      node.AllowKeys({"format"})["format"].OneOf({kFormat});
      has_header = true;
      continue;
    }
    node.AllowKeys({"hash", "request", "response"});
    const std::string hash = node["hash"].String();
    if (hash != JsonDigest(node["request"].json())) {
      throw node["hash"].Fail("is not the hash of the request: the line was changed");
    }
    ChatResponse response = ChatResponseFromJson(node["response"].json(), path_, number);
    const auto [entry, is_new] = responses_.emplace(hash, response);
    if (!is_new && entry->second != response) {
      throw node["response"].Fail("is another answer to a request recorded before");
    }
  }
  if (!has_header) throw BadData("expected a first line with \"format\"").At(path_, 1);
}

const ChatResponse* Cassette::Find(const std::string& request_hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = responses_.find(request_hash);
  return found == responses_.end() ? nullptr : &found->second;
}

ChatResponse Cassette::Record(const ChatRequest& request, const ChatResponse& response) {
  const Json json = ToJson(request);
  const std::string hash = JsonDigest(json);
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = responses_.emplace(hash, response);
  if (is_new) {
    AppendLine(
        path_,
        DumpJson(Json{{"hash", hash}, {"request", json}, {"response", ToJson(response)}}) + "\n");
  }
  return entry->second;
}

std::size_t Cassette::size() const {
  const std::lock_guard lock(mutex_);
  return responses_.size();
}

std::unique_ptr<ChatModel> MakeCassetteModel(std::shared_ptr<Cassette> cassette,
                                             std::unique_ptr<ChatModel> inner) {
  return std::make_unique<CassetteModel>(std::move(cassette), std::move(inner));
}

}  // namespace kedge::llm
