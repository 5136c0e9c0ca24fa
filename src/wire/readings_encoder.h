#pragma once

#include <string>

#include <crowdflow/reading.h>

#include "wire/messages.h"

namespace crowdflow::wire {

// Makes values of the topic `readings`: one ReadingBatch of one venue, as protobuf. Keeps its
// memory from batch to batch. Threads: one at a time.
class ReadingsEncoder {
 public:
  // Begins a batch.
  void begin(std::string_view venue_id);
  // Adds a reading of that venue.
  void add(const Reading& reading);
  [[nodiscard]] bool empty() const { return batch_.readings().empty(); }
  [[nodiscard]] const v1::ReadingBatch& batch() const { return batch_; }
  [[nodiscard]] std::string bytes() const { return to_bytes(batch_); }

 private:
  v1::ReadingBatch batch_;
};

}  // namespace crowdflow::wire
