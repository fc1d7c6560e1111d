#include "harness/net/response_stream.h"

#include <utility>

namespace kedge::net {

ResponseStream::ResponseStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
ResponseStream::~ResponseStream() { Close(); }

bool ResponseStream::Write(std::string_view bytes) {
  const std::lock_guard lock(state_->mutex);
  if (state_->ended || state_->aborted) return false;
  if (state_->pending.size() + bytes.size() > state_->max_backlog) {
    state_->aborted = true;
  } else {
    state_->pending += bytes;
  }
  if (state_->wake) state_->wake();
  return !state_->aborted;
}

void ResponseStream::Close() {
  const std::lock_guard lock(state_->mutex);
  if (state_->ended) return;
  state_->ended = true;
  if (state_->wake) state_->wake();
}

bool ResponseStream::closed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->ended || state_->aborted;
}

}  // namespace kedge::net
