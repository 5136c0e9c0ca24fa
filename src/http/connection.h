#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "http/channel.h"
#include "http/router.h"
#include "http/server.h"

// Inside of the server: what its connections share. Only connection.cc, live_client.cc and
// server.cc include this. Everything here belongs to the server's thread.
namespace crowdflow::http {

struct Hub {
  ServerOptions options;
  Router router;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels;
  // One per connection: what to do with it when the server stops.
  std::list<std::function<void()>> goodbyes;
  // That bodies may take which are being received.
  std::uint64_t bodies_bytes = 0;
  bool stopping = false;
};

// A connection's entry in the hub, for as long as it lives.
class Seat {
 public:
  explicit Seat(Hub& hub) : hub_(hub), place_(hub.goodbyes.emplace(hub.goodbyes.end())) {}
  ~Seat() { hub_.goodbyes.erase(place_); }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  void at_stop(std::function<void()> goodbye) { *place_ = std::move(goodbye); }

 private:
  Hub& hub_;
  std::list<std::function<void()>>::iterator place_;
};

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Answers requests until the client goes, is too slow, or the server stops.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                                            Hub& hub);

// The rest of a connection that asked for a channel: until one side goes.
[[nodiscard]] boost::asio::awaitable<void> serve_live(boost::beast::tcp_stream stream,
                                                      const BeastRequest& request, Channel& channel,
                                                      Hub& hub, Seat& seat);

}  // namespace crowdflow::http
