#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace crowdflow::test {

// A network that fails when told to: listens on one port of 127.0.0.1 and forwards to another.
// Threads: one of its own; set(), cut() and counts() may be called by any.
class TcpProxy {
 public:
  enum class Way : std::uint8_t {
    kFlows,
    kHolds,     // nothing arrives, and nothing is lost: it is delivered when it flows again
    kSwallows,  // what is sent is taken and gone; such a connection is reset when it flows again
  };
  // How it forwards, from now on.
  struct Weather {
    Way to_server = Way::kFlows;
    Way to_client = Way::kFlows;
    bool refuses = false;  // connections
    // Of what is sent from now on, each way and in each connection; 0: as fast as it goes.
    std::chrono::milliseconds delay{0};
    std::size_t bytes_per_second = 0;
  };
  struct Counts {
    std::uint64_t connections = 0;  // forwarded
    std::uint64_t cut = 0;          // reset by us
    std::uint64_t bytes_to_server = 0;
    std::uint64_t bytes_to_client = 0;
    std::uint64_t swallowed = 0;  // bytes
    std::uint64_t held = 0;       // times that a connection had something to say while held
    std::uint64_t delayed = 0;    // bytes that were kept waiting
  };

  TcpProxy(std::uint16_t port, std::uint16_t server_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  // Called by its thread with what goes to the server, as it came in. Before the first connection.
  void watch(std::function<void(std::string_view)> watch);
  void set(const Weather& weather);
  void heal() { set({}); }
  // Resets every connection that there is.
  void cut();
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  class Loop;
  const std::uint16_t port_;
  const std::unique_ptr<Loop> loop_;
};

}  // namespace crowdflow::test
