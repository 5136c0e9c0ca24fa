#include "engine/silences.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"

namespace crowdflow {
namespace {

constexpr std::uint8_t kNever = 0xFF;

}  // namespace

// How many pauses there are, or kNever; the first and the last time; each pause, oldest first.
void Silences::save(SnapshotWriter& to, EventTime present) const {
  to.byte(ever_ ? count_ : kNever);
  if (!ever_) return;
  to.time_from(present, first_);
  to.time_from(present, last_);
  for (const Pause& pause : pauses()) {
    to.time_from(present, pause.from);
    to.time_from(present, pause.until);
  }
}

void Silences::load(SnapshotReader& from, EventTime present) {
  const std::uint8_t count = from.byte();
  ever_ = count != kNever;
  if (!ever_) return;
  from.expect(count <= kPauses, "more pauses than are remembered");
  if (!from.ok()) return;
  count_ = count;
  first_ = from.time_from(present);
  last_ = from.time_from(present);
  from.expect(last_ <= present, "something was heard later than the present");
  for (Pause& pause : std::span(room_, count_)) {
    pause.from = from.time_from(present);
    pause.until = from.time_from(present);
  }
}

}  // namespace crowdflow
