// What exactly once costs and what it survives, on a real Apache Kafka that this program starts:
//
//   bench_exactly_once latency    [rate=10000] [seconds=60] [warm-up=10]
//   bench_exactly_once throughput [per-record=1] [millions=2] [repetitions=3]
//   bench_exactly_once restart    [zones=20000] [venue=20000] [rate=100000] [repetitions=3]
//   bench_exactly_once rebalance  [rate=10000] [repetitions=5]
//   bench_exactly_once first-commit [repetitions=10]
//
// RESULTS.md has what they measured.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "exactly_once/experiments.h"
#include "exactly_once/measured.h"
#include "support/kafka_broker.h"

namespace crowdflow::bench {
namespace {

// Broker and contestants share the machine: a broker that compiles well and has room.
constexpr const char* kBrokersJvm = "-Xms1g -Xmx1g -XX:+UseG1GC";

// name=number, as the command line has them; each is used up by its reader.
class Numbers {
 public:
  Numbers(int count, char** texts) {
    for (const std::string_view text : std::vector<std::string_view>(texts, texts + count)) {
      const std::size_t equals = text.find('=');
      int number = 0;
      const std::string_view digits = text.substr(equals == text.npos ? text.size() : equals + 1);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number);
      must(error == std::errc{} && end == text.data() + text.size() && number > 0,
           "expected name=number, got " + std::string(text));
      numbers_[std::string(text.substr(0, equals))] = number;
    }
  }
  void take(const std::string& name, int& value) {
    const auto found = numbers_.find(name);
    if (found == numbers_.end()) return;
    value = found->second;
    numbers_.erase(found);
  }
  void nothing_else() const {
    if (!numbers_.empty()) give_up("there is no " + numbers_.begin()->first + " to be set here");
  }

 private:
  std::map<std::string, int> numbers_;
};

int run(const std::string& what, Numbers numbers) {
  setenv("CROWDFLOW_KAFKA_JVM", kBrokersJvm, 0);
  test::KafkaBroker broker;
  const auto with_broker = [&](auto measure, const auto& options) {
    numbers.nothing_else();
    if (const auto started = broker.start(); !started) give_up(started.message());
    measure(broker.bootstrap(), options);
    return 0;
  };
  if (what == "latency") {
    LatencyOptions options;
    int measured_s = static_cast<int>(options.measured.count());
    int warm_up_s = static_cast<int>(options.warm_up.count());
    numbers.take("rate", options.readings_per_second);
    numbers.take("seconds", measured_s);
    numbers.take("warm-up", warm_up_s);
    options.measured = std::chrono::seconds{measured_s};
    options.warm_up = std::chrono::seconds{warm_up_s};
    return with_broker(measure_latency, options);
  }
  if (what == "throughput") {
    ThroughputOptions options;
    numbers.take("per-record", options.readings_per_record);
    numbers.take("millions", options.millions);
    numbers.take("repetitions", options.repetitions);
    return with_broker(measure_throughput, options);
  }
  if (what == "restart") {
    RestartOptions options;
    numbers.take("zones", options.zones);
    numbers.take("venue", options.zones_of_a_venue);
    numbers.take("rate", options.readings_per_second);
    numbers.take("repetitions", options.repetitions);
    return with_broker(measure_restart, options);
  }
  if (what == "rebalance") {
    RebalanceOptions options;
    numbers.take("rate", options.readings_per_second);
    numbers.take("repetitions", options.repetitions);
    return with_broker(measure_rebalance, options);
  }
  if (what == "first-commit") {
    FirstCommitOptions options;
    numbers.take("repetitions", options.repetitions);
    return with_broker(measure_first_commit, options);
  }
  std::fputs(
      "bench_exactly_once latency | throughput | restart | rebalance | first-commit "
      "[name=number]...\n",
      stderr);
  return 2;
}

}  // namespace
}  // namespace crowdflow::bench

int main(int argc, char** argv) {
  if (argc < 2) return crowdflow::bench::run("", {0, nullptr});
  return crowdflow::bench::run(argv[1], {argc - 2, argv + 2});
}
