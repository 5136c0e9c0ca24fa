#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <crowdflow/time.h>

namespace crowdflow {

// Of which times something spoke, kept as the pauses between that were longer than allowed: the
// latest few of them, older ones are forgotten. What was heard in any order gives the same pauses.
class Silences {
 public:
  // `allowed_s`: seconds without a word that are no silence.
  explicit Silences(std::int64_t allowed_s) : allowed_s_(allowed_s) {}

  // It spoke of [start, end], or of an instant.
  void hear(EventTime start, EventTime end);
  // Takes over what was heard of the same thing while other pauses were allowed.
  void adopt(const Silences& other);

  [[nodiscard]] bool ever() const { return ever_; }
  // The latest time that it spoke of; only after hear().
  [[nodiscard]] EventTime last() const { return last_; }

  // Whether it had spoken of anything before the start of `second`.
  [[nodiscard]] bool heard_by(std::int64_t second) const;
  // Whether at the start of `second` it had been silent for longer than allowed. It was waited for
  // since the second `since`.
  [[nodiscard]] bool silent_at(std::int64_t second, std::int64_t since) const;
  // Whether `time` is later than all that it spoke of, or lies in a pause that is remembered: then
  // nothing was said about it.
  [[nodiscard]] bool said_nothing_about(EventTime time) const;

 private:
  // It spoke of `from`, and next of what came after `until`.
  struct Pause {
    EventTime from{};
    EventTime until{};
  };
  // Remembers what is left of a pause, if that is still too long.
  void keep(const Pause& pause);
  [[nodiscard]] std::span<const Pause> pauses() const { return std::span(pauses_).first(count_); }

  std::int64_t allowed_s_;
  bool ever_ = false;
  EventTime first_{};  // it spoke of what came after this
  EventTime last_{};
  std::array<Pause, 8> pauses_{};  // oldest first
  std::size_t count_ = 0;
};

}  // namespace crowdflow
