#include "engine/reading_memory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <crowdflow/check.h>

namespace crowdflow {

std::size_t ReadingMemory::room_for(std::int64_t readings) {
  constexpr std::int64_t kBytesEach = 8;
  constexpr std::int64_t kSpare = 64;
  return static_cast<std::size_t>(
      std::max<std::int64_t>(kLeastRoom, kSpare + kBytesEach * readings));
}

// `every` only helps to guess the next stamp: what it loses here costs a byte, no more.
ReadingMemory::ReadingMemory(std::span<std::uint8_t> room, Span every)
    : data_(room.data()),
      capacity_(static_cast<std::uint32_t>(room.size())),
      every_ms_(static_cast<std::uint32_t>(every.count() / 1000) & ((1U << 28) - 1)) {
  CROWDFLOW_CHECK(room.size() >= kLeastRoom, "no room for one reading");
  CROWDFLOW_CHECK(room.size() <= std::numeric_limits<std::uint32_t>::max(), "too much room");
}

std::optional<ReadingMemory::Known> ReadingMemory::find(const Taken& candidate) const {
  if (is_next(candidate)) return {};
  std::optional<Known> same;
  std::optional<Known> same_sequence;
  const std::uint32_t run = run_of(candidate);
  for (Walk walk = oldest(); walk.place != end_;) {
    const std::uint32_t place = walk.place;
    const Entry entry = next(walk);
    const Taken& known = entry.taken;
    if (entry.marks.gone || known.sequence != candidate.sequence) continue;
    if (candidate.sequence == 0) {
      if (known.kind == candidate.kind && known.zone == candidate.zone &&
          known.stamp == candidate.stamp) {
        same = Known{.taken = known, .place = place};
      }
    } else if (known.boot_id == candidate.boot_id) {
      // Sequences repeat after a start; across it only the stamp tells a repeat.
      if (known.stamp == candidate.stamp) same = Known{.taken = known, .place = place};
      if (walk.run_of(entry) == run) same_sequence = Known{.taken = known, .place = place};
    }
  }
  return same ? same : same_sequence;
}

ReadingMemory::Added ReadingMemory::add(const Taken& taken) {
  const bool begins = begins_run(taken);
  const Added added = numbering_of(taken, begins);
  if (begins) {
    ++run_;
    run_began_ = taken.stamp;
  }
  const bool former = taken.stamp <= chain_.stamp && taken.stamp < run_began_;
  push(taken, {.begins_run = begins, .runs_back = former ? 1U : 0U});
  return added;
}

ReadingMemory::Added ReadingMemory::replace(const Known& known, const Taken& taken) {
  Walk walk = oldest();
  while (walk.place != known.place) {
    CROWDFLOW_CHECK(walk.place != end_, "replacing a reading that is not remembered");
    static_cast<void>(next(walk));
  }
  const Entry entry = next(walk);
  const std::uint32_t run = walk.run_of(entry);
  mark_gone(known.place);
  if (known.taken.kind == StatementKind::kCountTotal) newest_is_register_ = false;
  push(taken, {.runs_back = run_ - run});
  return {};
}

void ReadingMemory::adopt(const ReadingMemory& other) {
  CROWDFLOW_CHECK(begin_ == end_ && chain_.stamp == Chain{}.stamp, "adopting into a used memory");
  forgotten_until_ = other.forgotten_until_;
  if (const auto forgotten = other.forgotten_register()) {
    make_place_for_register();
    set_forgotten_register(*forgotten);
  }
  base_ = other.base_;
  base_run_ = other.base_run_;
  chain_ = base_;
  for (Walk walk = other.oldest(); walk.place != other.end_;) {
    const Entry entry = other.next(walk);
    push(entry.taken, entry.marks);
  }
  run_ = other.run_;
  run_began_ = other.run_began_;
  newest_is_register_ = other.newest_is_register_;
  registers_disordered_ = other.registers_disordered_;
}

ReadingMemory::Neighbours ReadingMemory::neighbours_of(const Taken& taken) const {
  const auto order = Register::of(taken).order();
  if (newest_is_register_ &&
      order > std::tuple(chain_.stamp, chain_.stamp, chain_.boot_id, chain_.sequence)) {
    return {.before = RegisterValue{.time = chain_.stamp,
                                    .boot_id = chain_.boot_id,
                                    .entries = chain_.entries,
                                    .exits = chain_.exits},
            .after = {}};
  }
  std::optional<Register> before;
  std::optional<Register> after;
  // One that was forgotten and came again is here twice: the last word holds.
  const auto consider = [&](const Register& one) {
    if (one.order() < order && (!before || before->order() <= one.order())) before = one;
    if (one.order() > order && (!after || after->order() >= one.order())) after = one;
  };
  if (const auto forgotten = forgotten_register()) consider(*forgotten);
  for_each([&](const Taken& known) {
    if (known.kind == StatementKind::kCountTotal) consider(Register::of(known));
  });
  Neighbours neighbours;
  if (before) neighbours.before = before->value();
  if (after) neighbours.after = after->value();
  return neighbours;
}

std::size_t ReadingMemory::size() const {
  std::size_t size = 0;
  for_each([&](const Taken&) { ++size; });
  return size;
}

ReadingMemory::Added ReadingMemory::numbering_of(const Taken& taken, bool begins) const {
  if (taken.stamp <= chain_.stamp) return {.rebooted = false, .skipped = fills_gap(taken) ? -1 : 0};
  const bool other_boot =
      taken.boot_id != chain_.boot_id && taken.boot_id != 0 && chain_.boot_id != 0;
  return {.rebooted = begins || other_boot, .skipped = begins ? 0 : missing_before(taken)};
}

std::int64_t ReadingMemory::missing_before(const Taken& taken) const {
  if (taken.sequence == 0 || chain_.sequence == 0 || taken.boot_id != chain_.boot_id) return 0;
  std::uint64_t missing = taken.sequence - chain_.sequence - 1;
  if (missing == 0) return 0;
  // Some may be here already, under stamps that did not make them the newest.
  for (Walk walk = oldest(); walk.place != end_;) {
    const Entry entry = next(walk);
    const Taken& known = entry.taken;
    if (!entry.marks.gone && walk.run_of(entry) == run_ && known.boot_id == taken.boot_id &&
        known.sequence > chain_.sequence && known.sequence < taken.sequence) {
      --missing;
    }
  }
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(missing, std::numeric_limits<std::int64_t>::max()));
}

// Only what lies between two of one run was ever missed.
bool ReadingMemory::fills_gap(const Taken& taken) const {
  if (taken.sequence == 0) return false;
  const std::uint32_t run = run_of(taken);
  const bool in_progress = taken.boot_id == chain_.boot_id && run == run_;
  bool lower = false;
  bool higher = in_progress && taken.sequence < chain_.sequence;
  for (Walk walk = oldest(); walk.place != end_;) {
    const Entry entry = next(walk);
    const Taken& known = entry.taken;
    if (entry.marks.gone || walk.run_of(entry) != run || known.boot_id != taken.boot_id ||
        known.sequence == 0) {
      continue;
    }
    lower = lower || known.sequence < taken.sequence;
    higher = higher || (!in_progress && known.sequence > taken.sequence);
  }
  return lower && higher;
}

void ReadingMemory::push(const Taken& taken, const Marks& marks) {
  if (taken.kind == StatementKind::kCountTotal && !has_register_place_) {
    make_place_for_register();
  }
  std::array<std::uint8_t, kMostBytes> bytes;  // NOLINT(*-member-init): written next, and hot
  const std::uint32_t size = write(taken, marks, bytes.data());
  while (free_bytes() <= size)
    forget_oldest();
  for (std::uint32_t i = 0; i < size; ++i) {
    data_[end_] = bytes[i];
    if (++end_ == capacity_) end_ = 0;
  }

  notice_register(taken);
  chain_.follow(taken);
}

ReadingMemory::Entry ReadingMemory::next(Walk& walk) const {
  Entry entry;
  walk.place = read(walk.place, walk.chain, entry);
  if (entry.marks.begins_run) ++walk.run;
  return entry;
}

void ReadingMemory::forget_oldest() {
  Entry entry;
  begin_ = read(begin_, base_, entry);
  if (entry.marks.begins_run) ++base_run_;
  if (entry.marks.gone) return;
  forgotten_until_ = std::max(forgotten_until_, entry.taken.stamp);
  if (entry.taken.kind != StatementKind::kCountTotal) return;
  const Register forgotten = Register::of(entry.taken);
  const auto latest = forgotten_register();
  if (!latest || latest->order() <= forgotten.order()) set_forgotten_register(forgotten);
}

void ReadingMemory::notice_register(const Taken& taken) {
  const bool newest = taken.stamp > chain_.stamp;
  if (taken.kind != StatementKind::kCountTotal) {
    if (newest) newest_is_register_ = false;
    return;
  }
  if (taken.time > taken.stamp) registers_disordered_ = true;
  newest_is_register_ = newest && taken.time == taken.stamp && !registers_disordered_;
}

void ReadingMemory::make_place_for_register() {
  constexpr auto kPlace = static_cast<std::uint32_t>(sizeof(Register));
  while (capacity_ - free_bytes() >= capacity_ - kPlace)
    forget_oldest();
  const std::uint32_t used = capacity_ - free_bytes();
  std::rotate(data_, data_ + begin_, data_ + capacity_);
  std::memmove(data_ + kPlace, data_, used);
  data_ += kPlace;
  capacity_ -= kPlace;
  begin_ = 0;
  end_ = used;
  has_register_place_ = true;
}

std::optional<ReadingMemory::Register> ReadingMemory::forgotten_register() const {
  if (!has_forgotten_register_) return {};
  Register value;
  std::memcpy(&value, data_ - sizeof value, sizeof value);
  return value;
}

void ReadingMemory::set_forgotten_register(const Register& value) {
  std::memcpy(data_ - sizeof value, &value, sizeof value);
  has_forgotten_register_ = true;
}

}  // namespace crowdflow
