#include "app/demo.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <spdlog/spdlog.h>

#include "app/command_line.h"
#include "app/examples.h"
#include "app/logging.h"
#include "app/roles.h"
#include "app/signals.h"
#include "app/simulator_feed.h"
#include "config/config_error.h"
#include "config/text_file.h"
#include "config/venue_file.h"
#include "kafka/embedded_broker.h"
#include "kafka/kafka_log.h"

namespace crowdflow::app {
namespace {

constexpr std::int32_t kPartitions = 4;
constexpr std::uint16_t kUsualPort = 8080;
constexpr std::chrono::milliseconds kLook{200};
constexpr int kWarnings = 3;  // spdlog's number: what goes well need not be said over the banner

std::optional<processor::VenueSource> venue_source(const DemoOptions& options) {
  const auto built_in = options.example.empty()
                            ? examples().begin()
                            : std::ranges::find(examples(), options.example, &Example::name);
  if (built_in == examples().end()) {
    std::fprintf(stderr, "crowdflow demo: there is no example \"%s\"\n", options.example.c_str());
    return std::nullopt;
  }
  std::string file = std::string(built_in->name) + ".yaml";
  std::string yaml(built_in->yaml);
  if (!options.venue_file.empty()) {
    file = options.venue_file;
    auto text = config::read_text_file(file);
    if (!text) {
      std::fputs(config::format_errors({&text.error(), 1}).c_str(), stderr);
      return std::nullopt;
    }
    yaml = std::move(*text);
  }
  auto venue = config::parse_venue(yaml, file);
  if (!venue) {
    std::fputs(config::format_errors(venue.error()).c_str(), stderr);
    return std::nullopt;
  }
  return processor::VenueSource{.yaml = std::move(yaml),
                                .venue = std::make_shared<const Venue>(std::move(*venue))};
}

void print_banner(const std::string& url, const std::string& broker, const log::TopicNames& topics,
                  const Venue& venue) {
  std::printf(
      "\n"
      "  crowdflow demo: %s\n"
      "\n"
      "  page: %s\n"
      "  metrics: %smetrics\n"
      "  broker: %s\n"
      "\n"
      "  The crowd is calm, arrives, surges at one gate and recovers, every two minutes or so.\n"
      "  Try next, in another terminal:\n"
      "    kcat -C -b %s -t %s -o end -f '%%k %%S bytes\\n'     # the sensors' readings\n"
      "    curl -s %sapi/v1/zones                               # every zone, as JSON\n"
      "    echo broken | kcat -P -b %s -t %s -k %s -p 0\n"
      "    kcat -C -b %s -t %s -e -f '%%h %%s\\n'                # what became of that\n"
      "\n"
      "  Ctrl-C ends it.\n",
      venue.name.c_str(), url.c_str(), url.c_str(), broker.c_str(), broker.c_str(),
      topics.readings.c_str(), url.c_str(), broker.c_str(), topics.readings.c_str(),
      venue.id.c_str(), broker.c_str(), topics.dead_letters.c_str());
  std::fflush(stdout);
}

int complain(const Error& error) {
  std::fprintf(stderr, "crowdflow demo: %s\n", error.message.c_str());
  return kFailed;
}

}  // namespace

int demo(const DemoOptions& options) {
  auto source = venue_source(options);
  if (!source) return kWrongConfig;
  const std::shared_ptr<const Venue> venue = source->venue;
  Signals signals;
  start_logging(kWarnings);

  const log::TopicNames topics;
  auto broker = kafka::EmbeddedBroker::start(kPartitions, topics.all());
  if (!broker) return complain(broker.error());
  kafka::ConnectOptions connection;
  connection.brokers = (*broker)->address();
  connection.client_id = "crowdflow-demo";
  connection.fetch_wait = std::chrono::milliseconds{10};
  connection.warm_topics = topics.all();
  auto log = kafka::connect(connection);
  if (!log) return complain(log.error());

  RolesOptions roles_options;
  roles_options.processor.instance = "crowdflow-demo";
  roles_options.processor.assign_by_hand = true;
  roles_options.processor.venues.push_back(std::move(*source));
  roles_options.gateway.emplace();
  roles_options.http_address = options.address;
  roles_options.http_port = options.port.value_or(kUsualPort);
  auto roles = std::make_unique<Roles>(**log, roles_options);
  auto started = roles->start();
  if (!started && !options.port) {
    roles_options.http_port = 0;
    roles = std::make_unique<Roles>(**log, roles_options);
    started = roles->start();
  }
  if (!started) return complain(started.error());
  auto feed = SimulatorFeed::start(**log, topics, venue, options.seed);
  if (!feed) return complain(feed.error());
  print_banner(roles->url(), (*broker)->address(), topics, *venue);

  while (!signals.wait(kLook) && !roles->failed()) {
  }
  feed->reset();
  const auto ended = roles->stop();
  return ended ? 0 : complain(ended.error());
}

}  // namespace crowdflow::app
