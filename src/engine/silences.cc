#include "engine/silences.h"

#include <algorithm>

namespace crowdflow {

void Silences::hear(EventTime start, EventTime end) {
  // What is spoken of lies in (from, end]: an instant is in it, what came just before is not.
  const EventTime from = std::min(start, end - Span{1});
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
    const std::array<Pause, 8> known = pauses_;
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
  const std::int64_t allowed_s = allowed_s_;
  *this = other;
  allowed_s_ = allowed_s;
}

void Silences::keep(const Pause& pause) {
  if (second_of(pause.until) - second_of(pause.from) <= allowed_s_) return;
  if (count_ == pauses_.size()) {
    std::ranges::move(pauses_.begin() + 1, pauses_.end(), pauses_.begin());
    --count_;
  }
  pauses_[count_++] = pause;
}

bool Silences::heard_by(std::int64_t second) const { return ever_ && second > second_of(first_); }

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
