#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <crowdflow/time.h>

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// Of which times something spoke, kept as the pauses between that were longer than allowed: the
// latest few of them, older ones are forgotten. What was heard in any order gives the same pauses.
class Silences {
 public:
  // It spoke of `from`, and next of what came after `until`.
  struct Pause {
    EventTime from{};
    EventTime until{};
  };
  static constexpr std::size_t kPauses = 8;

  // `allowed_s`: seconds without a word that are no silence. `room`: kPauses of them, which belong
  // to the caller and outlive this.
  Silences(std::int64_t allowed_s, Pause* room)
      : room_(room), allowed_s_(static_cast<std::uint32_t>(allowed_s)) {}
  Silences(const Silences&) = delete;
  Silences& operator=(const Silences&) = delete;
  Silences(Silences&&) = default;

  // Whether hearing of what follows `start` is the next word in order, after no silence.
  [[nodiscard]] bool is_next(EventTime start) const {
    return ever_ && start >= last_ && start - last_ < std::chrono::seconds{allowed_s_};
  }
  void hear_next(EventTime end) { last_ = end; }

  // It spoke of [start, end], or of an instant.
  void hear(EventTime start, EventTime end) {
    // What is spoken of lies in (from, end]: an instant is in it, what came just before is not.
    const EventTime from = start < end ? start : end - Span{1};
    const bool next = from >= last_ ? from - last_ < std::chrono::seconds{allowed_s_}
                                    : count_ == 0 && from >= first_ && end >= last_;
    if (ever_ && next) {
      last_ = end;
    } else {
      hear_after_all(from, end);
    }
  }
  // Takes over what was heard of the same thing while other pauses were allowed.
  void adopt(const Silences& other);
  // As bytes; `present`: a time that both sides know. This one is new when it is loaded.
  void save(SnapshotWriter& to, EventTime present) const;
  void load(SnapshotReader& from, EventTime present);

  [[nodiscard]] bool ever() const { return ever_; }
  // The latest time that it spoke of; only after hear().
  [[nodiscard]] EventTime last() const { return last_; }

  // A quick look: true means heard_by() and not silent_at() of the second that starts there.
  [[nodiscard]] bool surely_speaks_at(EventTime second_start) const {
    return ever_ && count_ == 0 && first_ < second_start &&
           last_ >= second_start - std::chrono::seconds{allowed_s_};
  }
  // Whether it had spoken of anything before the start of `second`.
  [[nodiscard]] bool heard_by(std::int64_t second) const {
    return ever_ && second > second_of(first_);
  }
  // Whether at the start of `second` it had been silent for longer than allowed. It was waited for
  // since the second `since`.
  [[nodiscard]] bool silent_at(std::int64_t second, std::int64_t since) const;
  // Whether `time` is later than all that it spoke of, or lies in a pause that is remembered: then
  // nothing was said about it.
  [[nodiscard]] bool said_nothing_about(EventTime time) const;

 private:
  void hear_after_all(EventTime from, EventTime end);
  // Remembers what is left of a pause, if that is still too long.
  void keep(const Pause& pause);
  [[nodiscard]] std::span<const Pause> pauses() const { return {room_, count_}; }

  EventTime first_{};  // it spoke of what came after this
  EventTime last_{};
  Pause* room_;  // oldest first
  std::uint32_t allowed_s_;
  std::uint8_t count_ = 0;
  bool ever_ = false;
};

}  // namespace crowdflow
