#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <crowdflow/time.h>

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// Of which times something spoke, kept as the pauses between that were longer than allowed: the
// latest few of them, older ones are forgotten. What was heard in any order gives the same pauses.
//
// There are two for each sensor, so that what both share is the caller's to hand in, and what is
// seldom needed: `allowed_s` seconds without a word are no silence; `room` is for kPauses, always
// the same.
class Silences {
 public:
  // It spoke of `from`, and next of what came after `until`.
  struct Pause {
    EventTime from{};
    EventTime until{};
  };
  // A pause as it is kept: of one that is longer than 101 days, the last 101.
  class Kept {
   public:
    Kept() = default;
    explicit Kept(const Pause& pause) {
      const auto until = static_cast<std::uint64_t>((pause.until - kBefore).count());
      const auto length =
          std::min(static_cast<std::uint64_t>((pause.until - pause.from).count()), kLongest);
      low_ = static_cast<std::uint32_t>(until);
      high_ = static_cast<std::uint32_t>(until >> 32 | length >> 32 << kUntilBits);
      length_ = static_cast<std::uint32_t>(length);
    }
    [[nodiscard]] Pause pause() const {
      constexpr std::uint32_t kUntil = (1U << kUntilBits) - 1;
      const std::uint64_t until = std::uint64_t{high_ & kUntil} << 32 | low_;
      const std::uint64_t length = std::uint64_t{high_ >> kUntilBits} << 32 | length_;
      const EventTime end = kBefore + Span{static_cast<std::int64_t>(until)};
      return {.from = end - Span{static_cast<std::int64_t>(length)}, .until = end};
    }

   private:
    // The first time that is believed, less the longest interval, less the instant itself.
    static constexpr EventTime kBefore = kEarliestEvent - std::chrono::hours{24} - Span{1};
    static constexpr int kUntilBits = 21;  // of `high_`
    static constexpr std::uint64_t kLongest = (std::uint64_t{1} << 43) - 1;
    static_assert((kLatestEvent - kBefore).count() < std::int64_t{1} << (32 + kUntilBits));

    std::uint32_t low_ = 0;
    std::uint32_t high_ = 0;
    std::uint32_t length_ = 0;
  };
  static_assert(sizeof(Kept) == 12, "there are 16 for each sensor");
  static constexpr std::size_t kPauses = 8;

  // Whether hearing of what follows `start` is the next word in order, after no silence.
  [[nodiscard]] bool is_next(EventTime start, std::uint32_t allowed_s) const {
    return ever() && start >= last() && start - last() < std::chrono::seconds{allowed_s};
  }
  void hear_next(EventTime end) { last_ = micros(end); }

  // It spoke of [start, end], or of an instant.
  void hear(EventTime start, EventTime end, std::uint32_t allowed_s, Kept* room) {
    // What is spoken of lies in (from, end]: an instant is in it, what came just before is not.
    const EventTime from = start < end ? start : end - Span{1};
    const bool next = from >= last() ? from - last() < std::chrono::seconds{allowed_s}
                                     : count() == 0 && from >= first() && end >= last();
    if (ever() && next) {
      last_ = micros(end);
    } else {
      hear_after_all(from, end, allowed_s, room);
    }
  }
  // Takes over what was heard of the same thing while other pauses were allowed.
  void adopt(const Silences& other, const Kept* others, Kept* room);
  // As bytes; `present`: a time that both sides know. This one is new when it is loaded.
  void save(SnapshotWriter& to, EventTime present, const Kept* room) const;
  void load(SnapshotReader& from, EventTime present, Kept* room);

  [[nodiscard]] bool ever() const { return (first_ & 1) != 0; }
  // The latest time that it spoke of; only after hear().
  [[nodiscard]] EventTime last() const { return EventTime{Span{last_}}; }

  // It spoke, and no pause is remembered: first() and last() tell all.
  [[nodiscard]] bool without_pause() const { return (first_ & 0xFF) == 1; }
  // It spoke of what came after this; only after hear().
  [[nodiscard]] EventTime first() const { return EventTime{Span{first_ >> 8}}; }

  // Whether it had spoken of anything before the start of `second`.
  [[nodiscard]] bool heard_by(std::int64_t second) const {
    return ever() && second > second_of(first());
  }
  // Whether at the start of `second` it had been silent for longer than allowed. It was waited for
  // since the second `since`.
  [[nodiscard]] bool silent_at(std::int64_t second, std::int64_t since, std::uint32_t allowed_s,
                               const Kept* room) const;
  // Whether `time` is later than all that it spoke of, or lies in a pause that is remembered: then
  // nothing was said about it.
  [[nodiscard]] bool said_nothing_about(EventTime time, const Kept* room) const;

 private:
  void hear_after_all(EventTime from, EventTime end, std::uint32_t allowed_s, Kept* room);
  // Remembers what is left of a pause, if that is still too long.
  void keep(const Pause& pause, std::uint32_t allowed_s, Kept* room);
  [[nodiscard]] static std::int64_t micros(EventTime t) { return t.time_since_epoch().count(); }

  // Pauses that are remembered: they lie in the room, oldest first.
  [[nodiscard]] std::size_t count() const { return first_ >> 1 & 0x7F; }
  void set_count(std::size_t count) {
    first_ = (first_ & ~std::int64_t{0xFE}) | static_cast<std::int64_t>(count << 1);
  }
  void set_first(EventTime first) { first_ = micros(first) * 256 | (first_ & 0xFF); }

  // 56 bits: it spoke of what came after this; 7 bits: count(); the lowest: ever().
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
};

static_assert(sizeof(Silences) == 16, "there are two for each sensor");

}  // namespace crowdflow
