#include "engine/sensor_memory.h"

#include <algorithm>

namespace crowdflow {

bool SensorMemory::begins_new_run(const Taken& candidate) const {
  return candidate.sequence != 0 && candidate.boot_id == last_boot_id_ &&
         candidate.sequence <= last_sequence_ && candidate.stamp > newest_stamp_;
}

std::uint32_t SensorMemory::run_of(const Taken& taken) const {
  return taken.stamp < run_began_ ? run_ - 1 : run_;
}

Taken* SensorMemory::find(const Taken& candidate) {
  // In a sensor's own order nothing is a repeat; only a foreign boot_id needs the search below.
  if (candidate.stamp > newest_stamp_ &&
      (candidate.sequence == 0 || candidate.boot_id == last_boot_id_)) {
    return nullptr;
  }
  Taken* same_sequence = nullptr;
  for (std::size_t i = 0; i < count_; ++i) {
    Entry& entry = at(i);
    Taken& known = entry.taken;
    if (candidate.sequence == 0) {
      if (known.sequence == 0 && known.kind == candidate.kind && known.zone == candidate.zone &&
          known.stamp == candidate.stamp) {
        return &known;
      }
    } else if (known.sequence == candidate.sequence && known.boot_id == candidate.boot_id) {
      if (known.stamp == candidate.stamp) return &known;
      // Sequences repeat after a start; across it only the stamp tells a repeat.
      if (entry.run == run_of(candidate) && same_sequence == nullptr) same_sequence = &known;
    }
  }
  return same_sequence;
}

void SensorMemory::add(const Taken& taken) {
  if (begins_new_run(taken)) {
    ++run_;
    run_began_ = taken.stamp;
  }
  push({.taken = taken, .run = run_of(taken)});
  notice_newest(taken);
}

void SensorMemory::replace(Taken& known, const Taken& taken) {
  known = taken;
  notice_newest(taken);
}

void SensorMemory::adopt(const SensorMemory& other) {
  for (std::size_t i = other.count_; i > 0; --i)
    push(other.at(i - 1));
  forgotten_until_ = std::max(forgotten_until_, other.forgotten_until_);
  newest_stamp_ = other.newest_stamp_;
  run_ = other.run_;
  run_began_ = other.run_began_;
  last_sequence_ = other.last_sequence_;
  last_boot_id_ = other.last_boot_id_;
}

void SensorMemory::push(const Entry& entry) {
  if (count_ == ring_.size()) {
    forgotten_until_ = std::max(forgotten_until_, at(count_ - 1).taken.stamp);
  } else {
    ++count_;
  }
  ring_[next_] = entry;
  next_ = (next_ + 1) % ring_.size();
}

void SensorMemory::notice_newest(const Taken& taken) {
  if (taken.stamp <= newest_stamp_) return;
  newest_stamp_ = taken.stamp;
  last_sequence_ = taken.sequence;
  last_boot_id_ = taken.boot_id;
}

}  // namespace crowdflow
