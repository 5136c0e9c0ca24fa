#include "http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <memory>
#include <optional>

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

Response answer(const Request& request, const Hub& hub) {
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

using Parser = bhttp::request_parser<bhttp::string_body>;

std::string_view path_of(const BeastRequest& request) {
  const std::string_view target = request.target();
  return target.substr(0, target.find('?'));
}

// The room that one body takes among all that are being received.
class BodyRoom {
 public:
  explicit BodyRoom(Hub& hub) : hub_(hub) {}
  ~BodyRoom() { hub_.bodies_bytes -= taken_; }
  BodyRoom(const BodyRoom&) = delete;
  BodyRoom& operator=(const BodyRoom&) = delete;

  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > hub_.options.bodies_limit - hub_.bodies_bytes) return false;
    hub_.bodies_bytes += bytes;
    taken_ = bytes;
    return true;
  }

 private:
  Hub& hub_;
  std::uint64_t taken_ = 0;
};

// What became of receiving a request.
struct Receipt {
  bool gone = false;                     // nobody is there to answer
  const Router::Later* later = nullptr;  // who answers it later
  std::optional<Response> refusal;
};

Response refuse(const Receipt& receipt, int status, std::string_view detail) {
  if (receipt.later != nullptr && receipt.later->options.refuse) {
    return receipt.later->options.refuse(status);
  }
  return problem(status, detail);
}

void take_error(beast::error_code error, Receipt& receipt) {
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    receipt.refusal = problem(431, "the request's headers are too long");
  } else if (error == bhttp::error::body_limit) {
    receipt.refusal = refuse(receipt, 413, "the request's body is too long");
  } else if (error.category() == make_error_code(bhttp::error::bad_method).category() &&
             error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
    receipt.refusal = problem(400, "this is not an HTTP/1.1 request: " + error.message());
  } else {
    receipt.gone = true;
  }
}

asio::awaitable<Receipt> receive(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                 Parser& parser, const Hub& hub, BodyRoom& room) {
  Receipt receipt;
  parser.header_limit(hub.options.header_limit);
  parser.body_limit(boost::none);  // known once the headers have said what it is for
  stream.expires_after(hub.options.request_timeout);
  beast::error_code error;
  std::tie(error, std::ignore) = co_await bhttp::async_read_header(stream, buffer, parser, kAwait);
  if (error) {
    take_error(error, receipt);
    co_return receipt;
  }
  const BeastRequest& request = parser.get();
  receipt.later = hub.router.later(request.method_string(), path_of(request));
  if (parser.is_done()) co_return receipt;

  const std::uint64_t limit =
      receipt.later == nullptr ? hub.options.body_limit : receipt.later->options.body_limit;
  const std::uint64_t length = parser.content_length().value_or(limit);
  if (length > limit) {
    take_error(bhttp::error::body_limit, receipt);
  } else if (!room.take(length)) {
    receipt.refusal = refuse(receipt, 503, "too much is being received at once; try again soon");
  }
  if (receipt.refusal) co_return receipt;

  parser.body_limit(limit);
  stream.expires_after(hub.options.request_timeout);
  if (equal_ignoring_case(request[bhttp::field::expect], "100-continue")) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    std::tie(error, std::ignore) =
        co_await asio::async_write(stream, asio::buffer(kContinue), kAwait);
  }
  if (!error) {
    std::tie(error, std::ignore) = co_await bhttp::async_read(stream, buffer, parser, kAwait);
  }
  if (error) take_error(error, receipt);
  co_return receipt;
}

// Waits for the answer that somebody gives later.
asio::awaitable<Response> answer_later(const Router::Later& later, Request request) {
  struct Answer {
    explicit Answer(const asio::any_io_executor& executor)
        : given(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer given;  // cancelled when it is
    Response response;
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto answer = std::make_shared<Answer>(executor);
  later.handler(std::move(request), Reply([executor, answer](Response response) {
                  // Posted, so that it comes when this waits, from whatever thread.
                  asio::post(executor, [answer, response = std::move(response)]() mutable {
                    answer->response = std::move(response);
                    answer->given.cancel();
                  });
                }));
  co_await answer->given.async_wait(kAwait);
  co_return std::move(answer->response);
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

// Closing with unread input would reset the connection, and the client might lose our last answer,
// as that to a body which is too large and still on its way. For a second at most.
asio::awaitable<void> close_gently(beast::tcp_stream& stream) {
  beast::error_code error;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream.expires_after(std::chrono::seconds(1));
  std::array<char, 8192> discarded;
  while (!error) {
    std::tie(error, std::ignore) = co_await stream.async_read_some(asio::buffer(discarded), kAwait);
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
    Parser parser;
    Receipt receipt;
    {
      // Handed on, a body is the handler's to bound.
      BodyRoom room(hub);
      waiting = true;
      receipt = co_await receive(stream, buffer, parser, hub, room);
      waiting = false;
    }
    if (receipt.gone) co_return;
    stream.expires_after(hub.options.answer_timeout);
    if (receipt.refusal) {
      co_await send(stream, *receipt.refusal, Manner{});
      break;
    }

    BeastRequest& received = parser.get();
    Manner manner{.version = received.version(),
                  .keep_alive = received.keep_alive(),
                  .head = received.method() == bhttp::verb::head};
    const auto channel = hub.channels.find(path_of(received));
    Response response;
    if (beast::websocket::is_upgrade(received) && channel != hub.channels.end()) {
      if (may_open_channels(received, hub.options)) {
        co_await serve_live(std::move(stream), received, *channel->second, hub, seat);
        co_return;
      }
      response = problem(403, "pages of this origin may not listen here");
    } else if (manner.version == 11 && received[bhttp::field::host].empty()) {
      response = problem(400, "there is no Host header");
    } else if (receipt.later != nullptr) {
      response = co_await answer_later(*receipt.later, plain(received));
      stream.expires_after(hub.options.answer_timeout);
    } else {
      const Request request = plain(received);
      response = answer(request, hub);
    }
    manner.keep_alive = manner.keep_alive && !hub.stopping;
    going_on = co_await send(stream, response, manner);
  }
  co_await close_gently(stream);
}

}  // namespace crowdflow::http
