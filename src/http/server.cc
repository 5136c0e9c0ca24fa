#include "http/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <thread>

#include <crowdflow/check.h>

#include "http/connection.h"

namespace crowdflow::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// For co_spawn: an exception of a handler leaves run(), and with it the program.
void no_exception_lost(const std::exception_ptr& exception) {
  if (exception != nullptr) std::rethrow_exception(exception);
}

struct Periodic {
  asio::steady_timer timer;
  std::chrono::milliseconds period;
  std::function<void()> work;
};

asio::awaitable<void> repeat(Periodic& periodic, const Hub& hub) {
  while (!hub.stopping) {
    periodic.timer.expires_after(periodic.period);
    const auto [error] = co_await periodic.timer.async_wait(kAwait);
    if (error) co_return;
    periodic.work();
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, Hub& hub) {
  asio::steady_timer pause(acceptor.get_executor());
  while (!hub.stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of file descriptors, most likely: asking again at once would only burn the CPU.
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kAwait);
      continue;
    }
    if (hub.goodbyes.size() >= hub.options.max_connections) continue;  // closes it
    socket.set_option(tcp::no_delay(true), error);
    co_spawn(acceptor.get_executor(), serve_connection(std::move(socket), hub), no_exception_lost);
  }
}

Error listen_error(const ServerOptions& options, const error_code& error) {
  const std::string place = options.address + " port " + std::to_string(options.port);
  if (error == asio::error::address_in_use) {
    return {ErrorCode::kIo, "cannot listen on " + place +
                                ": another program uses this port; stop it or choose another port"};
  }
  if (error == asio::error::access_denied) {
    return {ErrorCode::kIo,
            "cannot listen on " + place + ": not allowed; choose a port from 1024 on"};
  }
  return {ErrorCode::kIo, "cannot listen on " + place + ": " + error.message()};
}

}  // namespace

struct Server::State {
  explicit State(ServerOptions options) : hub{.options = std::move(options)} {}

  Hub hub;  // before io: what is left of connections refers to it when io goes
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  std::vector<std::unique_ptr<Periodic>> periodic;
  std::uint16_t port = 0;
  std::promise<void> ended;
  std::thread thread;
};

Server::Server(ServerOptions options) : state_(std::make_unique<State>(std::move(options))) {}

Server::~Server() { stop(); }

void Server::handle(std::string method, std::string path, Handler handler) {
  state_->hub.router.add(std::move(method), std::move(path), std::move(handler));
}

void Server::handle_later(std::string method, std::string path, LaterHandler handler,
                          LaterOptions options) {
  state_->hub.router.add_later(std::move(method), std::move(path), std::move(handler),
                               std::move(options));
}

void Server::serve(std::span<const Asset> assets) {
  for (const Asset& asset : assets) {
    const auto handler = [asset](const Request& request) { return answer(asset, request); };
    handle("GET", std::string(asset.path), handler);
    if (asset.path == "/index.html") handle("GET", "/", handler);
  }
}

Channel& Server::channel(std::string path, std::function<Frame()> snapshot) {
  return *(state_->hub.channels[std::move(path)] = std::make_unique<Channel>(std::move(snapshot)));
}

void Server::every(std::chrono::milliseconds period, std::function<void()> work) {
  state_->periodic.push_back(std::make_unique<Periodic>(
      Periodic{asio::steady_timer(state_->io), period, std::move(work)}));
}

Result<void> Server::start() {
  State& state = *state_;
  CROWDFLOW_CHECK(state.port == 0, "a server starts once");
  const ServerOptions& options = state.hub.options;
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    return fail(
        ErrorCode::kInvalid,
        "\"" + options.address + "\" is not an IP address such as 127.0.0.1, 0.0.0.0 or ::");
  }
  const tcp::endpoint endpoint(address, options.port);
  state.acceptor.open(endpoint.protocol(), error);
  if (!error) state.acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) {
    state.acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) state.acceptor.bind(endpoint, error);
  if (!error) state.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) state.port = state.acceptor.local_endpoint(error).port();
  if (error) {
    error_code ignored;
    state.acceptor.close(ignored);
    return tl::unexpected(listen_error(options, error));
  }

  co_spawn(state.io, accept_all(state.acceptor, state.hub), no_exception_lost);
  for (const auto& periodic : state.periodic) {
    co_spawn(state.io, repeat(*periodic, state.hub), no_exception_lost);
  }
  state.thread = std::thread([&state] {
    try {
      state.io.run();
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "bug: the http thread ended by an exception: %s\n", exception.what());
      std::abort();
    }
    state.ended.set_value();
  });
  return {};
}

std::uint16_t Server::port() const { return state_->port; }

void Server::post(std::function<void()> work) { asio::post(state_->io, std::move(work)); }

void Server::stop() {
  State& state = *state_;
  if (!state.thread.joinable()) return;
  asio::post(state.io, [&state] {
    state.hub.stopping = true;
    state.acceptor.close();
    for (const auto& periodic : state.periodic)
      periodic->timer.cancel();
    for (const auto& goodbye : state.hub.goodbyes) {
      if (goodbye) goodbye();
    }
  });
  const auto ended = state.ended.get_future();
  if (ended.wait_for(state.hub.options.stop_timeout) == std::future_status::timeout) {
    state.io.stop();
  }
  state.thread.join();
}

}  // namespace crowdflow::http
