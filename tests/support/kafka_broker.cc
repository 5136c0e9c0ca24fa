#include "support/kafka_broker.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <sstream>
#include <string_view>
#include <sys/resource.h>
#include <system_error>

#include "paths.h"
#include "support/eventually.h"
#include "support/port.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

// The first one on a machine may have to fetch Kafka.
constexpr auto kStartLimit = 5min;
constexpr auto kStopLimit = 60s;  // with a busy machine and clients that are stuck
constexpr auto kEndLimit = 60s;
constexpr std::string_view kReady = "READY ";

Command run_kafka(const TempDir& dir, const std::vector<std::string>& settings,
                  const std::vector<KafkaBroker::Through>& through) {
  Command command{
      .argv = {(source_dir() / "tests/kafka/run-kafka").string(), "--dir", dir.path().string()}};
  for (const std::string& setting : settings) {
    command.argv.emplace_back("--set");
    command.argv.push_back(setting);
  }
  for (const auto& [advertised, listens] : through) {
    command.argv.emplace_back("--through");
    command.argv.push_back(std::to_string(advertised) + ":" + std::to_string(listens));
  }
  return command;
}

Command run_node(const TempDir& dir, const KafkaBroker::Node& node,
                 const std::vector<std::string>& settings) {
  Command command = run_kafka(dir, settings, {});
  command.argv.insert(
      command.argv.end(),
      {"--node", std::to_string(node.number), "--port", std::to_string(node.port),
       "--controller-port", std::to_string(node.controller_port), "--voters", node.voters});
  return command;
}

std::uint16_t port_of(std::string_view address) {
  std::uint16_t port = 0;
  const std::string_view digits = address.substr(address.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

KafkaBroker::KafkaBroker(const std::vector<std::string>& settings,
                         const std::vector<Through>& through)
    : process_(run_kafka(dir_, settings, through)) {}

KafkaBroker::KafkaBroker(const Node& node, const std::vector<std::string>& settings)
    : process_(run_node(dir_, node, settings)) {}

testing::AssertionResult KafkaBroker::start() {
  if (testing::AssertionResult started = begin_start(); !started) return started;
  return becomes_ready();
}

testing::AssertionResult KafkaBroker::becomes_ready() {
  if (testing::AssertionResult ready = process_.says("READY 127.0.0.1:", kStartLimit); !ready) {
    return ready;
  }
  const std::string out = process_.out();
  bootstrap_ = out.substr(kReady.size(), out.find('\n') - kReady.size());
  return testing::AssertionSuccess();
}

testing::AssertionResult KafkaBroker::stop() {
  process_.signal(SIGTERM);
  return process_.exits_with(0, kStopLimit);
}

testing::AssertionResult KafkaBroker::kill() {
  process_.signal_group(SIGKILL);
  if (testing::AssertionResult ended = process_.exits_with(128 + SIGKILL, kStopLimit); !ended) {
    return ended;
  }
  return eventually(kStopLimit, [this] { return refuses_connections(); });
}

testing::AssertionResult KafkaBroker::let_no_file_grow_beyond(std::uintmax_t bytes) const {
  // The JVM alone: it is told of a write that fails, a shell would be killed.
  const std::string path =
      "/proc/" + std::to_string(process_.pid()) + "/task/" + std::to_string(process_.pid());
  std::istringstream children(read_text(path + "/children"));
  const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
  for (pid_t child = 0; children >> child;) {
    if (read_text("/proc/" + std::to_string(child) + "/comm") != "java\n") continue;
    if (prlimit(child, RLIMIT_FSIZE, &limit, nullptr) == 0) return testing::AssertionSuccess();
    return testing::AssertionFailure() << std::generic_category().message(errno);
  }
  return testing::AssertionFailure() << "the broker's JVM is not among its children";
}

testing::AssertionResult KafkaBroker::ends_by_itself() {
  const auto status = process_.wait(kEndLimit);
  if (status) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the broker runs on:\n" << log();
}

testing::AssertionResult KafkaBroker::restart() {
  if (process_.running()) {
    if (testing::AssertionResult stopped = stop(); !stopped) return stopped;
  }
  return start();
}

testing::AssertionResult KafkaBroker::refuses_connections() const {
  if (!accepts_connections(port_of(bootstrap_))) return testing::AssertionSuccess();
  return testing::AssertionFailure() << bootstrap_ << " still answers";
}

KafkaEnvironment* KafkaEnvironment::install(const std::vector<std::string>& settings) {
  auto* const environment = new KafkaEnvironment(settings);
  testing::AddGlobalTestEnvironment(environment);
  return environment;
}

void KafkaEnvironment::SetUp() { ASSERT_TRUE(broker_.start()); }
void KafkaEnvironment::TearDown() { EXPECT_TRUE(broker_.stop()); }

}  // namespace crowdflow::test
