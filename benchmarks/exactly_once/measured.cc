#include "exactly_once/measured.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace crowdflow::bench {
namespace {

std::string text(const char* format, double value) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), format, value);
  return out.data();
}

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_exactly_once: %s\n", why.c_str());
  std::fflush(nullptr);
  std::exit(1);
}

void must(bool done, const std::string& what) {
  if (!done) give_up(what);
}

double Samples::percentile(double share) const {
  must(!values_.empty(), "nothing was measured");
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::string Samples::in_words(const char* format) const {
  return text(format, median()) + " (" + text(format, percentile(0)) + " to " +
         text(format, percentile(1)) + ")";
}

std::string load_average() {
  std::array<double, 1> load{};
  return getloadavg(load.data(), 1) == 1 ? "load average " + text("%.2f", load[0])
                                         : std::string("load average unknown");
}

}  // namespace crowdflow::bench
