#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.h"

// Clients of a server on this machine, made by another hand than the server's. Every wait ends
// after kPatience.
namespace crowdflow::test {

inline constexpr std::chrono::seconds kPatience{5};

// Starts `operation` (an asynchronous call that takes the callback given to it) and waits for it.
template <typename Operation>
boost::beast::error_code complete(boost::asio::io_context& io, Operation operation,
                                  std::chrono::milliseconds patience = kPatience) {
  boost::beast::error_code result = boost::asio::error::timed_out;
  io.restart();
  operation([&result](boost::beast::error_code error, auto&&...) { result = error; });
  io.run_for(patience);
  return result;
}

// Runs `work` on the server's thread and gives its result.
template <typename Work>
auto on_server(http::Server& server, Work work) {
  using Answer = decltype(work());
  const auto promise = std::make_shared<std::promise<Answer>>();
  auto future = promise->get_future();
  server.post([promise, work] { promise->set_value(work()); });
  if (future.wait_for(kPatience) != std::future_status::ready) return Answer{};
  return future.get();
}

// Asks until `condition` holds or patience ends; whether it holds.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

struct Reply {
  int status = 0;  // 0: the server closed the connection, or did not answer in time
  std::map<std::string, std::string> headers;
  std::string body;
};

// One connection that sends whatever bytes it is told to.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) {
    const boost::asio::ip::tcp::endpoint there(boost::asio::ip::make_address("127.0.0.1"), port);
    boost::beast::error_code ignored;
    stream_.socket().connect(there, ignored);
  }

  // False: the connection ended before all of it was sent.
  bool send(std::string_view bytes) {
    return !complete(io_, [&](auto done) {
      boost::asio::async_write(stream_, boost::asio::buffer(bytes), done);
    });
  }

  Reply receive(bool to_head = false) {
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.body_limit(64 * 1024 * 1024);
    parser.skip(to_head);
    const auto error = complete(
        io_, [&](auto done) { boost::beast::http::async_read(stream_, buffer_, parser, done); });
    if (error) return {};
    Reply reply{.status = static_cast<int>(parser.get().result_int()), .body = parser.get().body()};
    for (const auto& field : parser.get()) {
      reply.headers[std::string(field.name_string())] = std::string(field.value());
    }
    return reply;
  }

  Reply get(const std::string& path, const std::string& headers = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
    return receive();
  }

  // Whether the server closes the connection, without a further answer.
  bool closed() {
    char byte = 0;
    const auto error = complete(
        io_, [&](auto done) { stream_.async_read_some(boost::asio::buffer(&byte, 1), done); });
    return error && error != boost::asio::error::timed_out;
  }

 private:
  boost::asio::io_context io_;
  boost::beast::tcp_stream stream_{io_};
  boost::beast::flat_buffer buffer_;
};

// One listener of a channel. It reads only when told to.
class LiveListener {
 public:
  LiveListener(std::uint16_t port, const std::string& path, const std::string& origin = "") {
    const boost::asio::ip::tcp::endpoint there(boost::asio::ip::make_address("127.0.0.1"), port);
    auto& socket = boost::beast::get_lowest_layer(socket_).socket();
    boost::beast::error_code ignored;
    socket.open(there.protocol(), ignored);
    // Small, so that a listener who does not read is soon noticed.
    socket.set_option(boost::asio::socket_base::receive_buffer_size(16 * 1024), ignored);
    socket.connect(there, ignored);
    socket_.set_option(boost::beast::websocket::stream_base::decorator([origin](auto& request) {
      if (!origin.empty()) request.set(boost::beast::http::field::origin, origin);
    }));
    socket_.read_message_max(64 * 1024 * 1024);
    const auto error = complete(io_, [&](auto done) {
      socket_.async_handshake(response_, "test:" + std::to_string(port), path, done);
    });
    open_ = !error;
  }

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] int handshake_status() const { return static_cast<int>(response_.result_int()); }

  // The next message; nothing when the connection ends or patience does.
  std::optional<std::string> receive(std::chrono::milliseconds patience = kPatience) {
    boost::beast::flat_buffer buffer;
    const auto error =
        complete(io_, [&](auto done) { socket_.async_read(buffer, done); }, patience);
    if (error) {
      open_ = false;
      return {};
    }
    return boost::beast::buffers_to_string(buffer.data());
  }

  void send(std::string_view text) {
    static_cast<void>(
        complete(io_, [&](auto done) { socket_.async_write(boost::asio::buffer(text), done); }));
  }

  // Why the server closed the connection; 0 when it did not say.
  [[nodiscard]] std::uint16_t close_code() const { return socket_.reason().code; }

 private:
  boost::asio::io_context io_;
  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_{io_};
  boost::beast::websocket::response_type response_;
  bool open_ = false;
};

}  // namespace crowdflow::test
