#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <crowdflow/result.h>

namespace crowdflow::bench {

using Clock = std::chrono::steady_clock;

[[nodiscard]] inline double seconds(Clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

// Ends the program with these words: half a measurement is none.
[[noreturn]] void give_up(const std::string& why);
void must(bool done, const std::string& what);
template <typename T>
T must(Result<T> result, const std::string& what) {
  if (!result) give_up(what + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Numbers of one kind. Not empty when asked.
class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  // The value that this share of the samples does not pass.
  [[nodiscard]] double percentile(double share) const;
  [[nodiscard]] double median() const { return percentile(0.5); }
  // "median (least to most)", each with this format of printf.
  [[nodiscard]] std::string in_words(const char* format) const;

 private:
  std::vector<double> values_;
};

// "load average 1.20", as it is now.
[[nodiscard]] std::string load_average();

}  // namespace crowdflow::bench
