#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crowdflow::http {

class LiveClient;

// One text message, made once and shared by all clients that it goes to.
using Frame = std::shared_ptr<const std::string>;

// A path that WebSocket clients listen to: server to client only.
//
// Each client first gets a snapshot, then every broadcast. A client that does not keep up loses
// what it has not been sent yet and gets a new snapshot instead, as soon as it takes anything: it
// is behind, but never far and never wrong.
//
// Threads: only the server's. Limits: kMaxQueued frames wait per client.
class Channel {
 public:
  static constexpr std::size_t kMaxQueued = 8;

  // `snapshot`: everything that a client must know to make sense of the next broadcast.
  explicit Channel(std::function<Frame()> snapshot);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void broadcast(const Frame& frame);

  [[nodiscard]] std::size_t clients() const { return clients_.size(); }
  // Times that a client was behind and got a snapshot instead of the frames that it missed.
  [[nodiscard]] std::uint64_t resynchronised() const { return resynchronised_; }

 private:
  friend class LiveClient;

  std::function<Frame()> snapshot_;
  std::vector<LiveClient*> clients_;  // each takes itself out when it ends
  std::uint64_t resynchronised_ = 0;
};

}  // namespace crowdflow::http
