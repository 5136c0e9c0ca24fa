// A shard that is saved and loaded goes on as if nothing had happened, whatever the day.
//
// CROWDFLOW_RANDOM_DAYS=5000 tries that many days in each of the blocks below;
// CROWDFLOW_RANDOM_SEED=17 tries the day of that seed alone.

#include <algorithm>
#include <gmock/gmock.h>
#include <optional>

#include "random_day.h"
#include "same_outputs.h"
#include "stage.h"
#include "support/environment.h"

namespace crowdflow::testing {
namespace {

constexpr std::uint64_t kDays = test::kSanitized ? 10 : 80;

// One thing that happens to a shard.
struct Step {
  std::optional<Reading> reading;
  std::optional<Tick> tick;
  std::shared_ptr<const Venue> venue;
  bool forget_levels = false;
};

std::shared_ptr<const Venue> with(const Venue& venue, std::string version, Span lateness,
                                  bool same_windows, bool same_rules) {
  Venue other = venue;
  other.version = std::move(version);
  other.lateness = lateness;
  if (!same_windows) other.windows = {kTenSeconds, kMinute};
  if (!same_rules) other.rules.clear();
  return std::make_shared<const Venue>(std::move(other));
}

// A day's readings, and with them all that else can come: ticks of a clock that is far ahead of the
// data or close to it, other versions of the file, history that is missing, and an hour of silence.
std::vector<Step> steps_of(RandomDay& day) {
  const std::vector<Reading> readings = day.one_in(3) ? day.in_order() : day.shuffled();
  const bool close = day.one_in(2);
  const bool proven = day.one_in(2);
  const std::size_t silence = day.one_in(4) ? day.count(0, 2000) : readings.size();
  Span leap{0};
  std::vector<Step> steps{{.venue = day.venue()}};
  if (day.one_in(8)) steps.push_back({.forget_levels = true});
  if (!close) steps.push_back({.tick = Tick{.now = wall(2 * 86'400)}});
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (i == silence) leap = std::chrono::hours{day.uniform(1, 3)};
    Reading reading = readings[i];
    reading.event_time += leap;
    if (day.one_in(close ? 4 : 40)) {
      const Span ahead = close ? day.uniform(-20, 8) * 500ms : Span{std::chrono::hours{30}};
      const WallTime now{reading.event_time.time_since_epoch() + ahead};
      steps.push_back({.tick = Tick{.now = now, .proven = proven && day.one_in(2)}});
    }
    if (day.one_in(400)) {
      steps.push_back({.venue = with(*day.venue(), std::to_string(i), day.one_of<Span>({0s, 5s}),
                                     day.one_in(2), day.one_in(2))});
    }
    if (day.one_in(1500)) steps.push_back({.forget_levels = true});
    steps.push_back({.reading = reading});
  }
  return steps;
}

class World {
 public:
  void take(const Step& step) {
    if (step.venue != nullptr) {
      venue_ = step.venue;
      shard_.put_venue(step.venue, out_);
    }
    if (step.forget_levels) shard_.forget_levels();
    if (step.tick) shard_.tick(*step.tick, out_);
    if (step.reading) outcomes_.push_back(shard_.apply(*step.reading, out_));
  }
  void finish() { shard_.finish(out_); }

  [[nodiscard]] std::string saved() const {
    std::string bytes;
    shard_.save(bytes);
    return bytes;
  }
  // Goes on as the shard that was saved.
  void become(const std::string& bytes) {
    std::vector<std::shared_ptr<const Venue>> venues;
    if (venue_ != nullptr) venues.push_back(venue_);
    Result<Shard> loaded = Shard::load(bytes, venues);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    shard_ = std::move(*loaded);
  }

  void expect_same_as(const World& other) const {
    EXPECT_EQ(outcomes_, other.outcomes_);
    expect_same(out_, other.out_);
    Outputs ours;
    Outputs theirs;
    shard_.present(venue_->id, ours);
    other.shard_.present(venue_->id, theirs);
    expect_same(ours, theirs);
    expect_same_totals(other);
    const VenueProgress a = shard_.progress().at(0);
    const VenueProgress b = other.shard_.progress().at(0);
    EXPECT_EQ(std::tuple(a.venue, a.started, a.frontier, a.venue_time, a.watermark),
              std::tuple(b.venue, b.started, b.frontier, b.venue_time, b.watermark));
    EXPECT_EQ(a.active_alarms, b.active_alarms);
    EXPECT_EQ(saved(), other.saved());
  }

 private:
  void expect_same_totals(const World& other) const {
    const std::vector<SensorTotals> ours = shard_.sensor_totals(venue_->id);
    const std::vector<SensorTotals> theirs = other.shard_.sensor_totals(venue_->id);
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].readings, theirs[i].readings);
      EXPECT_EQ(ours[i].entries, theirs[i].entries);
      EXPECT_EQ(ours[i].exits, theirs[i].exits);
      EXPECT_EQ(ours[i].oddities, theirs[i].oddities);
    }
  }

  std::shared_ptr<const Venue> venue_;
  Shard shard_;
  Outputs out_;
  std::vector<Outcome> outcomes_;
};

// In blocks, so that they run beside each other.
class SnapshotOfAnyDay : public ::testing::TestWithParam<std::uint64_t> {};

void try_day(std::uint64_t seed) {
  RandomDay day(seed);
  const std::vector<Step> steps = steps_of(day);
  std::vector<std::size_t> cuts;
  for (std::int64_t n = day.uniform(1, 4); n > 0; --n)
    cuts.push_back(day.count(0, static_cast<std::int64_t>(steps.size())));
  World uncut;
  World cut;
  for (std::size_t i = 0; i <= steps.size(); ++i) {
    for (auto left = std::ranges::count(cuts, i); left > 0; --left) {
      const std::string bytes = cut.saved();
      ASSERT_NO_FATAL_FAILURE(cut.become(bytes)) << "cut before step " << i;
      ASSERT_EQ(cut.saved(), bytes) << "cut before step " << i;
    }
    if (i == steps.size()) break;
    uncut.take(steps[i]);
    cut.take(steps[i]);
  }
  cut.expect_same_as(uncut);
  uncut.finish();
  cut.finish();
  cut.expect_same_as(uncut);
}

TEST_P(SnapshotOfAnyDay, GoesOnAsIfNothingHadHappened) {
  const std::uint64_t only = test::number_from("CROWDFLOW_RANDOM_SEED", 0);
  const std::uint64_t first = only != 0 ? only : GetParam();
  const std::uint64_t days = only != 0 ? 1 : test::number_from("CROWDFLOW_RANDOM_DAYS", kDays);
  for (std::uint64_t seed = first; seed < first + days && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    try_day(seed);
  }
}

INSTANTIATE_TEST_SUITE_P(FromSeed, SnapshotOfAnyDay,
                         ::testing::Range(std::uint64_t{1}, std::uint64_t{8'000'001}, 1'000'000));

}  // namespace
}  // namespace crowdflow::testing
