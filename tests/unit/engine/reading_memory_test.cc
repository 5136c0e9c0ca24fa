#include "engine/reading_memory.h"

#include <gmock/gmock.h>
#include <limits>

#include "stage.h"

namespace crowdflow::testing {
namespace {

struct Said {
  std::uint64_t sequence = 0;
  double stamp = 0;
  std::int64_t entries = 1;
  std::uint64_t boot_id = 0;
  StatementKind kind = StatementKind::kCountDelta;
};

Taken taken(const Said& said) {
  return {.sequence = said.sequence,
          .boot_id = said.boot_id,
          .stamp = at(said.stamp),
          .time = at(said.stamp),
          .kind = said.kind,
          .first = said.entries};
}
// A register's value.
Said value(double stamp, std::int64_t entries) {
  return {.stamp = stamp, .entries = entries, .kind = StatementKind::kCountTotal};
}

using Added = ReadingMemory::Added;

class Memory {
 public:
  explicit Memory(std::int64_t readings = 16, Span every = 1s)
      : room(ReadingMemory::room_for(readings, ReadingMemory::Says::kAnything)),
        memory(room, every) {}
  Memory& add(const Said& said) {
    memory.add(taken(said));
    return *this;
  }
  Added added(const Said& said) { return memory.add(taken(said)); }
  // What it takes `said` for a repeat of; nothing when it is new.
  std::optional<Said> repeats(const Said& said) {
    const auto known = memory.find(taken(said));
    if (!known) return {};
    return Said{.sequence = known->taken.sequence,
                .stamp = since_zero(known->taken.stamp),
                .entries = known->taken.first,
                .boot_id = known->taken.boot_id,
                .kind = known->taken.kind};
  }
  bool knows(const Said& said) { return repeats(said).has_value(); }
  void revise(const Said& said) {
    const auto known = memory.find(taken(said));
    ASSERT_TRUE(known);
    memory.replace(*known, taken(said));
  }
  // What was said before and after a moment, in entries; nullopt where nothing was.
  std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>> around(double stamp) {
    const auto [before, after] = memory.neighbours_of(taken(value(stamp, 0)));
    const auto entries = [](const std::optional<RegisterValue>& register_value) {
      return register_value ? std::optional(register_value->entries) : std::nullopt;
    };
    return {entries(before), entries(after)};
  }
  [[nodiscard]] std::vector<double> stamps() const {
    std::vector<double> stamps;
    memory.for_each([&](const Taken& t) { stamps.push_back(since_zero(t.stamp)); });
    return stamps;
  }
  // Adds readings at one second each until something is forgotten; returns the next second.
  double fill_from(double stamp) {
    const EventTime before = memory.forgotten_until();
    while (memory.forgotten_until() == before)
      add({.stamp = stamp++});
    return stamp;
  }

  std::vector<std::uint8_t> room;
  ReadingMemory memory;
};

TEST(ReadingMemory, KnowsNothingAtFirst) {
  Memory memory;
  EXPECT_FALSE(memory.knows({.stamp = 1}));
  EXPECT_EQ(memory.memory.size(), 0);
}

TEST(ReadingMemory, KnowsARepeatBySequence) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1}).add({.sequence = 2, .stamp = 2});
  EXPECT_TRUE(memory.knows({.sequence = 1, .stamp = 1}));
  EXPECT_TRUE(memory.knows({.sequence = 2, .stamp = 2}));
  EXPECT_FALSE(memory.knows({.sequence = 3, .stamp = 3}));
}

TEST(ReadingMemory, KnowsARevisionOfTheTimeBySequence) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1}).add({.sequence = 2, .stamp = 2});
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1.5})->stamp, 1);
}

TEST(ReadingMemory, KnowsARepeatWithoutSequenceByKindAndStamp) {
  Memory memory;
  memory.add({.stamp = 1}).add({.stamp = 2});
  EXPECT_TRUE(memory.knows({.stamp = 1, .entries = 7}));
  EXPECT_FALSE(memory.knows({.stamp = 1.5}));
  EXPECT_FALSE(memory.knows({.stamp = 1, .kind = StatementKind::kHeartbeat}));
}

TEST(ReadingMemory, TellsAnchorsOfSeveralZonesApart) {
  Memory memory;
  Taken plaza = taken({.stamp = 1, .kind = StatementKind::kAnchor});
  plaza.zone = 0;
  memory.memory.add(plaza);
  Taken corridor = plaza;
  corridor.zone = 1;
  EXPECT_TRUE(memory.memory.find(plaza));
  EXPECT_FALSE(memory.memory.find(corridor));
}

TEST(ReadingMemory, IsFollowedByWhatIsNewerThanAll) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 2, .boot_id = 11});
  const auto is_next = [&](const Said& said) { return memory.memory.is_next(taken(said)); };
  EXPECT_TRUE(is_next({.sequence = 8, .stamp = 3, .boot_id = 11}));
  EXPECT_TRUE(is_next({.sequence = 1, .stamp = 3, .boot_id = 11})) << "a new run";
  EXPECT_TRUE(is_next({.stamp = 3, .boot_id = 12})) << "no sequence that may be known";
  EXPECT_FALSE(is_next({.sequence = 8, .stamp = 3, .boot_id = 12}));
  EXPECT_FALSE(is_next({.sequence = 8, .stamp = 2, .boot_id = 11}));
}

TEST(ReadingMemory, TakesAFallOfTheSequenceAtANewerStampForANewRun) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 1}).add({.sequence = 8, .stamp = 2});
  EXPECT_FALSE(memory.knows({.sequence = 7, .stamp = 3}));
  memory.add({.sequence = 7, .stamp = 3});
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 3})->stamp, 3);
}

TEST(ReadingMemory, KnowsARepeatFromBeforeTheNewRunByItsStamp) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 1, .entries = 10})
      .add({.sequence = 8, .stamp = 2})
      .add({.sequence = 7, .stamp = 3, .entries = 30})
      .add({.sequence = 8, .stamp = 4});
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 1})->entries, 10);
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 3.1})->entries, 30)
      << "another stamp: the run in progress has revised it";
}

TEST(ReadingMemory, DoesNotTakeAStragglerFromBeforeTheNewRunForARevision) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1})
      .add({.sequence = 9, .stamp = 9})
      .add({.sequence = 1, .stamp = 10})
      .add({.sequence = 2, .stamp = 11});
  EXPECT_FALSE(memory.knows({.sequence = 2, .stamp = 2}))
      << "the second reading of the former run, never taken";
  memory.add({.sequence = 2, .stamp = 2, .entries = 22});
  EXPECT_EQ(memory.repeats({.sequence = 2, .stamp = 2.1})->entries, 22) << "of the former run";
  EXPECT_EQ(memory.repeats({.sequence = 2, .stamp = 10.5})->stamp, 11);
}

TEST(ReadingMemory, TellsRunsApartByTheirBootId) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1, .boot_id = 11})
      .add({.sequence = 1, .stamp = 2, .boot_id = 12});
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1, .boot_id = 11})->stamp, 1);
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 2, .boot_id = 12})->stamp, 2);
  EXPECT_FALSE(memory.knows({.sequence = 2, .stamp = 1.5, .boot_id = 11}));
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 5, .boot_id = 11})->stamp, 1)
      << "newest stamp, but known under its boot_id";
}

TEST(ReadingMemory, TellsWhichSequenceNumbersAreMissing) {
  Memory memory;
  EXPECT_EQ(memory.added({.sequence = 5, .stamp = 1}), Added{}) << "nothing came before";
  EXPECT_EQ(memory.added({.sequence = 6, .stamp = 2}), Added{});
  EXPECT_EQ(memory.added({.sequence = 10, .stamp = 6}), Added{.skipped = 3});
  EXPECT_EQ(memory.added({.sequence = 8, .stamp = 4}), Added{.skipped = -1});
  EXPECT_EQ(memory.added({.stamp = 7}), Added{});
  EXPECT_EQ(memory.added({.sequence = 20, .stamp = 8}), Added{}) << "after one without";
}

TEST(ReadingMemory, MissesNoSequenceNumberFromBeforeTheFirst) {
  Memory memory;
  memory.add({.sequence = 5, .stamp = 5});
  EXPECT_EQ(memory.added({.sequence = 4, .stamp = 4}), Added{}) << "it was not counted as missing";
}

TEST(ReadingMemory, DoesNotMissASequenceNumberThatCameUnderAnOlderStamp) {
  Memory memory;
  memory.add({.sequence = 5, .stamp = 5});
  EXPECT_EQ(memory.added({.sequence = 6, .stamp = 5}), Added{});
  EXPECT_EQ(memory.added({.sequence = 8, .stamp = 6}), Added{.skipped = 1}) << "7 alone";
}

TEST(ReadingMemory, MissesSequenceNumbersOfOneRunOnly) {
  Memory memory;
  memory.add({.sequence = 5, .stamp = 5}).add({.sequence = 8, .stamp = 8});
  EXPECT_EQ(memory.added({.sequence = 3, .stamp = 9}), Added{.rebooted = true});
  EXPECT_EQ(memory.added({.sequence = 6, .stamp = 6}), Added{.skipped = -1}) << "the former run";
  EXPECT_EQ(memory.added({.sequence = 9, .stamp = 8.5}), Added{}) << "its end was not known";
  EXPECT_EQ(memory.added({.sequence = 5, .stamp = 11}), Added{.skipped = 1});
}

TEST(ReadingMemory, TellsAReboot) {
  Memory memory;
  EXPECT_EQ(memory.added({.sequence = 5, .stamp = 1, .boot_id = 11}), Added{});
  EXPECT_EQ(memory.added({.sequence = 9, .stamp = 2, .boot_id = 12}), Added{.rebooted = true});
  EXPECT_EQ(memory.added({.sequence = 6, .stamp = 1.5, .boot_id = 11}), Added{}) << "a straggler";
  EXPECT_EQ(memory.added({.sequence = 9, .stamp = 3, .boot_id = 12}), Added{.rebooted = true})
      << "a new run under the same boot_id";
  EXPECT_EQ(memory.added({.stamp = 4}), Added{}) << "of which nothing is known";
  EXPECT_EQ(memory.added({.stamp = 5, .boot_id = 13}), Added{});
}

TEST(ReadingMemory, TellsTheLargestGap) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1});
  EXPECT_EQ(memory.added({.sequence = std::numeric_limits<std::uint64_t>::max(), .stamp = 2}),
            Added{.skipped = std::numeric_limits<std::int64_t>::max()});
}

TEST(ReadingMemory, ForgetsTheOldestAddedWhenItIsFull) {
  Memory memory;
  EXPECT_LT(memory.memory.forgotten_until(), at(0));
  const double stamp = memory.fill_from(1);
  EXPECT_EQ(memory.memory.forgotten_until(), at(1));
  EXPECT_FALSE(memory.knows({.stamp = 1}));
  EXPECT_TRUE(memory.knows({.stamp = 2}));
  EXPECT_TRUE(memory.knows({.stamp = stamp - 1}));
  EXPECT_GE(memory.memory.size(), 16);
}

TEST(ReadingMemory, RemembersHowFarItForgotWhenOlderOnesAreForgottenLater) {
  Memory memory;
  memory.add({.stamp = 5}).add({.stamp = 3});
  double stamp = 6;
  while (memory.knows({.stamp = 3}))
    memory.add({.stamp = stamp++});
  EXPECT_EQ(memory.memory.forgotten_until(), at(5));
}

TEST(ReadingMemory, IsVisitedOldestAddedFirst) {
  Memory memory;
  memory.add({.stamp = 1}).add({.stamp = 4}).add({.stamp = 2}).add({.stamp = 3});
  EXPECT_THAT(memory.stamps(), ::testing::ElementsAre(1, 4, 2, 3));
  EXPECT_EQ(memory.memory.size(), 4);
}

TEST(ReadingMemory, ReplacesWhatWasSaid) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1, .entries = 10}).add({.sequence = 2, .stamp = 2});
  memory.revise({.sequence = 1, .stamp = 1, .entries = 11});
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1})->entries, 11);
  EXPECT_THAT(memory.stamps(), ::testing::ElementsAre(2, 1)) << "the last word is the newest";
  EXPECT_EQ(memory.memory.size(), 2);
}

TEST(ReadingMemory, KeepsTheRunOfWhatIsReplaced) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 1})
      .add({.sequence = 8, .stamp = 2})
      .add({.sequence = 7, .stamp = 3})
      .add({.sequence = 8, .stamp = 4});
  memory.revise({.sequence = 7, .stamp = 1, .entries = 70});
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 1.1})->entries, 70);
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 3.1})->stamp, 3);
}

TEST(ReadingMemory, DoesNotForgetByLosingWhatWasReplaced) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 5});
  memory.revise({.sequence = 1, .stamp = 4});
  memory.fill_from(6);
  EXPECT_EQ(memory.memory.forgotten_until(), at(4));
}

TEST(ReadingMemory, TakesOverAnotherWithItsRunsAndWhatItForgot) {
  Memory old(4);
  ASSERT_LT(old.fill_from(0.5), 101);
  old.add({.sequence = 8, .stamp = 101})
      .add({.sequence = 9, .stamp = 102})
      .add({.sequence = 8, .stamp = 103})
      .add({.sequence = 9, .stamp = 104});
  old.revise({.sequence = 8, .stamp = 101, .entries = 5});
  Memory memory(100, 2s);
  memory.memory.adopt(old.memory, std::identity{});
  EXPECT_EQ(memory.memory.forgotten_until(), old.memory.forgotten_until());
  EXPECT_EQ(memory.stamps(), old.stamps());
  EXPECT_EQ(memory.repeats({.sequence = 9, .stamp = 104.5}), std::nullopt) << "a new run";
  EXPECT_EQ(memory.repeats({.sequence = 9, .stamp = 102})->stamp, 102);
  EXPECT_EQ(memory.repeats({.sequence = 8, .stamp = 103.5})->stamp, 103);
  EXPECT_EQ(memory.repeats({.sequence = 8, .stamp = 101.5})->entries, 5);
  EXPECT_EQ(memory.added({.sequence = 12, .stamp = 105}), Added{.skipped = 2});
}

TEST(ReadingMemory, TakesOverTheNewestWhenThereIsRoomForThemOnly) {
  Memory old(100);
  for (int i = 1; i <= 100; ++i)
    old.add(value(i, 10 * i));
  Memory memory(16);
  memory.memory.adopt(old.memory, std::identity{});
  const auto size = static_cast<int>(memory.memory.size());
  EXPECT_GE(size, 16);
  ASSERT_LT(size, 100);
  EXPECT_EQ(memory.stamps().front(), 101 - size);
  EXPECT_EQ(memory.stamps().back(), 100);
  EXPECT_EQ(memory.memory.forgotten_until(), at(100 - size));
  EXPECT_EQ(memory.around(1000).first, 1000);
  EXPECT_EQ(memory.around(101 - size).first, 10 * (100 - size)) << "the latest forgotten";
}

TEST(ReadingMemory, KnowsTheRegisterValuesAroundAMoment) {
  Memory memory;
  EXPECT_EQ(memory.around(5),
            std::pair(std::optional<std::int64_t>(), std::optional<std::int64_t>()));
  memory.add(value(1, 100)).add(value(3, 300)).add(value(2, 200));
  EXPECT_EQ(memory.around(0.5), std::pair(std::optional<std::int64_t>(), std::optional(100L)));
  EXPECT_EQ(memory.around(1), std::pair(std::optional<std::int64_t>(), std::optional(200L)))
      << "not itself";
  EXPECT_EQ(memory.around(2.5), std::pair(std::optional(200L), std::optional(300L)));
  EXPECT_EQ(memory.around(9), std::pair(std::optional(300L), std::optional<std::int64_t>()));
}

TEST(ReadingMemory, KnowsTheLastRegisterValueAlsoAfterOtherReadings) {
  Memory memory;
  memory.add(value(1, 100)).add({.stamp = 2, .kind = StatementKind::kHeartbeat});
  EXPECT_EQ(memory.around(9).first, 100);
  memory.add(value(3, 300));
  EXPECT_EQ(memory.around(9).first, 300);
  memory.revise(value(3, 301));
  EXPECT_EQ(memory.around(9).first, 301);
}

TEST(ReadingMemory, OrdersRegisterValuesByTheTimeThatTheyWereTakenAt) {
  Memory memory;
  Taken ahead = taken(value(10, 100));
  ahead.time = at(2);
  memory.memory.add(ahead);
  memory.add(value(5, 50));
  EXPECT_EQ(memory.around(9), std::pair(std::optional(50L), std::optional<std::int64_t>()));
  EXPECT_EQ(memory.around(3), std::pair(std::optional(100L), std::optional(50L)));
}

TEST(ReadingMemory, RemembersTheLatestRegisterValueThatItForgot) {
  Memory memory;
  memory.add(value(1, 100)).add(value(3, 300)).add(value(2, 200));
  memory.revise(value(1, 101));
  double stamp = 4;
  while (memory.memory.size() > 0 && memory.stamps().front() < 4)
    memory.add({.stamp = stamp++});
  EXPECT_EQ(memory.around(9), std::pair(std::optional(300L), std::optional<std::int64_t>()));
  EXPECT_EQ(memory.around(2.5), std::pair(std::optional<std::int64_t>(), std::optional(300L)));
}

TEST(ReadingMemory, FindsAPlaceForRegistersAlsoWhenItIsFull) {
  Memory memory;
  memory.fill_from(1);
  const std::size_t before = memory.memory.size();
  memory.add(value(500, 7));
  EXPECT_LT(memory.memory.size(), before);
  EXPECT_EQ(memory.around(501).first, 7);
  const std::vector<double> stamps = memory.stamps();
  for (std::size_t i = 1; i + 1 < stamps.size(); ++i)
    EXPECT_EQ(stamps[i], stamps[i - 1] + 1);
}

}  // namespace
}  // namespace crowdflow::testing
