#include "engine/opening_slices.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"

namespace crowdflow {

// How many seconds the ring holds before the present one; each second, oldest first; the windows
// that are folded, and the people in them, opening by opening.
void OpeningSlices::save(SnapshotWriter& to) const {
  to.number(static_cast<std::uint64_t>(head() - tail_));
  for (std::int64_t second = tail_; second <= head(); ++second) {
    to.packed(lower_.columns(),
              [&](std::size_t opening) { return at(second, static_cast<Column>(opening)); });
  }
  to.packed(folded_.size(), [&](std::size_t i) { return folded_[i].window; });
  to.packed(folded_.size(), [&](std::size_t i) { return folded_[i].people; });
}

void OpeningSlices::load(SnapshotReader& from) {
  const auto before = static_cast<std::int64_t>(from.number());
  // Folding takes a few seconds at a time.
  from.expect(before >= kept_ - 1 && before < kept_ - 1 + kFoldAtOnce + 1,
              "an opening's seconds are not as many as are kept");
  if (!from.ok()) return;
  tail_ = head() - before;
  for (std::int64_t second = tail_; second <= head(); ++second) {
    from.packed(lower_.columns(), [&](std::size_t opening, std::uint32_t people) {
      add_to(second, static_cast<Column>(opening), people);
    });
  }
  from.packed(folded_.size(), [&](std::size_t i, std::uint32_t n) { folded_[i].window = n; });
  from.packed(folded_.size(), [&](std::size_t i, std::uint32_t n) { folded_[i].people = n; });
}

}  // namespace crowdflow
