// ReadingMemory against the same rules written down slowly, with random readings.

#include <algorithm>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <random>
#include <tuple>
#include <vector>

#include "engine/reading_memory.h"
#include "stage.h"

namespace crowdflow {

bool operator==(const Taken& a, const Taken& b) {
  return a.sequence == b.sequence && a.boot_id == b.boot_id && a.time == b.time &&
         a.late == b.late && a.same_content(b);
}
void PrintTo(const Taken& t, std::ostream* out) {
  *out << "kind " << static_cast<int>(t.kind) << " boot " << t.boot_id << " sequence " << t.sequence
       << " stamp " << t.stamp.time_since_epoch().count() << " time "
       << t.time.time_since_epoch().count() << " interval " << t.interval.count() << ": " << t.first
       << ", " << t.second;
}

namespace testing {
namespace {

using Added = ReadingMemory::Added;

// The rules. It never forgets of itself: it is told what the memory still knows.
class Rules {
 public:
  [[nodiscard]] const Taken* find(const Taken& candidate) const {
    if (candidate.stamp > newest_.stamp &&
        (candidate.sequence == 0 || candidate.boot_id == newest_.boot_id)) {
      return nullptr;
    }
    const Taken* same_sequence = nullptr;
    for (auto known = known_.rbegin(); known != known_.rend(); ++known) {
      const Taken& taken = known->taken;
      if (candidate.sequence == 0) {
        if (taken.sequence == 0 && taken.kind == candidate.kind && taken.zone == candidate.zone &&
            taken.stamp == candidate.stamp) {
          return &taken;
        }
      } else if (taken.sequence == candidate.sequence && taken.boot_id == candidate.boot_id) {
        if (taken.stamp == candidate.stamp) return &taken;
        if (known->run == run_of(candidate) && same_sequence == nullptr) same_sequence = &taken;
      }
    }
    return same_sequence;
  }

  Added add(const Taken& taken) {
    Added added;
    const bool newest = taken.stamp > newest_.stamp;
    const bool same_boot = taken.boot_id == newest_.boot_id;
    const bool begins =
        newest && same_boot && taken.sequence != 0 && taken.sequence <= newest_.sequence;
    if (begins) {
      ++run_;
      run_began_ = taken.stamp;
    }
    if (newest) {
      added.rebooted = begins || (!same_boot && taken.boot_id != 0 && newest_.boot_id != 0);
      if (!begins && same_boot && taken.sequence != 0 && newest_.sequence != 0) {
        added.skipped = gap(taken);
      }
    } else if (taken.sequence != 0 && fills(taken)) {
      added.skipped = -1;
    }
    known_.push_back({taken, run_of(taken)});
    notice(taken);
    return added;
  }

  void replace(const Taken& old, const Taken& taken) {
    const auto found = std::ranges::find(known_, old, &Known::taken);
    const int run = found->run;
    known_.erase(found);
    known_.push_back({taken, run});
    notice(taken);
  }

  // All but the last so many were forgotten.
  void keep(std::size_t size) {
    for (; known_.size() > size; known_.pop_front()) {
      const Taken& taken = known_.front().taken;
      forgotten_until_ = std::max(forgotten_until_, taken.stamp);
      if (taken.kind != StatementKind::kCountTotal) continue;
      if (!forgotten_ || order(*forgotten_) <= order(taken)) forgotten_ = taken;
    }
  }

  [[nodiscard]] ReadingMemory::Neighbours neighbours_of(const Taken& taken) const {
    std::vector<Taken> registers;
    if (forgotten_) registers.push_back(*forgotten_);
    for (const Known& known : known_) {
      if (known.taken.kind == StatementKind::kCountTotal) registers.push_back(known.taken);
    }
    std::ranges::stable_sort(registers, {}, order);
    ReadingMemory::Neighbours neighbours;
    const Taken* after = nullptr;
    for (const Taken& one : registers) {
      if (order(one) < order(taken)) neighbours.before = value_of(one);
      if (order(one) <= order(taken) || (after != nullptr && order(*after) < order(one))) continue;
      after = &one;
      neighbours.after = value_of(one);
    }
    return neighbours;
  }

  [[nodiscard]] std::vector<Taken> all() const {
    std::vector<Taken> all;
    for (const Known& known : known_)
      all.push_back(known.taken);
    return all;
  }
  [[nodiscard]] EventTime forgotten_until() const { return forgotten_until_; }

 private:
  struct Known {
    Taken taken;
    int run = 0;
  };
  static std::tuple<EventTime, EventTime, std::uint64_t, std::uint64_t> order(const Taken& taken) {
    return {taken.time, taken.stamp, taken.boot_id, taken.sequence};
  }
  static RegisterValue value_of(const Taken& taken) {
    return {.time = taken.time,
            .boot_id = taken.boot_id,
            .entries = taken.first,
            .exits = taken.second};
  }
  [[nodiscard]] int run_of(const Taken& taken) const {
    return taken.stamp < run_began_ ? run_ - 1 : run_;
  }
  [[nodiscard]] std::vector<std::uint64_t> sequences_of(std::uint64_t boot_id, int run) const {
    std::vector<std::uint64_t> sequences;
    for (const Known& known : known_) {
      if (known.run == run && known.taken.boot_id == boot_id && known.taken.sequence != 0) {
        sequences.push_back(known.taken.sequence);
      }
    }
    return sequences;
  }
  [[nodiscard]] std::int64_t gap(const Taken& taken) const {
    std::uint64_t missing = taken.sequence - newest_.sequence - 1;
    for (const std::uint64_t here : sequences_of(taken.boot_id, run_)) {
      if (here > newest_.sequence && here < taken.sequence) --missing;
    }
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(missing, kMost));
  }
  [[nodiscard]] bool fills(const Taken& taken) const {
    const std::vector<std::uint64_t> known = sequences_of(taken.boot_id, run_of(taken));
    const auto lower = [&](std::uint64_t sequence) { return sequence < taken.sequence; };
    const auto higher = [&](std::uint64_t sequence) { return sequence > taken.sequence; };
    const bool in_progress = taken.boot_id == newest_.boot_id && run_of(taken) == run_;
    return std::ranges::any_of(known, lower) &&
           (in_progress ? higher(newest_.sequence) : std::ranges::any_of(known, higher));
  }
  void notice(const Taken& taken) {
    if (taken.stamp > newest_.stamp) newest_ = taken;
  }

  std::deque<Known> known_;  // in the order added
  Taken newest_{.stamp = EventTime{Span{-1}}};
  int run_ = 0;
  EventTime run_began_{Span{-1}};
  EventTime forgotten_until_{Span{-1}};
  std::optional<Taken> forgotten_;  // the latest register that was
};

// A sensor's day: mostly in order, with repeats, stragglers, revisions, starts and odd readings.
class Day {
 public:
  Day(std::uint64_t seed, bool shuffled) : random_(seed), shuffled_(shuffled) {
    numbered_ = one_in(2);
    boot_id_ = one_in(2) ? 0 : random_();
    mostly_ = static_cast<StatementKind>(below(7));
  }

  Taken next() {
    if (!said_.empty() && one_in(10)) {
      Taken again = said_[static_cast<std::size_t>(below(std::ssize(said_)))];
      if (one_in(2)) ++again.first;
      if (one_in(4)) again.stamp = again.time = again.stamp + Span{below(3'000'000) - 1'500'000};
      return again;
    }
    if (one_in(50)) sequence_ = static_cast<std::uint64_t>(below(5));
    if (one_in(80)) boot_id_ = one_in(3) ? 0 : random_();
    now_ += one_in(3) ? Span{below(2'000'000)} : Span{1'000'000};
    sequence_ += one_in(15) ? 3 : 1;
    Taken taken{.sequence = numbered_ != one_in(40) ? sequence_ : 0,
                .boot_id = boot_id_,
                .stamp = now_,
                .kind = one_in(6) ? static_cast<StatementKind>(below(7)) : mostly_,
                .capped = one_in(20),
                .late = one_in(20)};
    if (shuffled_ || one_in(12)) taken.stamp -= Span{below(60'000'000)};
    taken.time = one_in(30) ? taken.stamp - Span{below(60'000'000)} : taken.stamp;
    if (one_in(300)) taken.time = taken.stamp + Span{1};
    taken.interval = one_in(2) ? Span{1'000'000} : Span{below(3) * below(2'000'000)};
    if (one_in(10)) taken.zone = static_cast<ZoneIndex>(below(3));
    taken.first = below(one_in(5) ? 100'000 : 20);
    taken.second = below(one_in(5) ? 100'000 : 20);
    if (one_in(50)) make_extreme(taken);
    said_.push_back(taken);
    return taken;
  }

  bool one_in(std::int64_t n) { return below(n) == 0; }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }

 private:
  void make_extreme(Taken& taken) {
    taken.first = static_cast<std::int64_t>(random_());
    taken.second = static_cast<std::int64_t>(random_());
    taken.interval = Span{static_cast<std::int64_t>(random_())};
    taken.time = EventTime{Span{static_cast<std::int64_t>(random_())}};
    taken.zone = static_cast<ZoneIndex>(random_());
    if (one_in(3)) taken.sequence = random_();
  }

  std::mt19937_64 random_;
  bool shuffled_;
  bool numbered_ = false;
  std::uint64_t sequence_ = 0;
  std::uint64_t boot_id_ = 0;
  StatementKind mostly_{};
  EventTime now_ = at(0);
  std::vector<Taken> said_;
};

std::vector<Taken> all(const ReadingMemory& memory) {
  std::vector<Taken> all;
  memory.for_each([&](const Taken& taken) { all.push_back(taken); });
  return all;
}

class RandomMemory : public ::testing::TestWithParam<bool> {
 protected:
  // The memory knows what the rules say, but for the oldest.
  static void compare(const ReadingMemory& memory, Rules& rules, const Taken& candidate) {
    rules.keep(memory.size());
    ASSERT_EQ(all(memory), rules.all());
    ASSERT_EQ(memory.forgotten_until(), rules.forgotten_until());
    const ReadingMemory::Neighbours ours = memory.neighbours_of(candidate);
    const ReadingMemory::Neighbours theirs = rules.neighbours_of(candidate);
    ASSERT_EQ(ours.before, theirs.before);
    ASSERT_EQ(ours.after, theirs.after);
    const auto known = memory.find(candidate);
    const Taken* const expected = rules.find(candidate);
    ASSERT_EQ(known.has_value(), expected != nullptr);
    if (known) {
      ASSERT_EQ(known->taken, *expected);
      ASSERT_FALSE(memory.is_next(candidate));
    }
  }

  static void take(ReadingMemory& memory, Rules& rules, const Taken& taken) {
    const auto known = memory.find(taken);
    if (!known) {
      ASSERT_EQ(memory.add(taken), rules.add(taken));
    } else if (!(known->taken == taken)) {
      memory.replace(*known, taken);
      rules.replace(known->taken, taken);
    }
  }
};

TEST_P(RandomMemory, FollowsTheRules) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Day day(seed, GetParam());
    std::vector<std::uint8_t> room(
        ReadingMemory::room_for(day.below(40), ReadingMemory::Says::kAnything));
    std::vector<std::uint8_t> other_room;
    ReadingMemory memory(room, 1s);
    Rules rules;
    for (int i = 0; i < 400; ++i) {
      const Taken taken = day.next();
      compare(memory, rules, taken);
      if (HasFatalFailure()) return;
      take(memory, rules, taken);
      if (HasFatalFailure()) return;
      compare(memory, rules, taken);
      if (HasFatalFailure()) return;
      if (!day.one_in(100)) continue;
      // Another version of the sensor takes over, with more room or less.
      other_room.assign(ReadingMemory::room_for(day.below(60), ReadingMemory::Says::kAnything),
                        0xEE);
      ReadingMemory heir(other_room, Span{day.below(3'000'000)});
      heir.adopt(memory, std::identity{});
      memory = std::move(heir);
      room.swap(other_room);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Days, RandomMemory, ::testing::Bool(), [](const auto& param) {
  return param.param ? std::string("Shuffled") : std::string("InOrder");
});

}  // namespace
}  // namespace testing
}  // namespace crowdflow
