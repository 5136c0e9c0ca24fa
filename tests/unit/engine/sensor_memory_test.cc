#include "engine/sensor_memory.h"

#include <gmock/gmock.h>

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

class Memory {
 public:
  explicit Memory(std::size_t capacity = 16) : memory(capacity) {}
  Memory& add(const Said& said) {
    memory.add(taken(said));
    return *this;
  }
  // What it takes `said` for a repeat of; nothing when it is new.
  std::optional<Said> repeats(const Said& said) {
    const Taken* known = memory.find(taken(said));
    if (known == nullptr) return {};
    return Said{.sequence = known->sequence,
                .stamp = since_zero(known->stamp),
                .entries = known->first,
                .boot_id = known->boot_id,
                .kind = known->kind};
  }
  bool knows(const Said& said) { return repeats(said).has_value(); }

  SensorMemory memory;
};

TEST(SensorMemory, KnowsNothingAtFirst) { EXPECT_FALSE(Memory().knows({.stamp = 1})); }

TEST(SensorMemory, KnowsARepeatBySequence) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1}).add({.sequence = 2, .stamp = 2});
  EXPECT_TRUE(memory.knows({.sequence = 1, .stamp = 1}));
  EXPECT_TRUE(memory.knows({.sequence = 2, .stamp = 2}));
  EXPECT_FALSE(memory.knows({.sequence = 3, .stamp = 3}));
}

TEST(SensorMemory, KnowsARevisionOfTheTimeBySequence) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1}).add({.sequence = 2, .stamp = 2});
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1.5})->stamp, 1);
}

TEST(SensorMemory, KnowsARepeatWithoutSequenceByKindAndStamp) {
  Memory memory;
  memory.add({.stamp = 1}).add({.stamp = 2});
  EXPECT_TRUE(memory.knows({.stamp = 1, .entries = 7}));
  EXPECT_FALSE(memory.knows({.stamp = 1.5}));
  EXPECT_FALSE(memory.knows({.stamp = 1, .kind = StatementKind::kHeartbeat}));
}

TEST(SensorMemory, TellsAnchorsOfSeveralZonesApart) {
  Memory memory;
  Taken plaza = taken({.stamp = 1, .kind = StatementKind::kAnchor});
  plaza.zone = 0;
  memory.memory.add(plaza);
  Taken corridor = plaza;
  corridor.zone = 1;
  EXPECT_NE(memory.memory.find(plaza), nullptr);
  EXPECT_EQ(memory.memory.find(corridor), nullptr);
}

TEST(SensorMemory, TakesAFallOfTheSequenceAtANewerStampForANewRun) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 1}).add({.sequence = 8, .stamp = 2});
  EXPECT_FALSE(memory.knows({.sequence = 7, .stamp = 3}));
  memory.add({.sequence = 7, .stamp = 3});
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 3})->stamp, 3);
}

TEST(SensorMemory, KnowsARepeatFromBeforeTheNewRunByItsStamp) {
  Memory memory;
  memory.add({.sequence = 7, .stamp = 1, .entries = 10})
      .add({.sequence = 8, .stamp = 2})
      .add({.sequence = 7, .stamp = 3, .entries = 30})
      .add({.sequence = 8, .stamp = 4});
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 1})->entries, 10);
  EXPECT_EQ(memory.repeats({.sequence = 7, .stamp = 3.1})->entries, 30)
      << "another stamp: the run in progress has revised it";
}

TEST(SensorMemory, DoesNotTakeAStragglerFromBeforeTheNewRunForARevision) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1})
      .add({.sequence = 9, .stamp = 9})
      .add({.sequence = 1, .stamp = 10})
      .add({.sequence = 2, .stamp = 11});
  EXPECT_FALSE(memory.knows({.sequence = 2, .stamp = 2}))
      << "the second reading of the former run, never taken";
}

TEST(SensorMemory, TellsRunsApartByTheirBootId) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1, .boot_id = 11})
      .add({.sequence = 1, .stamp = 2, .boot_id = 12});
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1, .boot_id = 11})->stamp, 1);
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 2, .boot_id = 12})->stamp, 2);
  EXPECT_FALSE(memory.knows({.sequence = 2, .stamp = 1.5, .boot_id = 11}));
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 5, .boot_id = 11})->stamp, 1)
      << "newest stamp, but known under its boot_id";
}

TEST(SensorMemory, ForgetsTheOldestTaken) {
  Memory memory(2);
  EXPECT_LT(memory.memory.forgotten_until(), at(0));
  memory.add({.stamp = 1}).add({.stamp = 2}).add({.stamp = 3});
  EXPECT_EQ(memory.memory.forgotten_until(), at(1));
  EXPECT_FALSE(memory.knows({.stamp = 1}));
  EXPECT_TRUE(memory.knows({.stamp = 2}));
  EXPECT_TRUE(memory.knows({.stamp = 3}));
}

TEST(SensorMemory, RemembersHowFarItForgotWhenOlderOnesAreForgottenLater) {
  Memory memory(2);
  memory.add({.stamp = 5}).add({.stamp = 3}).add({.stamp = 6}).add({.stamp = 7});
  EXPECT_EQ(memory.memory.forgotten_until(), at(5));
}

TEST(SensorMemory, IsVisitedNewestTakenFirst) {
  Memory memory(3);
  memory.add({.stamp = 1}).add({.stamp = 4}).add({.stamp = 2}).add({.stamp = 3});
  std::vector<double> stamps;
  memory.memory.for_each([&](const Taken& t) { stamps.push_back(since_zero(t.stamp)); });
  EXPECT_THAT(stamps, ::testing::ElementsAre(3, 2, 4));
}

TEST(SensorMemory, ReplacesWhatWasSaid) {
  Memory memory;
  memory.add({.sequence = 1, .stamp = 1, .entries = 10});
  Taken* known = memory.memory.find(taken({.sequence = 1, .stamp = 1}));
  memory.memory.replace(*known, taken({.sequence = 1, .stamp = 1, .entries = 11}));
  EXPECT_EQ(memory.repeats({.sequence = 1, .stamp = 1})->entries, 11);
}

TEST(SensorMemory, TakesOverAnotherWithItsRunsAndWhatItForgot) {
  Memory old(4);
  old.add({.stamp = 0.5})
      .add({.sequence = 8, .stamp = 1})
      .add({.sequence = 9, .stamp = 2})
      .add({.sequence = 8, .stamp = 3})
      .add({.sequence = 9, .stamp = 4});
  Memory memory(8);
  memory.memory.adopt(old.memory);
  EXPECT_EQ(memory.memory.forgotten_until(), at(0.5));
  EXPECT_EQ(memory.repeats({.sequence = 9, .stamp = 4.5}), std::nullopt) << "a new run";
  EXPECT_EQ(memory.repeats({.sequence = 9, .stamp = 2})->stamp, 2);
  EXPECT_EQ(memory.repeats({.sequence = 8, .stamp = 3.5})->stamp, 3);

  Memory small(2);
  small.memory.adopt(old.memory);
  EXPECT_EQ(small.memory.forgotten_until(), at(2));
}

}  // namespace
}  // namespace crowdflow::testing
