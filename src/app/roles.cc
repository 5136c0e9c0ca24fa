#include "app/roles.h"

#include <chrono>
#include <future>
#include <spdlog/spdlog.h>
#include <thread>
#include <utility>
#include <vector>

#include "app/journalled_venue.h"
#include "console/console.h"
#include "http/server.h"
#include "processor/processor.h"
#include "telemetry/exposition.h"
#include "telemetry/health.h"

namespace crowdflow::app {
namespace {

// Shorter than a supervisor waits before it kills.
constexpr std::chrono::seconds kStopPatience{15};

WallTime wall_clock() {
  return WallTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

// A restore finds the file that is configured, nearly always, and reading a large one takes longer
// than all the rest of it.
processor::ParseVenue parse_unless_known(std::vector<processor::VenueSource> known) {
  return [known = std::move(known)](const wire::VenueFile& file) {
    for (const processor::VenueSource& source : known) {
      if (source.yaml == file.yaml && source.venue->utc_offsets == file.utc_offsets) {
        return Result<std::shared_ptr<const Venue>>(source.venue);
      }
    }
    return parse_journalled_venue(file);
  };
}

http::ServerOptions server_options(const RolesOptions& options) {
  http::ServerOptions server;
  server.address = options.http_address;
  server.port = options.http_port;
  return server;
}

}  // namespace

struct Roles::State {
  State(log::Log& the_log, RolesOptions the_options)
      : log(the_log), options(std::move(the_options)), server(server_options(options)) {
    options.processor.now = wall_clock;
    options.processor.parse_venue = parse_unless_known(options.processor.venues);
    console::ConsoleOptions page{
        .topics = options.processor.topics, .venues = {}, .now = wall_clock};
    for (const auto& source : options.processor.venues)
      page.venues.push_back(source.venue);
    if (options.gateway) {
      options.gateway->topics = options.processor.topics;
      options.gateway->venues = page.venues;
      options.gateway->now = wall_clock;
      gateway = std::make_unique<gateway::Gateway>(log, server, *options.gateway);
    }
    console = std::make_unique<console::Console>(log, server, std::move(page));
  }

  void add_routes() {
    server.handle("GET", "/metrics", [this](const http::Request&) {
      return http::Response{.content_type = std::string(telemetry::kExpositionType),
                            .body = telemetry::exposition(status.read(), wall_clock()) +
                                    (gateway ? telemetry::exposition(gateway->status()) : "") +
                                    telemetry::log_exposition(log.health().reachable)};
    });
    server.handle("GET", "/healthz", [](const http::Request&) {
      return http::Response{.body = R"({"status":"alive"})"};
    });
    server.handle("GET", "/readyz", [this](const http::Request&) {
      const log::Health health = log.health();
      auto answer =
          telemetry::readiness(status.read(), health.reachable ? "" : health.reason, wall_clock());
      return http::Response{.status = answer.good ? 200 : 503, .body = std::move(answer.json)};
    });
  }

  // What the engine ended with, once it has ended.
  [[nodiscard]] bool engine_ended() const {
    return ended.valid() && ended.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }

  log::Log& log;
  RolesOptions options;
  processor::StatusCell status;
  http::Server server;
  std::unique_ptr<console::Console> console;
  std::unique_ptr<gateway::Gateway> gateway;
  std::future<Result<void>> ended;
  std::jthread engine;
};

Roles::Roles(log::Log& log, RolesOptions options)
    : state_(std::make_unique<State>(log, std::move(options))) {}

Roles::~Roles() { (void)stop(); }

Result<void> Roles::start() {
  State& state = *state_;
  state.add_routes();
  if (auto started = state.server.start(); !started) return started;
  state.console->start();
  if (state.gateway) state.gateway->start();
  std::promise<Result<void>> promise;
  state.ended = promise.get_future();
  state.engine = std::jthread([&state, promise = std::move(promise)](std::stop_token stop) mutable {
    processor::Processor processor(state.log, state.options.processor, state.status);
    promise.set_value(processor.run(stop));
  });
  return {};
}

std::string Roles::url() const {
  const std::string& address = state_->options.http_address;
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" +
         std::to_string(state_->server.port()) + "/";
}

bool Roles::failed() const { return state_->engine_ended(); }

Result<void> Roles::stop() {
  State& state = *state_;
  if (!state.ended.valid()) return {};
  state.engine.request_stop();
  if (state.ended.wait_for(kStopPatience) != std::future_status::ready) {
    return fail(ErrorCode::kUnavailable,
                "what was applied could not be committed in time; it is read again at the next "
                "start");
  }
  Result<void> result = state.ended.get();
  state.engine.join();
  if (state.gateway) state.gateway->stop();
  state.console->stop();
  state.server.stop();
  return result;
}

}  // namespace crowdflow::app
