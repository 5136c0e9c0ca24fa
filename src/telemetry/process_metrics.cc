#include "telemetry/process_metrics.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace crowdflow::telemetry {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator fds("/proc/self/fd", failed);
  double count = 0;
  if (!failed) {
    for ([[maybe_unused]] const auto& fd : fds)
      ++count;
  }
  return count;
}

double start_time() {
  static const double kStart =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return kStart;
}

}  // namespace

void process_metrics(MetricWriter& out) {
  out.counter("process_cpu_seconds_total", "User and system CPU time spent.");
  out.sample({}, cpu_seconds());
  out.gauge("process_resident_memory_bytes", "Resident memory.");
  out.sample({}, resident_bytes());
  out.gauge("process_open_fds", "Open file descriptors.");
  out.sample({}, open_files());
  out.gauge("process_start_time_seconds", "First look at the metrics, seconds since 1970.");
  out.sample({}, start_time());
}

}  // namespace crowdflow::telemetry
