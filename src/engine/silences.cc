#include "engine/silences.h"

#include <algorithm>
#include <array>

namespace crowdflow {

void Silences::hear_after_all(EventTime from, EventTime end) {
  if (!ever_) {
    ever_ = true;
    first_ = from;
    last_ = end;
    return;
  }
  if (from >= last_ || count_ == 0) {
    if (end < first_) keep({end, first_});
    if (from > last_) keep({last_, from});
  } else {
    std::array<Pause, kPauses> known;
    std::ranges::copy(pauses(), known.begin());
    const std::size_t known_count = count_;
    count_ = 0;
    if (end < first_ && known_count < known.size()) keep({end, first_});
    for (std::size_t i = 0; i < known_count; ++i) {
      const Pause& pause = known[i];
      keep({pause.from, std::min(pause.until, from)});
      keep({std::max(pause.from, end), pause.until});
    }
  }
  first_ = std::min(first_, from);
  last_ = std::max(last_, end);
}

void Silences::adopt(const Silences& other) {
  first_ = other.first_;
  last_ = other.last_;
  ever_ = other.ever_;
  count_ = other.count_;
  std::ranges::copy(other.pauses(), room_);
}

void Silences::keep(const Pause& pause) {
  if (second_of(pause.until) - second_of(pause.from) <= allowed_s_) return;
  if (count_ == kPauses) {
    std::ranges::move(pauses().subspan(1), room_);
    --count_;
  }
  room_[count_++] = pause;
}

bool Silences::silent_at(std::int64_t second, std::int64_t since) const {
  if (!heard_by(second)) return second - since > allowed_s_;
  if (second > second_of(last_)) return second - second_of(last_) > allowed_s_;
  return std::ranges::any_of(pauses(), [&](const Pause& pause) {
    return second - second_of(pause.from) > allowed_s_ && second <= second_of(pause.until);
  });
}

bool Silences::said_nothing_about(EventTime time) const {
  if (!ever_ || time > last_) return true;
  return std::ranges::any_of(
      pauses(), [&](const Pause& pause) { return time > pause.from && time <= pause.until; });
}

}  // namespace crowdflow
