// ReadingMemory as bytes: its ring as it is, from the oldest entry on, and what that is told by.
// All else follows from it.

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/reading_limits.h"
#include "engine/reading_memory.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"

namespace crowdflow {
namespace {

constexpr std::uint8_t kHasRegisterPlace = 0x01;
constexpr std::uint8_t kHasForgottenRegister = 0x02;
constexpr std::uint8_t kNewestIsRegister = 0x04;
constexpr std::uint8_t kRegistersDisordered = 0x08;
constexpr std::uint8_t kHasBegunRun = 0x10;
constexpr std::uint8_t kHasForgotten = 0x20;

}  // namespace

void ReadingMemory::save(SnapshotWriter& to, EventTime present) const {
  const bool begun_run = rest().run_began != Newest{}.stamp;
  const bool forgotten = rest().forgotten_until != Newest{}.stamp;
  to.byte(static_cast<std::uint8_t>((has_register_place_ ? kHasRegisterPlace : 0U) |
                                    (has_forgotten_register_ ? kHasForgottenRegister : 0U) |
                                    (newest_is_register_ ? kNewestIsRegister : 0U) |
                                    (registers_disordered_ ? kRegistersDisordered : 0U) |
                                    (begun_run ? kHasBegunRun : 0U) |
                                    (forgotten ? kHasForgotten : 0U)));
  if (begun_run) to.time_from(present, rest().run_began);
  if (forgotten) to.time_from(present, rest().forgotten_until);
  if (const auto latest = forgotten_register()) {
    to.time_from(present, latest->time);
    to.time_from(present, latest->stamp);
    to.number(latest->boot_id);
    to.number(latest->sequence);
    to.integer(latest->entries);
    to.integer(latest->exits);
  }
  const Chain& base = rest().base;
  to.time_from(present, base.newest.stamp);
  to.number(base.newest.sequence);
  to.number(base.newest.boot_id);
  to.integer(base.entries);
  to.integer(base.exits);
  to.number(base.tag);
  to.number(rest().base_run);
  // Where the ring begins decides when the oldest is forgotten.
  const std::uint32_t used = capacity() - free_bytes();
  const std::uint32_t before_wrap = std::min(used, capacity() - begin_);
  to.number(begin_);
  to.number(used);
  to.bytes({data_ + begin_, before_wrap});
  to.bytes({data_, used - before_wrap});
}

void ReadingMemory::load(SnapshotReader& from, const Sane& sane) {
  const EventTime present = sane.present;
  const std::uint8_t flags = from.byte();
  const auto has = [&](std::uint8_t flag) { return (flags & flag) != 0; };
  const auto past = [&] {
    const EventTime t = from.time_from(present);
    from.expect(t <= sane.latest_stamp(), "a reading is of the future");
    return t;
  };
  const auto people = [&] { return from.integer(0, kMostOfRegister); };
  if (has(kHasRegisterPlace)) make_place_for_register();
  newest_is_register_ = has(kNewestIsRegister);
  registers_disordered_ = has(kRegistersDisordered);
  if (has(kHasBegunRun)) rest().run_began = past();
  if (has(kHasForgotten)) rest().forgotten_until = past();
  if (has(kHasForgottenRegister)) {
    from.expect(has_register_place_, "a register where none is");
    Register latest{.time = from.time_from(present), .stamp = past()};
    latest.boot_id = from.number();
    latest.sequence = from.number();
    latest.entries = people();
    latest.exits = people();
    from.expect(latest.time <= present, "a register is of the future");
    if (from.ok()) set_forgotten_register(latest);
  }
  Chain& base = rest().base;
  base.newest.stamp = past();
  base.newest.sequence = from.number();
  base.newest.boot_id = from.number();
  base.entries = people();
  base.exits = people();
  base.tag = static_cast<std::uint32_t>(from.number(kMostTag));
  rest().base_run = from.number_32();
  const auto begin = static_cast<std::uint32_t>(from.number(capacity() - 1));
  // A ring is never quite full.
  const auto used = static_cast<std::uint32_t>(from.number(capacity() - 1));
  const std::span<const std::uint8_t> bytes = from.bytes(used);
  if (!from.ok()) return;

  Chain chain = base;
  rest().run = rest().base_run;
  if (!follow(bytes, sane, chain, rest().run)) {
    return from.fail("readings that no sensor could say end");
  }
  set_chain(chain);
  const std::uint32_t before_wrap = std::min(used, capacity() - begin);
  std::ranges::copy(bytes.first(before_wrap), data_ + begin);
  std::ranges::copy(bytes.subspan(before_wrap), data_);
  begin_ = begin;
  end_ = begin + used < capacity() ? begin + used : begin + used - capacity();
}

bool ReadingMemory::Sane::holds(const Taken& taken) const {
  constexpr EventTime kEarliest = kEarliestEvent - std::chrono::hours{24};
  const bool counts =
      taken.kind != StatementKind::kCountTotal && taken.kind != StatementKind::kMotion;
  const bool known_zone =
      taken.kind != StatementKind::kAnchor
          ? taken.zone == kOutside
          : taken.zone < zones &&
                (of_nobody || std::ranges::find(feeds, taken.zone) != feeds.end());
  const bool whole_venue =
      taken.kind == StatementKind::kAnchor && taken.zone == kOutside && of_nobody;
  return (kinds >> static_cast<unsigned>(taken.kind) & 1U) != 0 && taken.time >= kEarliest &&
         taken.time <= present && taken.stamp >= kEarliest && taken.stamp <= latest_stamp() &&
         taken.interval >= Span{0} && taken.interval <= kLongestInterval && taken.first >= 0 &&
         std::cmp_less_equal(taken.first, counts ? kMostPeople : kMostOfRegister) &&
         taken.second >= 0 && std::cmp_less_equal(taken.second, kMostOfRegister) &&
         (known_zone || whole_venue);
}

}  // namespace crowdflow
