#include "engine/sensor_memory.h"

#include <algorithm>

namespace crowdflow {

bool SensorMemory::begins_new_run(const Taken& candidate) const {
  return candidate.sequence != 0 && candidate.boot_id == last_boot_id_ &&
         candidate.sequence <= last_sequence_ && candidate.stamp > newest_stamp_;
}

Taken* SensorMemory::find(const Taken& candidate) {
  if (candidate.stamp > newest_stamp_ &&
      (candidate.sequence == 0 || candidate.boot_id != last_boot_id_ ||
       candidate.sequence > last_sequence_ || begins_new_run(candidate))) {
    // In a sensor's own order nothing is a repeat; only a foreign boot_id needs the search below.
    if (candidate.sequence == 0 || candidate.boot_id == last_boot_id_) return nullptr;
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
      // Sequences repeat after a start; a repeat from before it is known by its stamp alone.
      if (entry.run == run_ && same_sequence == nullptr) same_sequence = &known;
    }
  }
  return same_sequence;
}

void SensorMemory::add(const Taken& taken) {
  if (begins_new_run(taken)) ++run_;
  if (count_ == ring_.size()) {
    forgotten_until_ = std::max(forgotten_until_, ring_[next_].taken.stamp);
  } else {
    ++count_;
  }
  ring_[next_] = Entry{.taken = taken, .run = run_};
  next_ = (next_ + 1) % ring_.size();
  if (taken.stamp > newest_stamp_) {
    newest_stamp_ = taken.stamp;
    last_sequence_ = taken.sequence;
    last_boot_id_ = taken.boot_id;
  }
}

}  // namespace crowdflow
