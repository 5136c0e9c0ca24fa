#include <gtest/gtest.h>
#include <memory>

#include "concurrency/doorbell.h"
#include "concurrency/latest_value.h"
#include "concurrency/spsc_ring.h"
#include "unit/concurrency/model_checker.h"

namespace crowdflow::concurrency {
namespace {

using model::Plain;
using model::Scenario;

// Orders with one kind taken away, to see that the checker would find it missing.
template <typename T>
class WithoutRelease : public model::Atomic<T> {
 public:
  using model::Atomic<T>::Atomic;
  void store(T value, std::memory_order) {
    model::Atomic<T>::store(value, std::memory_order_relaxed);
  }
  T exchange(T value, std::memory_order) {
    return model::Atomic<T>::exchange(value, std::memory_order_acquire);
  }
  T fetch_add(T value, std::memory_order) {
    return model::Atomic<T>::fetch_add(value, std::memory_order_relaxed);
  }
};

template <typename T>
class WithoutAcquire : public model::Atomic<T> {
 public:
  using model::Atomic<T>::Atomic;
  [[nodiscard]] T load(std::memory_order) const {
    return model::Atomic<T>::load(std::memory_order_relaxed);
  }
  T exchange(T value, std::memory_order) {
    return model::Atomic<T>::exchange(value, std::memory_order_release);
  }
};

// ---- the checker itself
// --------------------------------------------------------------------------

// A value and a flag that says that it is there.
Scenario message(std::memory_order store, std::memory_order load) {
  struct Shared {
    Plain<int> value;
    model::Atomic<int> there{0};
  };
  const auto shared = std::make_shared<Shared>();
  return {{[=] {
             shared->value.set(7);
             shared->there.store(1, store);
           },
           [=] {
             if (shared->there.load(load) == 1) model::require(shared->value.get() == 7, "not 7");
           }},
          {}};
}

TEST(ModelChecker, PassesAMessageInTheRightOrder) {
  const auto verdict =
      model::explore([] { return message(std::memory_order_release, std::memory_order_acquire); });
  EXPECT_EQ(verdict.failure, "");
  EXPECT_GE(verdict.orders, 3u);
}

TEST(ModelChecker, FindsThatARelaxedStoreTellsNothing) {
  const auto verdict =
      model::explore([] { return message(std::memory_order_relaxed, std::memory_order_acquire); });
  EXPECT_EQ(verdict.failure, "a race: read while written");
}

TEST(ModelChecker, FindsThatARelaxedLoadIsToldNothing) {
  const auto verdict =
      model::explore([] { return message(std::memory_order_release, std::memory_order_relaxed); });
  EXPECT_EQ(verdict.failure, "a race: read while written");
}

// Two threads that both raise their flag and look at the other's may both see none: no order of
// steps shows that, only stores that the other sees late.
TEST(ModelChecker, LetsBothThreadsMissTheOthersStore) {
  struct Shared {
    model::Atomic<int> flags[2];
    int seen[2] = {0, 0};
  };
  bool both_missed = false;
  const auto verdict = model::explore([&] {
    const auto shared = std::make_shared<Shared>();
    const auto raise_and_look = [shared](int own) {
      return [shared, own] {
        shared->flags[own].store(1, std::memory_order_release);
        shared->seen[own] = shared->flags[1 - own].load(std::memory_order_acquire);
      };
    };
    return Scenario{{raise_and_look(0), raise_and_look(1)}, [&both_missed, shared] {
                      both_missed |= shared->seen[0] == 0 && shared->seen[1] == 0;
                    }};
  });
  EXPECT_EQ(verdict.failure, "");
  EXPECT_TRUE(both_missed);
}

TEST(ModelChecker, FindsASleeperThatNobodyWakes) {
  const auto verdict = model::explore([] {
    const auto bell = std::make_shared<model::Atomic<int>>(0);
    return Scenario{{[=] { bell->store(1, std::memory_order_release); },  // and does not notify
                     [=] { bell->sleep_if(0); }},
                    {}};
  });
  EXPECT_EQ(verdict.failure, "a thread sleeps and nobody will wake it");
}

// ---- the ring
// ------------------------------------------------------------------------------------

// The producer tries `pushes` times, the consumer `pops` times; then the rest is popped.
template <template <typename> class Atomic>
model::Verdict explore_ring(std::size_t capacity, int pushes, int pops) {
  return model::explore([=] {
    struct Shared {
      explicit Shared(std::size_t capacity) : ring(capacity) {}
      SpscRing<Plain<int>, Atomic> ring;
      int pushed = 0;
      int popped = 0;
    };
    const auto shared = std::make_shared<Shared>(capacity);
    const auto pop = [shared] {
      Plain<int> value;
      if (!shared->ring.try_pop(value)) return false;
      model::require(value.get() == ++shared->popped, "lost, repeated or overtaken");
      return true;
    };
    return Scenario{{[=] {
                       for (int i = 0; i < pushes; ++i) {
                         Plain<int> value(shared->pushed + 1);
                         if (shared->ring.try_push(std::move(value))) ++shared->pushed;
                       }
                     },
                     [=] {
                       for (int i = 0; i < pops; ++i)
                         (void)pop();
                     }},
                    [=] {
                      while (shared->popped < shared->pushed)
                        model::require(pop(), "pushed and not there");
                      model::require(!pop(), "there and not pushed");
                    }};
  });
}

TEST(SpscRingModel, HandsOverEachValueOnceInEveryOrder) {
  for (const std::size_t capacity : {1u, 2u}) {
    const auto verdict = explore_ring<model::Atomic>(capacity, 3, 3);
    EXPECT_EQ(verdict.failure, "") << "capacity " << capacity;
    EXPECT_GT(verdict.orders, 100u) << "capacity " << capacity;
  }
}

TEST(SpscRingModel, NeedsItsReleases) {
  EXPECT_EQ(explore_ring<WithoutRelease>(2, 3, 3).failure, "a race: written while written");
}

TEST(SpscRingModel, NeedsItsAcquires) {
  EXPECT_EQ(explore_ring<WithoutAcquire>(2, 3, 3).failure, "a race: written while written");
}

TEST(SpscRingModel, NeitherSideEverWaitsForTheOther) {
  const auto verdict = explore_ring<model::Atomic>(2, 3, 3);
  // A look at the other's index at most, and the store of one's own.
  EXPECT_LE(verdict.most_operations[0], 3u * 2);
  EXPECT_LE(verdict.most_operations[1], 3u * 2);
}

// ---- the cell
// ------------------------------------------------------------------------------------

template <template <typename> class Atomic>
model::Verdict explore_cell(int publications, int reads) {
  return model::explore([=] {
    struct Value {
      Plain<int> first;
      Plain<int> second;
    };
    struct Shared {
      LatestValue<Value, Atomic> cell;
      int seen = 0;
      int published = 0;
    };
    const auto shared = std::make_shared<Shared>();
    const auto look = [shared] {
      const Value& value = shared->cell.read();
      const int first = value.first.get();
      model::require(value.second.get() == first, "torn");
      model::require(first >= shared->seen, "went back");
      model::require(shared->cell.fresh() == (first != shared->seen), "fresh is wrong");
      shared->seen = first;
    };
    return Scenario{{[=] {
                       for (int i = 1; i <= publications; ++i) {
                         Value& value = shared->cell.writable();
                         value.first.set(i);
                         value.second.set(i);
                         shared->cell.publish();
                       }
                     },
                     [=] {
                       for (int i = 0; i < reads; ++i)
                         look();
                     }},
                    [=] {
                      look();
                      model::require(shared->seen == publications, "the newest is missing");
                    }};
  });
}

TEST(LatestValueModel, IsWholeAndNeverGoesBackInAnyOrder) {
  const auto verdict = explore_cell<model::Atomic>(4, 3);
  EXPECT_EQ(verdict.failure, "");
  EXPECT_GT(verdict.orders, 100u);
}

TEST(LatestValueModel, NeedsItsReleases) {
  EXPECT_NE(explore_cell<WithoutRelease>(3, 3).failure, "");
}

TEST(LatestValueModel, NeedsItsAcquires) {
  EXPECT_NE(explore_cell<WithoutAcquire>(3, 3).failure, "");
}

TEST(LatestValueModel, TheWriterTakesOneStepForEachPublicationWhateverTheReaderDoes) {
  const auto verdict = explore_cell<model::Atomic>(3, 3);
  EXPECT_EQ(verdict.most_operations[0], 3u);
}

// ---- the bell
// ------------------------------------------------------------------------------------

// A thread that sleeps when nothing is new learns of all that was put there before a ring. Nothing
// but the bell tells it: what is put there is relaxed.
template <template <typename> class Atomic>
model::Verdict explore_bell() {
  constexpr int kLast = 2;
  return model::explore([] {
    struct Shared {
      model::Atomic<int> there{0};
      Doorbell<Atomic> bell;
    };
    const auto shared = std::make_shared<Shared>();
    return Scenario{{[=] {
                       for (int i = 1; i <= kLast; ++i) {
                         shared->there.store(i, std::memory_order_relaxed);
                         shared->bell.ring();
                       }
                     },
                     [=] {
                       while (true) {
                         const auto heard = shared->bell.heard();
                         if (shared->there.load(std::memory_order_relaxed) == kLast) return;
                         shared->bell.wait(heard);
                       }
                     }},
                    {}};
  });
}

TEST(DoorbellModel, LosesNoRingInAnyOrder) {
  const auto verdict = explore_bell<model::Atomic>();
  EXPECT_EQ(verdict.failure, "");
  EXPECT_GT(verdict.orders, 100u);
}

TEST(DoorbellModel, NeedsItsRelease) {
  EXPECT_EQ(explore_bell<WithoutRelease>().failure, "a thread sleeps and nobody will wake it");
}

TEST(DoorbellModel, NeedsItsAcquire) {
  EXPECT_EQ(explore_bell<WithoutAcquire>().failure, "a thread sleeps and nobody will wake it");
}

}  // namespace
}  // namespace crowdflow::concurrency
