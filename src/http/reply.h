#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "http/message.h"

namespace crowdflow::http {

// The answer to one request that is given later: once, from any thread, before the server is
// destroyed. One that is dropped without an answer answers 500, so that no client waits for ever.
class Reply {
 public:
  using Send = std::function<void(Response)>;

  explicit Reply(Send send) : send_(std::move(send)) {}
  ~Reply() {
    if (send_) send_(problem(500, "the request was dropped; it is safe to repeat it"));
  }
  Reply(Reply&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept {
    std::swap(send_, other.send_);
    return *this;
  }
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  void operator()(Response response) {
    if (const Send send = std::exchange(send_, nullptr)) send(std::move(response));
  }

 private:
  Send send_;
};

// Takes a request whose answer comes later. Runs on the server's thread: it may not block.
using LaterHandler = std::function<void(Request, Reply)>;

// How a request is received whose answer comes later.
struct LaterOptions {
  // Bytes of its body.
  std::uint64_t body_limit = 1024 * 1024;
  // The answer when its body is not received: 413, it is too long; 503, too much is being received
  // already. The server's own when empty. Runs on the server's thread.
  std::function<Response(int status)> refuse;
};

}  // namespace crowdflow::http
