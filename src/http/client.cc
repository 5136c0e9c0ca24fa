#include "http/client.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace crowdflow::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kLongestAnswer = 16 * 1024 * 1024;

}  // namespace

struct Client::State {
  // Starts `operation`, an asynchronous call that takes the callback given to it, and waits.
  template <typename Operation>
  beast::error_code complete(Clock::time_point deadline, Operation operation) {
    beast::error_code result = asio::error::timed_out;
    io.restart();
    operation([&result](beast::error_code error, auto&&...) { result = error; });
    io.run_until(deadline);
    if (!io.stopped()) {
      // Ends what still waits, so that nothing of it is left.
      stream->close();
      io.run();
      result = asio::error::timed_out;
    }
    return result;
  }

  beast::error_code connect(Clock::time_point deadline) {
    buffer.clear();
    stream.emplace(io);
    tcp::resolver resolver(io);
    tcp::resolver::results_type found;
    beast::error_code error = complete(deadline, [&](auto done) {
      resolver.async_resolve(host, port, [&found, done](auto failed, auto results) mutable {
        found = std::move(results);
        done(failed);
      });
    });
    if (error) return error;
    error = complete(deadline, [&](auto done) {
      asio::async_connect(stream->socket(), found,
                          [done](auto failed, const tcp::endpoint&) mutable { done(failed); });
    });
    beast::error_code ignored;
    if (!error) stream->socket().set_option(tcp::no_delay(true), ignored);
    return error;
  }

  asio::io_context io;
  std::string host;
  std::string port;
  std::string server;
  std::optional<beast::tcp_stream> stream;  // nothing: to be connected
  beast::flat_buffer buffer;
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

const std::string& Client::server() const { return state_->server; }

Result<Client> Client::make(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const std::string found = "found \"" + std::string(url) + '"';
  if (!url.starts_with(kScheme)) {
    return fail(ErrorCode::kInvalid,
                found + ", expected http://HOST:PORT" +
                    (url.starts_with("https://") ? " (TLS is for a proxy before it)" : ""));
  }
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  // The colons of an IPv6 address stand in brackets.
  const std::size_t bracket = url.starts_with('[') ? url.find(']') : 0;
  if (bracket == std::string_view::npos) {
    return fail(ErrorCode::kInvalid, found + ", expected http://[ADDRESS]:PORT");
  }
  const std::size_t colon = url.find(':', bracket);
  std::string_view host = url.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "80" : url.substr(colon + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (host.empty() || host.find('/') != std::string_view::npos || port.empty() || port.size() > 5 ||
      !std::ranges::all_of(port, is_digit)) {
    return fail(ErrorCode::kInvalid, found + ", expected http://HOST:PORT and no path");
  }
  auto state = std::make_unique<State>();
  state->server = std::string(kScheme) + std::string(host) + ':' + std::string(port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  state->host = host;
  state->port = port;
  return Client(std::move(state));
}

Result<Response> Client::post(const std::string& path, const std::vector<HeaderField>& headers,
                              std::string body, std::chrono::milliseconds patience) {
  State& state = *state_;
  const auto deadline = Clock::now() + patience;
  bhttp::request<bhttp::string_body> request(bhttp::verb::post, path, 11);
  request.set(bhttp::field::host, state.server.substr(7));
  for (const HeaderField& header : headers)
    request.set(header.name, header.value);
  request.body() = std::move(body);
  request.prepare_payload();

  // A connection that was kept may have been ended by the server meanwhile: then once more.
  for (bool kept = state.stream.has_value();; kept = false) {
    beast::error_code error;
    if (!state.stream) error = state.connect(deadline);
    if (!error) {
      error = state.complete(deadline, [&](auto done) {
        bhttp::async_write(*state.stream, request, std::move(done));
      });
    }
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(kLongestAnswer);
    if (!error) {
      error = state.complete(deadline, [&](auto done) {
        bhttp::async_read(*state.stream, state.buffer, parser, std::move(done));
      });
    }
    if (!error) {
      Response response{.status = static_cast<int>(parser.get().result_int()),
                        .content_type = std::string(parser.get()[bhttp::field::content_type]),
                        .body = std::move(parser.get().body())};
      for (const auto& field : parser.get()) {
        response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
      }
      if (!parser.get().keep_alive()) state.stream.reset();
      return response;
    }
    state.stream.reset();
    state.buffer.clear();
    if (kept && error != asio::error::timed_out) continue;
    return fail(ErrorCode::kUnavailable, state.server + " does not answer: " + error.message());
  }
}

}  // namespace crowdflow::http
