#include "engine/silences.h"

#include <algorithm>
#include <array>

namespace crowdflow {

void Silences::hear_after_all(EventTime from, EventTime end, std::uint32_t allowed_s, Kept* room) {
  if (!ever()) {
    first_ |= 1;
    set_first(from);
    last_ = micros(end);
    return;
  }
  if (from >= last() || count() == 0) {
    if (end < first()) keep({end, first()}, allowed_s, room);
    if (from > last()) keep({last(), from}, allowed_s, room);
  } else {
    std::array<Kept, kPauses> known;
    const std::size_t known_count = count();
    std::ranges::copy(std::span(room, known_count), known.begin());
    set_count(0);
    if (end < first() && known_count < known.size()) keep({end, first()}, allowed_s, room);
    for (std::size_t i = 0; i < known_count; ++i) {
      const Pause pause = known[i].pause();
      keep({pause.from, std::min(pause.until, from)}, allowed_s, room);
      keep({std::max(pause.from, end), pause.until}, allowed_s, room);
    }
  }
  set_first(std::min(first(), from));
  last_ = micros(std::max(last(), end));
}

void Silences::adopt(const Silences& other, const Kept* others, Kept* room) {
  *this = other;
  std::ranges::copy(std::span(others, other.count()), room);
}

void Silences::keep(const Pause& pause, std::uint32_t allowed_s, Kept* room) {
  if (second_of(pause.until) - second_of(pause.from) <= allowed_s) return;
  if (count() == kPauses) {
    std::ranges::move(std::span(room, kPauses).subspan(1), room);
    set_count(kPauses - 1);
  }
  room[count()] = Kept(pause);
  set_count(count() + 1);
}

bool Silences::silent_at(std::int64_t second, std::int64_t since, std::uint32_t allowed_s,
                         const Kept* room) const {
  if (!heard_by(second)) return second - since > allowed_s;
  if (second > second_of(last())) return second - second_of(last()) > allowed_s;
  return std::ranges::any_of(std::span(room, count()), [&](const Kept& kept) {
    const Pause pause = kept.pause();
    return second - second_of(pause.from) > allowed_s && second <= second_of(pause.until);
  });
}

bool Silences::said_nothing_about(EventTime time, const Kept* room) const {
  if (!ever() || time > last()) return true;
  return std::ranges::any_of(std::span(room, count()), [&](const Kept& kept) {
    const Pause pause = kept.pause();
    return time > pause.from && time <= pause.until;
  });
}

}  // namespace crowdflow
