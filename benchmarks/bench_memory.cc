// What a shard takes in memory, computed and measured: five sensors a zone, default windows. Each
// row is a process of its own, so that none is measured in what another gave back.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <memory_resource>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <crowdflow/memory_need.h>
#include <crowdflow/shard.h>

#include "app/large_pages.h"
#include "row_of_zones.h"

namespace crowdflow {
namespace {

using bench::kStart;

constexpr double kMegabyte = 1e6;
constexpr std::int64_t kSeconds = 120;  // of venue time, one reading a second by each sensor

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  statm >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

template <typename T>
double room_of(const std::vector<T>& list) {
  return static_cast<double>(list.capacity() * sizeof(T));
}

void print_row(std::int64_t zones) {
  const double before = resident_bytes();
  const auto venue = std::make_shared<const Venue>(bench::row_of_zones(zones));
  const MemoryNeed need = memory_need(*venue);
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  std::vector<Reading> readings(100);
  std::vector<Outcome> outcomes(readings.size());
  const std::size_t sensors = venue->sensors.size();
  for (std::int64_t second = kStart; second < kStart + kSeconds; ++second) {
    shard.tick({.now = WallTime{start_of_second(second).time_since_epoch()}}, out);
    for (std::size_t first = 0; first < sensors; first += readings.size()) {
      for (std::size_t i = 0; i < readings.size(); ++i)
        readings[i] = bench::reading_of(*venue, first + i, second);
      shard.apply(readings, outcomes, out);
    }
    out.clear();
  }
  const double resident = resident_bytes() - before;
  const double said =
      room_of(out.seconds) + room_of(out.states) + room_of(out.flows) + room_of(out.alerts);
  const auto megabytes = [](double bytes) { return bytes / kMegabyte; };
  const auto computed = [&](std::size_t bytes) { return megabytes(static_cast<double>(bytes)); };
  std::printf("%8lld %8zu %12.1f %8.1f %8.1f %8.1f %13.1f %9.1f %9.1f %8.1f\n",
              static_cast<long long>(zones), sensors, computed(need.description),
              computed(need.sensors), computed(need.zones), computed(need.openings),
              computed(need.first_anchor), computed(need.total()), megabytes(resident - said),
              megabytes(said));
}

bool print_row_of_own_process(std::int64_t zones) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    print_row(zones);
    std::fflush(stdout);
    std::_Exit(0);
  }
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace
}  // namespace crowdflow

int main(int argc, char**) {
  if (argc > 1) return 0;            // who chooses among benchmarks does not mean this table
  crowdflow::app::LargePages pages;  // as in the program
  std::pmr::set_default_resource(&pages);
  std::printf("MB; measured: resident after %lld s of readings, without what was said\n",
              static_cast<long long>(crowdflow::kSeconds));
  std::printf("%8s %8s %12s %8s %8s %8s %13s %9s %9s %8s\n", "zones", "sensors", "description",
              "sensors", "zones", "openings", "first anchors", "computed", "measured", "said");
  for (const std::int64_t zones : {1'000, 10'000, 100'000}) {
    if (!crowdflow::print_row_of_own_process(zones)) return 1;
  }
  return 0;
}
