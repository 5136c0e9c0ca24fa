#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <tuple>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "engine/fetch_early.h"
#include "engine/register_step.h"
#include "engine/taken.h"

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// A sensor's recent readings, to know a repeat and a revision when one comes, in as few bytes as
// they need: a ring of varints, each reading told by its difference from the newest before it. The
// oldest added makes room for the newest.
//
// What the next reading in order needs is in the object itself, all else in the room beside the
// ring.
//
// One thread. The room is the caller's and outlives this; nothing is allocated. Adding in the
// sensor's own order takes the same time however much is remembered; searching is linear.
class ReadingMemory {
 public:
  // How much a sensor has to say each time: counts of people who crossed, at least once a second;
  // or anything.
  enum class Says : std::uint8_t { kLittle, kAnything };
  // Bytes that hold so many readings of a sensor whose stamps are irregular, and at least one
  // reading whatever it says.
  [[nodiscard]] static std::size_t room_for(std::int64_t readings, Says says);

  // `every`: the sensor's usual pause.
  ReadingMemory(std::span<std::uint8_t> room, Span every);
  // Two of them in one room would be one too many.
  ReadingMemory(ReadingMemory&&) = default;
  ReadingMemory& operator=(ReadingMemory&&) = default;
  ReadingMemory(const ReadingMemory&) = delete;
  ReadingMemory& operator=(const ReadingMemory&) = delete;
  ~ReadingMemory() = default;

  // One that is remembered. Valid until the next add() or replace().
  struct Known {
    Taken taken;
    std::uint32_t place = 0;
  };
  // In its sensor's own order, newer than all: it can be nobody's repeat.
  [[nodiscard]] bool is_next(const Taken& candidate) const {
    return candidate.stamp > newest_.stamp &&
           (candidate.sequence == 0 || candidate.boot_id == newest_.boot_id);
  }
  // The reading with the identity of `candidate`. Identity is (boot_id, sequence), or without a
  // sequence (kind, stamp). A sequence that is not above the last, with a stamp newer than all,
  // begins a new run of the sensor and is nobody's repeat.
  [[nodiscard]] std::optional<Known> find(const Taken& candidate) const;

  // What a reading's numbering tells.
  struct Added {
    // Another boot_id than the newest reading so far, both known; or a new run.
    bool rebooted = false;
    // Sequence numbers of this run that are missing between the newest so far and this; -1: this
    // was one of those. 0 without sequence.
    std::int64_t skipped = 0;
    friend bool operator==(const Added&, const Added&) = default;
  };
  Added add(const Taken& taken);
  // The same for a count that comes as most do: the next in its sensor's own order, numbered by one
  // more or not at all, few people, taken at its stamp. False, and nothing added, for any other.
  [[nodiscard]] bool add_plain_count(EventTime stamp, Span interval, std::uint64_t sequence,
                                     std::uint64_t boot_id, std::uint64_t entries,
                                     std::uint64_t exits);
  // Fetches the place of the next add() into the cache.
  void prefetch_newest() const { fetch_early(data_ + end_); }
  // And what that will forget, if anything.
  void prefetch_oldest() const {
    if (free_bytes() > kMostPlainBytes) return;
    fetch_early(data_ + begin_);
    fetch_early(&rest());
  }
  // `known`, which find() gave, said something else: `taken`. Its run stays; its place among those
  // added becomes the last. Its numbering tells nothing new.
  Added replace(const Known& known, const Taken& taken);
  // Takes over what another memory of the same sensor holds, as far as there is room. This one is
  // new and holds nothing. `zone_here`: what a zone's number there is here; kOutside: it is gone,
  // and with it what was said of it.
  void adopt(const ReadingMemory& other, const std::function<ZoneIndex(ZoneIndex)>& zone_here);

  // What readings of this sensor can be, when they come from outside.
  struct Sane {
    EventTime present{};                                 // none was taken later
    std::uint32_t kinds = 0;                             // bit n: of StatementKind n
    ZoneIndex zones = 0;                                 // how many the venue has
    std::array<ZoneIndex, 2> feeds{kOutside, kOutside};  // those that it may count
    bool of_nobody = false;                              // that it may count all

    // A clock that runs ahead stamps a little later than the present.
    [[nodiscard]] EventTime latest_stamp() const { return present + std::chrono::hours{1}; }
    [[nodiscard]] bool holds(const Taken& taken) const;
  };
  void save(SnapshotWriter& to, EventTime present) const;
  // This one is new and holds nothing.
  void load(SnapshotReader& from, const Sane& sane);

  // Nothing at or before this stamp can be told from a repeat with certainty.
  [[nodiscard]] EventTime forgotten_until() const { return rest().forgotten_until; }

  // Of the register values (kCountTotal) that are remembered, and the latest that was forgotten:
  // those just before and just after `taken` in the order (time, stamp, boot_id, sequence). For one
  // that is later than all, mostly without a search.
  struct Neighbours {
    std::optional<RegisterValue> before;
    std::optional<RegisterValue> after;
  };
  [[nodiscard]] Neighbours neighbours_of(const Taken& taken) const;

  // Calls visit(const Taken&) for each reading, oldest added first.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (Walk walk = oldest(); walk.place != end_;) {
      const Entry entry = next(walk);
      if (!entry.marks.gone) visit(entry.taken);
    }
  }
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::uint32_t kMostTag = 0x1F;
  // The newest by stamp: never moves back.
  struct Newest {
    EventTime stamp{Span{-1}};
    std::uint64_t sequence = 0;
    std::uint64_t boot_id = 0;
  };
  // What the next reading is told by.
  struct Chain {
    Newest newest;
    // The register's values that were added last.
    std::int64_t entries = 0;
    std::int64_t exits = 0;
    std::uint32_t tag = 0;  // kind and interval of the one added last, kMostTag at most

    void follow(const Taken& taken) {
      if (taken.kind == StatementKind::kCountTotal) {
        entries = taken.first;
        exits = taken.second;
      }
      if (taken.stamp <= newest.stamp) return;
      newest = {.stamp = taken.stamp, .sequence = taken.sequence, .boot_id = taken.boot_id};
    }
  };
  struct Marks {
    bool begins_run = false;
    bool gone = false;
    std::uint32_t runs_back = 0;  // from the run then in progress
  };
  struct Entry {
    Taken taken;
    Marks marks;
  };
  // A place in the ring, and what its entry is told by.
  struct Walk {
    Chain chain;
    std::uint32_t run = 0;  // in progress
    std::uint32_t place = 0;

    [[nodiscard]] std::uint32_t run_of(const Entry& last) const {
      return run - last.marks.runs_back;
    }
  };
  // A register's value and its place in the order of registers.
  struct Register {
    EventTime time{};
    EventTime stamp{};
    std::uint64_t boot_id = 0;
    std::uint64_t sequence = 0;
    std::int64_t entries = 0;
    std::int64_t exits = 0;

    [[nodiscard]] static Register of(const Taken& taken) {
      return {taken.time, taken.stamp, taken.boot_id, taken.sequence, taken.first, taken.second};
    }
    [[nodiscard]] auto order() const { return std::tuple(time, stamp, boot_id, sequence); }
    [[nodiscard]] RegisterValue value() const {
      return {.time = time, .boot_id = boot_id, .entries = entries, .exits = exits};
    }
  };

  // What forgetting and searching need, and registers: it lies before the ring in the room.
  struct Rest {
    Chain base;                  // what the oldest entry is told by
    std::uint32_t base_run = 0;  // the run in progress there
    // The run in progress: counts the sensor's starts that show in its sequence only.
    std::uint32_t run = 0;
    EventTime run_began{Span{-1}};
    EventTime forgotten_until{Span{-1}};
    // The register's values that were added last.
    std::int64_t entries = 0;
    std::int64_t exits = 0;
  };

  [[nodiscard]] Rest& rest() { return *rest_of(data_); }
  [[nodiscard]] const Rest& rest() const { return *rest_of(data_); }
  [[nodiscard]] Rest* rest_of(std::uint8_t* ring) const {
    const std::size_t before = sizeof(Rest) + (has_register_place_ ? sizeof(Register) : 0);
    return std::launder(reinterpret_cast<Rest*>(ring - before));
  }
  [[nodiscard]] Chain chain() const {
    return {.newest = newest_, .entries = rest().entries, .exits = rest().exits, .tag = tag_};
  }
  void set_chain(const Chain& chain) {
    newest_ = chain.newest;
    rest().entries = chain.entries;
    rest().exits = chain.exits;
    tag_ = chain.tag & kMostTag;
  }
  [[nodiscard]] Walk oldest() const { return {rest().base, rest().base_run, begin_}; }
  [[nodiscard]] Entry next(Walk& walk) const;
  [[nodiscard]] bool begins_run(const Taken& taken) const {
    return taken.sequence != 0 && taken.boot_id == newest_.boot_id &&
           taken.sequence <= newest_.sequence && taken.stamp > newest_.stamp;
  }
  [[nodiscard]] std::uint32_t run_of(const Taken& taken) const {
    return taken.stamp < rest().run_began ? rest().run - 1 : rest().run;
  }
  [[nodiscard]] Added numbering_of(const Taken& taken, bool begins) const;
  [[nodiscard]] std::int64_t missing_before(const Taken& taken) const;
  [[nodiscard]] bool fills_gap(const Taken& taken) const;

  // What an entry takes at most: head, tag and flags, seven varints of 64 bits and two of 32, and
  // the byte before the two numbers.
  static constexpr std::size_t kMostBytes = 3 + 7 * 10 + 2 * 5 + 1;
  // The rest, the place of the latest forgotten register, and one reading: a ring is never quite
  // full.
  static constexpr std::size_t kLeastRoom = sizeof(Rest) + sizeof(Register) + kMostBytes + 1;
  static constexpr std::uint32_t kMostCapacity = (1U << 27) - 1;
  // What add_plain_count() takes at most: two small numbers in one byte, and a step.
  static constexpr std::uint32_t kMostPlainBytes = 1 + 10;
  // Returns how many bytes it wrote, and the tag of the next one's chain.
  struct Written {
    std::uint32_t bytes = 0;
    std::uint32_t tag = 0;
  };
  [[nodiscard]] Written write(const Taken& taken, const Marks& marks, std::uint8_t* bytes) const;
  // Moves the chain on; returns the place of the next entry.
  [[nodiscard]] std::uint32_t read(std::uint32_t place, Chain& chain, Entry& entry) const;
  // The same of bytes in one piece; returns where the next entry starts.
  const std::uint8_t* decode(const std::uint8_t* in, Chain& chain, Entry& entry) const;
  // Moves chain and run over entries that come from outside. False: that they are not, or not sane.
  [[nodiscard]] bool follow(std::span<const std::uint8_t> entries, const Sane& sane, Chain& chain,
                            std::uint32_t& run) const;
  void append(const std::uint8_t* bytes, std::uint32_t size);
  void mark_gone(std::uint32_t place);
  void push(const Taken& taken, const Marks& marks);
  [[nodiscard]] std::uint32_t capacity() const { return capacity_; }
  [[nodiscard]] std::uint32_t free_bytes() const {
    return begin_ <= end_ ? capacity() - (end_ - begin_) : begin_ - end_;
  }
  void forget_oldest();
  // The same for one that add_plain_count() added; false, and nothing forgotten, for any other.
  [[nodiscard]] bool forget_plain();
  void notice_register(const Taken& taken);
  // The place of the latest forgotten register: taken from the room when the first register comes.
  void make_place_for_register();
  [[nodiscard]] std::optional<Register> forgotten_register() const;
  void set_forgotten_register(const Register& value);

  std::uint8_t* data_;
  std::uint32_t capacity_ : 27;
  std::uint32_t tag_ : 5 = 0;  // as in Chain
  std::uint32_t begin_ = 0;    // the oldest entry
  std::uint32_t end_ = 0;      // where the next one goes; begin_ when there is none
  std::uint32_t every_ms_ : 28;
  bool has_register_place_ : 1 = false;
  bool has_forgotten_register_ : 1 = false;
  // The newest reading is a register's, its value is the latest of rest(), and all others are
  // before.
  bool newest_is_register_ : 1 = false;
  // A register's time was after its stamp, so that the order of stamps says nothing.
  bool registers_disordered_ : 1 = false;
  Newest newest_;
};

static_assert(sizeof(ReadingMemory) == 48, "there is one for each sensor");

}  // namespace crowdflow
