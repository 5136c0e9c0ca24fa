#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <crowdflow/time.h>

namespace crowdflow {

// People who crossed a border during [start, end); an instant when both are equal. Spread evenly,
// in whole people: of n, floor(n * (x - start) / (end - start)) crossed before x.
struct Crossing {
  EventTime start{};
  EventTime end{};
  std::int64_t entered = 0;
  std::int64_t left = 0;

  // The last second in which somebody crossed.
  [[nodiscard]] std::int64_t last_second() const {
    return second_of(start == end ? end : end - Span{1});
  }
};

// People of n who crossed before x.
[[nodiscard]] inline std::int64_t people_before(std::int64_t n, const Crossing& crossing,
                                                EventTime x) {
  if (n == 0) return 0;
  if (crossing.start == crossing.end) return x > crossing.end ? n : 0;
  if (x <= crossing.start) return 0;
  if (x >= crossing.end) return n;
  const std::int64_t passed = (x - crossing.start).count();
  const std::int64_t length = (crossing.end - crossing.start).count();
  constexpr std::int64_t kManyPeople = std::int64_t{1} << 20;
  constexpr std::int64_t kManyMicroseconds = std::int64_t{1} << 43;
  if (n < kManyPeople && passed < kManyMicroseconds) return n * passed / length;
  __extension__ using Wide = __int128;
  return static_cast<std::int64_t>(static_cast<Wide>(n) * passed / length);
}

// The change of level by this crossing from `from` on: entered less left in [from, end).
[[nodiscard]] inline std::int64_t net_since(const Crossing& crossing, EventTime from) {
  return (crossing.entered - people_before(crossing.entered, crossing, from)) -
         (crossing.left - people_before(crossing.left, crossing, from));
}

// A crossing of at most two seconds, as most are, spread over them.
struct ShortSpread {
  std::int64_t first = 0;    // the first of the two seconds
  std::int64_t seconds = 0;  // 1 or 2; 0: the crossing is longer
  std::array<std::int64_t, 2> entered{};
  std::array<std::int64_t, 2> left{};
};
// `head`: the second that most crossings end in or just after.
[[nodiscard]] inline ShortSpread short_spread(const Crossing& crossing, std::int64_t head) {
  ShortSpread spread;
  const EventTime last = crossing.start == crossing.end ? crossing.end : crossing.end - Span{1};
  const EventTime head_start = start_of_second(head);
  if (last < head_start - std::chrono::seconds{1} ||
      crossing.start < head_start - std::chrono::seconds{2} ||
      last >= head_start + std::chrono::seconds{1}) {
    return spread;
  }
  const std::int64_t last_second = head - (last < head_start ? 1 : 0);
  const EventTime last_start = start_of_second(last_second);
  if (crossing.start >= last_start) {
    return {.first = last_second,
            .seconds = 1,
            .entered = {crossing.entered, 0},
            .left = {crossing.left, 0}};
  }
  if (crossing.start < last_start - std::chrono::seconds{1}) return spread;
  const std::int64_t entered = people_before(crossing.entered, crossing, last_start);
  const std::int64_t left = people_before(crossing.left, crossing, last_start);
  return {.first = last_second - 1,
          .seconds = 2,
          .entered = {entered, crossing.entered - entered},
          .left = {left, crossing.left - left}};
}

// Calls visit(second, entered, left) for each second of the crossing from `first` on.
template <typename Visit>
void for_each_second(const Crossing& crossing, std::int64_t first, Visit&& visit) {
  const std::int64_t last = crossing.last_second();
  first = std::max(first, second_of(crossing.start));
  std::int64_t entered = people_before(crossing.entered, crossing, start_of_second(first));
  std::int64_t left = people_before(crossing.left, crossing, start_of_second(first));
  for (std::int64_t second = first; second <= last; ++second) {
    const EventTime until = start_of_second(second + 1);
    const std::int64_t entered_until = people_before(crossing.entered, crossing, until);
    const std::int64_t left_until = people_before(crossing.left, crossing, until);
    visit(second, entered_until - entered, left_until - left);
    entered = entered_until;
    left = left_until;
  }
}

}  // namespace crowdflow
