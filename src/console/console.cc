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

// The page hears of an alarm at once, unless it heard of another less than a tick ago: a flood of
// alarms does not become a flood of updates. It hears of other changes every kChangeTicks and, when
// there are none, every kQuietTicks, which stays below a second on a busy machine.
constexpr std::chrono::milliseconds kTick{50};
constexpr int kChangeTicks = 5;
constexpr int kQuietTicks = 15;

// Says on the live channel what has changed. Threads: the server's.
class LiveUpdates {
 public:
  using Clock = std::chrono::steady_clock;

  LiveUpdates(std::shared_ptr<ConsoleState> state, std::function<WallTime()> now,
              http::Channel& live)
      : state_(std::move(state)), now_(std::move(now)), live_(live) {}

  void tick() {
    ++ticks_;
    const bool due = ticks_ >= kChangeTicks || alarm_waits_;
    if ((due && state_->changed()) || ticks_ >= kQuietTicks) say();
  }
  void alarm() {
    alarm_waits_ = true;
    if (Clock::now() - said_ >= kTick) say();
  }

 private:
  void say() {
    ticks_ = 0;
    alarm_waits_ = false;
    said_ = Clock::now();
    live_.broadcast(state_->update(now_()));
  }

  const std::shared_ptr<ConsoleState> state_;
  const std::function<WallTime()> now_;
  http::Channel& live_;
  Clock::time_point said_{};  // last
  int ticks_ = 0;             // since then
  bool alarm_waits_ = false;
};

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
  std::shared_ptr<LiveUpdates> updates;
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
  updates = std::make_shared<LiveUpdates>(state, clock, live);
  server.every(kTick, [updates = updates] { updates->tick(); });
}

void Console::State::pass_on(TopicReader::Delivery delivery) {
  server.post([state = page_state, updates = updates,
               shared = std::make_shared<TopicReader::Delivery>(std::move(delivery))] {
    const bool alarms = !shared->batch.alarms.empty();
    state->apply(std::move(shared->batch));
    state->set_health(std::move(shared->health));
    if (alarms) updates->alarm();
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
