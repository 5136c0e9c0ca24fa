#include "http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>

namespace crowdflow::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// The page loads nothing from anywhere else, and nobody else may frame it. data: is the favicon,
// which the page draws itself.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

Request plain(BeastRequest& from) {
  Request request;
  request.method = from.method_string();
  std::string_view target = from.target();
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != target.npos) {
    // The absolute form, "http://host/path", which proxies send.
    target.remove_prefix(std::min(target.find('/', scheme + 3), target.size()));
    if (target.empty()) target = "/";
  }
  const auto question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  request.query = target.substr(std::min(question + 1, target.size()));
  for (const auto& field : from) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  request.body = std::move(from.body());
  return request;
}

Response answer(const Request& request, const Hub& hub, bool http_1_1) {
  if (http_1_1 && request.header("Host").empty()) return problem(400, "there is no Host header");
  if (!request.path.starts_with('/')) return problem(400, "the path does not begin with /");
  if (hub.channels.contains(request.path)) {
    Response response = problem(426, request.path + " speaks WebSocket only");
    response.headers.push_back({"Upgrade", "websocket"});
    return response;
  }
  return hub.router.answer(request);
}

bool may_open_channels(const BeastRequest& request, const ServerOptions& options) {
  const std::string_view origin = request[bhttp::field::origin];
  return same_origin(origin, request[bhttp::field::host]) ||
         std::ranges::find(options.allowed_origins, origin) != options.allowed_origins.end();
}

Response problem_of(beast::error_code error) {
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    return problem(431, "the request's headers are too long");
  }
  if (error == bhttp::error::body_limit) return problem(413, "the request's body is too long");
  return problem(400, "this is not an HTTP/1.1 request: " + error.message());
}

void fill(bhttp::fields& fields, const Response& response) {
  bool cache_control = false;
  for (const HeaderField& header : response.headers) {
    fields.insert(header.name, header.value);
    cache_control = cache_control || equal_ignoring_case(header.name, "Cache-Control");
  }
  if (!cache_control) fields.set(bhttp::field::cache_control, "no-store");
  if (!response.content_type.empty()) {
    fields.set(bhttp::field::content_type, response.content_type);
  }
  fields.set(bhttp::field::date,
             http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
  fields.set("Content-Security-Policy", kContentSecurityPolicy);
  fields.set("X-Content-Type-Options", "nosniff");
  fields.set("Referrer-Policy", "no-referrer");
  fields.set("Cross-Origin-Opener-Policy", "same-origin");
  fields.set("Cross-Origin-Resource-Policy", "same-origin");
}

// How an answer goes out; taken from the request.
struct Manner {
  unsigned version = 11;
  bool keep_alive = false;
  bool head = false;
};

// Whether it was sent and the connection can go on.
asio::awaitable<bool> send(beast::tcp_stream& stream, const Response& response, Manner manner) {
  const std::string_view content = response.content();
  const bool bodiless = response.status == 204 || response.status == 304;
  const auto status = static_cast<bhttp::status>(response.status);
  beast::error_code error;
  if (manner.head || bodiless) {
    bhttp::response<bhttp::empty_body> message(status, manner.version);
    fill(message, response);
    message.keep_alive(manner.keep_alive);
    if (!bodiless) message.content_length(content.size());
    std::tie(error, std::ignore) = co_await bhttp::async_write(stream, message, kAwait);
  } else {
    bhttp::response<bhttp::span_body<const char>> message(status, manner.version);
    message.body() = beast::span<const char>(content.data(), content.size());
    fill(message, response);
    message.keep_alive(manner.keep_alive);
    message.content_length(content.size());
    std::tie(error, std::ignore) = co_await bhttp::async_write(stream, message, kAwait);
  }
  co_return !error && manner.keep_alive;
}

// Closing with unread input would reset the connection, and the client might lose our last answer.
asio::awaitable<void> close_gently(beast::tcp_stream& stream) {
  constexpr std::size_t kMostToDiscard = 4 * 1024 * 1024;
  beast::error_code error;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream.expires_after(std::chrono::seconds(1));
  std::array<char, 8192> discarded;
  std::size_t total = 0;
  while (!error && total < kMostToDiscard) {
    std::size_t read = 0;
    std::tie(error, read) = co_await stream.async_read_some(asio::buffer(discarded), kAwait);
    total += read;
  }
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, Hub& hub) {
  beast::tcp_stream stream(std::move(socket));
  bool waiting = true;
  Seat seat(hub);
  seat.at_stop([&] {
    if (waiting) stream.close();
  });

  // A request's head must fit; a body passes through in pieces of at most 64 KiB.
  beast::flat_buffer buffer(hub.options.header_limit + 64 * 1024);
  bool going_on = true;
  while (going_on && !hub.stopping) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(hub.options.header_limit);
    parser.body_limit(hub.options.body_limit);
    stream.expires_after(hub.options.request_timeout);
    waiting = true;
    const auto [error, size] = co_await bhttp::async_read(stream, buffer, parser, kAwait);
    waiting = false;
    stream.expires_after(hub.options.answer_timeout);
    if (error) {
      const bool told = error.category() == make_error_code(bhttp::error::bad_method).category() &&
                        error != bhttp::error::end_of_stream &&
                        error != bhttp::error::partial_message;
      if (!told) co_return;
      const Response response = problem_of(error);
      co_await send(stream, response, Manner{});
      break;
    }

    BeastRequest& received = parser.get();
    Manner manner{.version = received.version(),
                  .keep_alive = received.keep_alive(),
                  .head = received.method() == bhttp::verb::head};
    const auto path = std::string_view(received.target()).substr(0, received.target().find('?'));
    const auto channel = hub.channels.find(path);
    Response response;
    if (beast::websocket::is_upgrade(received) && channel != hub.channels.end()) {
      if (may_open_channels(received, hub.options)) {
        co_await serve_live(std::move(stream), received, *channel->second, hub, seat);
        co_return;
      }
      response = problem(403, "pages of this origin may not listen here");
    } else {
      const Request request = plain(received);
      response = answer(request, hub, manner.version == 11);
    }
    manner.keep_alive = manner.keep_alive && !hub.stopping;
    going_on = co_await send(stream, response, manner);
  }
  co_await close_gently(stream);
}

}  // namespace crowdflow::http
