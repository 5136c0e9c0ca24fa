#include "engine/reading_memory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <crowdflow/check.h>

namespace crowdflow {

std::size_t ReadingMemory::room_for(std::int64_t readings, Says says) {
  const std::int64_t bytes_each = says == Says::kLittle ? 7 : 12;
  constexpr std::int64_t kSpare = sizeof(Rest) + 64;
  const std::int64_t bytes = kSpare + bytes_each * readings;
  constexpr std::size_t kWhole = alignof(Rest);  // so that one room may follow the other
  const auto least = std::max(static_cast<std::size_t>(bytes), kLeastRoom);
  return (least + kWhole - 1) / kWhole * kWhole;
}

// `every` only helps to guess the next stamp: what it loses here costs a byte, no more.
ReadingMemory::ReadingMemory(std::span<std::uint8_t> room, Span every)
    : data_(room.data() + sizeof(Rest)),
      capacity_(static_cast<std::uint32_t>(room.size() - sizeof(Rest)) & kMostCapacity),
      every_ms_(static_cast<std::uint32_t>(every.count() / 1000) & ((1U << 28) - 1)) {
  CROWDFLOW_CHECK(room.size() >= kLeastRoom, "no room for one reading");
  CROWDFLOW_CHECK(room.size() - sizeof(Rest) <= kMostCapacity, "too much room");
  CROWDFLOW_CHECK(reinterpret_cast<std::uintptr_t>(room.data()) % alignof(Rest) == 0,
                  "the room is not aligned");
  new (room.data()) Rest{};
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
    ++rest().run;
    rest().run_began = taken.stamp;
  }
  const bool former = taken.stamp <= newest_.stamp && taken.stamp < rest().run_began;
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
  push(taken, {.runs_back = rest().run - run});
  return {};
}

void ReadingMemory::adopt(const ReadingMemory& other,
                          const std::function<ZoneIndex(ZoneIndex)>& zone_here) {
  CROWDFLOW_CHECK(begin_ == end_ && newest_.stamp == Newest{}.stamp, "adopting into a used memory");
  rest().forgotten_until = other.rest().forgotten_until;
  if (const auto forgotten = other.forgotten_register()) {
    make_place_for_register();
    set_forgotten_register(*forgotten);
  }
  rest().base = other.rest().base;
  rest().base_run = other.rest().base_run;
  set_chain(rest().base);
  for (Walk walk = other.oldest(); walk.place != other.end_;) {
    Entry entry = other.next(walk);
    if (entry.taken.zone != kOutside) {
      entry.taken.zone = zone_here(entry.taken.zone);
      entry.marks.gone = entry.marks.gone || entry.taken.zone == kOutside;
    }
    push(entry.taken, entry.marks);
  }
  rest().run = other.rest().run;
  rest().run_began = other.rest().run_began;
  newest_is_register_ = other.newest_is_register_;
  registers_disordered_ = other.registers_disordered_;
}

ReadingMemory::Neighbours ReadingMemory::neighbours_of(const Taken& taken) const {
  const auto order = Register::of(taken).order();
  if (newest_is_register_ &&
      order > std::tuple(newest_.stamp, newest_.stamp, newest_.boot_id, newest_.sequence)) {
    return {.before = RegisterValue{.time = newest_.stamp,
                                    .boot_id = newest_.boot_id,
                                    .entries = rest().entries,
                                    .exits = rest().exits},
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
  if (taken.stamp <= newest_.stamp)
    return {.rebooted = false, .skipped = fills_gap(taken) ? -1 : 0};
  const bool other_boot =
      taken.boot_id != newest_.boot_id && taken.boot_id != 0 && newest_.boot_id != 0;
  return {.rebooted = begins || other_boot, .skipped = begins ? 0 : missing_before(taken)};
}

std::int64_t ReadingMemory::missing_before(const Taken& taken) const {
  if (taken.sequence == 0 || newest_.sequence == 0 || taken.boot_id != newest_.boot_id) return 0;
  std::uint64_t missing = taken.sequence - newest_.sequence - 1;
  if (missing == 0) return 0;
  // Some may be here already, under stamps that did not make them the newest.
  for (Walk walk = oldest(); walk.place != end_;) {
    const Entry entry = next(walk);
    const Taken& known = entry.taken;
    if (!entry.marks.gone && walk.run_of(entry) == rest().run && known.boot_id == taken.boot_id &&
        known.sequence > newest_.sequence && known.sequence < taken.sequence) {
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
  const bool in_progress = taken.boot_id == newest_.boot_id && run == rest().run;
  bool lower = false;
  bool higher = in_progress && taken.sequence < newest_.sequence;
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
  const Written written = write(taken, marks, bytes.data());
  while (free_bytes() <= written.bytes)
    forget_oldest();
  append(bytes.data(), written.bytes);

  notice_register(taken);
  Chain next = chain();
  next.follow(taken);
  next.tag = written.tag;
  set_chain(next);
}

void ReadingMemory::append(const std::uint8_t* bytes, std::uint32_t size) {
  for (std::uint32_t i = 0; i < size; ++i) {
    data_[end_] = bytes[i];
    if (++end_ == capacity()) end_ = 0;
  }
}

ReadingMemory::Entry ReadingMemory::next(Walk& walk) const {
  Entry entry;
  walk.place = read(walk.place, walk.chain, entry);
  if (entry.marks.begins_run) ++walk.run;
  return entry;
}

void ReadingMemory::forget_oldest() {
  Entry entry;
  begin_ = read(begin_, rest().base, entry);
  if (entry.marks.begins_run) ++rest().base_run;
  if (entry.marks.gone) return;
  rest().forgotten_until = std::max(rest().forgotten_until, entry.taken.stamp);
  if (entry.taken.kind != StatementKind::kCountTotal) return;
  const Register forgotten = Register::of(entry.taken);
  const auto latest = forgotten_register();
  if (!latest || latest->order() <= forgotten.order()) set_forgotten_register(forgotten);
}

void ReadingMemory::notice_register(const Taken& taken) {
  const bool newest = taken.stamp > newest_.stamp;
  if (taken.kind != StatementKind::kCountTotal) {
    if (newest) newest_is_register_ = false;
    return;
  }
  if (taken.time > taken.stamp) registers_disordered_ = true;
  newest_is_register_ = newest && taken.time == taken.stamp && !registers_disordered_;
}

void ReadingMemory::make_place_for_register() {
  constexpr auto kPlace = static_cast<std::uint32_t>(sizeof(Register));
  while (capacity() - free_bytes() >= capacity() - kPlace)
    forget_oldest();
  const std::uint32_t used = capacity() - free_bytes();
  std::rotate(data_, data_ + begin_, data_ + capacity());
  std::memmove(data_ + kPlace, data_, used);
  data_ += kPlace;
  capacity_ = (capacity() - kPlace) & kMostCapacity;
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
