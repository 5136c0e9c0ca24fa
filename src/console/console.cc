#include "console/console.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

#include "build_info.h"
#include "console/console_state.h"
#include "console/page.h"
#include "console/topic_reader.h"

namespace crowdflow::console {
namespace {

// The page hears of changes this often; when there are none, every kQuietTicks of them, which stays
// below a second on a busy machine.
constexpr std::chrono::milliseconds kTick{250};
constexpr int kQuietTicks = 3;

}  // namespace

struct Console::State {
  State(log::Log& the_log, http::Server& the_server, ConsoleOptions options)
      : server(the_server),
        now(std::move(options.now)),
        directory(std::make_shared<const ZoneDirectory>(std::move(options.venues))),
        page_state(std::make_shared<ConsoleState>(directory, std::string(build_info().version))),
        reader(the_log, std::move(options.topics), directory, now,
               [this](TopicReader::Delivery delivery) { pass_on(std::move(delivery)); }) {}

  void add_routes();
  void pass_on(TopicReader::Delivery delivery);

  http::Server& server;
  const std::function<WallTime()> now;
  const std::shared_ptr<const ZoneDirectory> directory;
  // Belongs to the server's thread from its start on; what the server runs shares in owning it.
  const std::shared_ptr<ConsoleState> page_state;
  TopicReader reader;
  std::jthread thread;
};

void Console::State::add_routes() {
  const auto state = page_state;
  const auto clock = now;
  server.serve(page());
  server.handle("GET", "/api/v1/venues",
                [state](const http::Request&) { return http::Response{.body = state->venues()}; });
  server.handle("GET", "/api/v1/zones", [state, clock](const http::Request&) {
    return http::Response{.body = state->zones(clock())};
  });
  server.handle("GET", "/api/v1/alerts", [state, clock](const http::Request&) {
    return http::Response{.body = state->alerts(clock())};
  });
  http::Channel& live =
      server.channel("/api/v1/live", [state, clock] { return state->snapshot(clock()); });
  server.every(kTick, [state, clock, &live, quiet = 0]() mutable {
    if (!state->changed() && ++quiet < kQuietTicks) return;
    quiet = 0;
    live.broadcast(state->update(clock()));
  });
}

void Console::State::pass_on(TopicReader::Delivery delivery) {
  server.post(
      [state = page_state, shared = std::make_shared<TopicReader::Delivery>(std::move(delivery))] {
        state->apply(std::move(shared->batch));
        state->set_health(std::move(shared->health));
      });
}

Console::Console(log::Log& log, http::Server& server, ConsoleOptions options)
    : state_(std::make_unique<State>(log, server, std::move(options))) {
  state_->add_routes();
}

Console::~Console() { stop(); }

void Console::start() {
  state_->thread = std::jthread([this](std::stop_token stop) {
    try {
      state_->reader.run(std::move(stop));
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "bug: the console's reader ended by an exception: %s\n",
                   exception.what());
      std::abort();
    }
  });
}

void Console::stop() {
  if (!state_->thread.joinable()) return;
  state_->thread.request_stop();
  state_->thread.join();
  state_->pass_on(
      {.batch = {}, .health = {.reachable = false, .reason = "the console has stopped"}});
}

}  // namespace crowdflow::console
