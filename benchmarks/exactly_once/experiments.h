#pragma once

#include <chrono>
#include <string>
#include <vector>

// What is measured of exactly once, each against a real broker: see main.cc.
namespace crowdflow::bench {

struct LatencyOptions {
  int readings_per_second = 10'000;
  std::chrono::seconds measured{60};
  std::chrono::seconds warm_up{10};
};
void measure_latency(const std::string& brokers, const LatencyOptions& options);

struct ThroughputOptions {
  int readings_per_record = 1;
  int millions = 2;
  int repetitions = 3;
};
void measure_throughput(const std::string& brokers, const ThroughputOptions& options);

struct RestartOptions {
  int zones = 20'000;
  int zones_of_a_venue = 20'000;
  int readings_per_second = 100'000;
  int repetitions = 3;
};
void measure_restart(const std::string& brokers, const RestartOptions& options);

struct RebalanceOptions {
  int readings_per_second = 10'000;
  int repetitions = 5;
};
void measure_rebalance(const std::string& brokers, const RebalanceOptions& options);

struct FirstCommitOptions {
  int repetitions = 10;
};
void measure_first_commit(const std::string& brokers, const FirstCommitOptions& options);

}  // namespace crowdflow::bench
