#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace crowdflow::app {

// How far a long task is, on standard error; silent when that is no terminal. One thread.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  // `total`: nothing when not known.
  void show(std::uint64_t done, std::optional<std::uint64_t> total, const std::string& detail);
  void finish();

 private:
  std::string what_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace crowdflow::app
