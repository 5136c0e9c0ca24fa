#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <crowdflow/time.h>

#include "engine/taken.h"

namespace crowdflow {

// A sensor's recent readings, to know a repeat and a revision when one comes. A fixed number of
// them: the oldest taken makes room for the newest.
class SensorMemory {
 public:
  explicit SensorMemory(std::size_t capacity) : ring_(capacity) {}

  // The reading with the identity of `candidate`, or nullptr. Identity is (boot_id, sequence), or
  // without a sequence (kind, stamp). A sequence that is not above the last, with a stamp newer
  // than all, begins a new run of the sensor and is nobody's repeat.
  [[nodiscard]] Taken* find(const Taken& candidate);

  void add(const Taken& taken);
  // `known`, which find() gave, said something else: `taken`.
  void replace(Taken& known, const Taken& taken);
  // Takes over what another memory of the same sensor holds, as far as there is room.
  void adopt(const SensorMemory& other);

  // Nothing at or before this stamp can be told from a repeat with certainty.
  [[nodiscard]] EventTime forgotten_until() const { return forgotten_until_; }

  // Calls visit(const Taken&) for each reading, newest taken first.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < count_; ++i)
      visit(at(i).taken);
  }

 private:
  struct Entry {
    Taken taken;
    std::uint32_t run = 0;
  };
  // The i-th newest.
  [[nodiscard]] const Entry& at(std::size_t i) const {
    return ring_[(next_ + ring_.size() - 1 - i) % ring_.size()];
  }
  [[nodiscard]] Entry& at(std::size_t i) {
    return ring_[(next_ + ring_.size() - 1 - i) % ring_.size()];
  }
  [[nodiscard]] bool begins_new_run(const Taken& candidate) const;
  [[nodiscard]] std::uint32_t run_of(const Taken& taken) const;
  void push(const Entry& entry);
  void notice_newest(const Taken& taken);

  std::vector<Entry> ring_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  EventTime forgotten_until_{Span{-1}};
  EventTime newest_stamp_{Span{-1}};
  // The run in progress: counts the sensor's starts that show in its sequence only.
  std::uint32_t run_ = 0;
  EventTime run_began_{Span{-1}};
  std::uint64_t last_sequence_ = 0;
  std::uint64_t last_boot_id_ = 0;
};

}  // namespace crowdflow
