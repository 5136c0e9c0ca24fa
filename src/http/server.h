#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "http/asset.h"
#include "http/channel.h"
#include "http/router.h"

namespace crowdflow::http {

struct ServerOptions {
  // An IPv4 or IPv6 address; "::" takes both kinds.
  std::string address = "127.0.0.1";
  // 0: any free one.
  std::uint16_t port = 0;
  // Pages from these origins ("https://host") may open channels, beside those from our own.
  std::vector<std::string> allowed_origins;

  // Clients at once, channels included; more are closed as soon as they connect.
  std::size_t max_connections = 1024;
  // Bytes of a request's line and headers, and of its body.
  std::uint32_t header_limit = 16 * 1024;
  std::uint64_t body_limit = 1024 * 1024;
  // Bytes of all bodies that are being received at once; a request beyond gets 503.
  std::uint64_t bodies_limit = 64 * 1024 * 1024;
  // From a connection's begin, or its last answer, to the end of the next request's headers, and
  // from there to the end of its body.
  std::chrono::milliseconds request_timeout{20'000};
  // For sending one answer.
  std::chrono::milliseconds answer_timeout{30'000};
  // A channel's client is asked for a sign of life after half of this, and dropped after all of it.
  std::chrono::milliseconds silence_timeout{30'000};
  // How long stop() waits for answers under way and for clients to say goodbye.
  std::chrono::milliseconds stop_timeout{2'000};
};

// Serves HTTP/1.1 and WebSocket from one thread of its own.
//
// Threads: set up, start and stop from one thread. Handlers, snapshots, periodic work and
// everything posted run on the server's thread, one at a time, and may not block; post() is for any
// thread. Ownership: owns its channels. What handlers refer to must outlive stop().
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before start():
  void handle(std::string method, std::string path, Handler handler);
  void handle_later(std::string method, std::string path, LaterHandler handler,
                    LaterOptions options);
  // Serves each asset at its path, and "/index.html" at "/" too. What the views show must last.
  void serve(std::span<const Asset> assets);
  // The reference lasts as long as the server.
  Channel& channel(std::string path, std::function<Frame()> snapshot);
  // Calls `work` each `period`, from start() on.
  void every(std::chrono::milliseconds period, std::function<void()> work);

  // Binds, listens and serves. kInvalid: not an address; kIo: the port is taken or not allowed.
  [[nodiscard]] Result<void> start();
  // The port that it listens on; 0 before start().
  [[nodiscard]] std::uint16_t port() const;

  // Runs `work` on the server's thread, in the order of posting; not at all after stop().
  void post(std::function<void()> work);

  // Takes no more connections, finishes the answers under way, tells channel clients that it goes
  // away (1001), and ends the thread. Does nothing the second time. Not from the server's thread.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crowdflow::http
