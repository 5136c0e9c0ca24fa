#include "telemetry/process_metrics.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
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

struct Memory {
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

Memory memory() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return {size * page, resident * page};
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

double most_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

// Seconds since 1970 at which the machine was started.
double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  while (file >> word) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

// When the process was started, seconds since 1970.
double start_time() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  // Field 22, in clock ticks since the machine's start; the name, field 2, may hold anything.
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string skipped;
  for (int field = 3; field < 22; ++field)
    fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  return boot_time() + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

void process_metrics(MetricWriter& out) {
  out.counter("process_cpu_seconds_total", "User and system CPU time spent.");
  out.sample({}, cpu_seconds());
  const Memory used = memory();
  out.gauge("process_virtual_memory_bytes", "Virtual memory.");
  out.sample({}, used.virtual_bytes);
  out.gauge("process_resident_memory_bytes", "Resident memory.");
  out.sample({}, used.resident_bytes);
  out.gauge("process_open_fds", "Open file descriptors.");
  out.sample({}, open_files());
  out.gauge("process_max_fds", "File descriptors that it may open.");
  out.sample({}, most_files());
  out.gauge("process_start_time_seconds", "When the process was started, seconds since 1970.");
  out.sample({}, start_time());
}

}  // namespace crowdflow::telemetry
