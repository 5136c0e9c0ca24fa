#include "engine/silences.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"

namespace crowdflow {
namespace {

constexpr std::uint8_t kNever = 0xFF;

}  // namespace

// How many pauses there are, or kNever; the first and the last time; each pause, oldest first.
void Silences::save(SnapshotWriter& to, EventTime present, const Kept* room) const {
  to.byte(ever() ? static_cast<std::uint8_t>(count()) : kNever);
  if (!ever()) return;
  to.time_from(present, first());
  to.time_from(present, last());
  for (const Kept& kept : std::span(room, count())) {
    const Pause pause = kept.pause();
    to.time_from(present, pause.from);
    to.time_from(present, pause.until);
  }
}

void Silences::load(SnapshotReader& from, EventTime present, Kept* room) {
  const std::uint8_t pauses = from.byte();
  if (pauses == kNever) return;
  from.expect(pauses <= kPauses, "more pauses than are remembered");
  if (!from.ok()) return;
  first_ = 1;
  set_count(pauses);
  set_first(from.time_from(present));
  last_ = micros(from.time_from(present));
  from.expect(last() <= present, "something was heard later than the present");
  for (Kept& kept : std::span(room, pauses)) {
    const EventTime start = from.time_from(present);
    const EventTime until = from.time_from(present);
    from.expect(first() <= start && start <= until && until <= last(), "a pause that cannot be");
    if (!from.ok()) return;
    kept = Kept({.from = start, .until = until});
  }
}

}  // namespace crowdflow
