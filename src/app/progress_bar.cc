#include "app/progress_bar.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace crowdflow::app {
namespace {

constexpr std::size_t kWidth = 30;
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::uint64_t done, std::optional<std::uint64_t> total,
                       const std::string& detail) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now < next_) return;
  next_ = now + kPause;
  shown_ = true;
  if (!total || *total == 0) {
    std::fprintf(stderr, "\r\033[K%s  %s", what_.c_str(), detail.c_str());
  } else {
    const std::size_t filled = std::min(kWidth, static_cast<std::size_t>(done * kWidth / *total));
    std::fprintf(stderr, "\r\033[K%s [%s%s] %3u %%  %s", what_.c_str(),
                 std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(),
                 static_cast<unsigned>(std::min<std::uint64_t>(100, done * 100 / *total)),
                 detail.c_str());
  }
  std::fflush(stderr);
}

void ProgressBar::finish() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace crowdflow::app
