#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <crowdflow/check.h>
#include <crowdflow/shard.h>

#include "unit/engine/stage.h"

// The core: bytes become a small venue's readings, ticks and new versions of its file. Whatever
// they are, the accounting balances, nothing is below zero, time does not go back, and alarms rise
// and fall in turn.

namespace crowdflow::testing {
namespace {

// Of venue time, in one input: a second takes microseconds, and a byte may ask for hours.
constexpr std::int64_t kMostSeconds = 5'000;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint64_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }
  // Mostly small, now and then of any size.
  std::uint64_t number() {
    const std::uint64_t first = byte();
    if (first < 0xF0) return first % 16;
    std::uint64_t value = 0;
    for (std::uint64_t n = (first & 7) + 1; n > 0; --n)
      value = value << 8 | byte();
    return value;
  }

 private:
  std::span<const std::uint8_t> rest_;
};

std::shared_ptr<const Venue> venue_of(std::uint64_t shape) {
  VenueBuilder builder;
  builder.zone("plaza", 40)
      .zone("hall", 10)
      .opening("gate", "", "plaza", 3.0)
      .opening("door", "plaza", "hall", 1.5)
      .register_of("turnstile", "gate")
      .counter("camera", "door")
      .access("scanner", "gate", 10s)
      .gauge("lidar", "hall")
      .motion("tracker", "hall")
      .starts((shape & 1) != 0 ? StartLevel::kUnknown : StartLevel::kEmpty)
      .revise_for((shape & 2) != 0 ? 5s : 60s)
      .lateness((shape & 4) != 0 ? 0s : 5s)
      .rule({.id = "dense", .zones = {0, 1}, .over = 0.5, .deadband = 0.1})
      .rule({.id = "full",
             .when = RuleKind::kOccupancy,
             .zones = {1},
             .over = 5,
             .on_delay = 1s,
             .window = kTenSeconds});
  if ((shape & 8) != 0) builder.windows({kTenSeconds, kMinute, kQuarter}).percentile(90);
  if ((shape & 16) != 0) builder.counter("slow", "gate", 15min).reversed();
  Venue venue = *builder.build();
  if ((shape & 32) != 0) venue.sensors[0].bits = 16;
  if ((shape & 64) != 0) venue.sensors[1].max_rate_per_minute = 120;
  venue.sensors[0].resets_at_midnight = (shape & 128) != 0;
  return std::make_shared<const Venue>(std::move(venue));
}

class Core {
 public:
  explicit Core(Bytes bytes) : bytes_(bytes) { put_venue(); }

  void run() {
    while (!bytes_.empty() && now_ < kMostSeconds * 1'000) {
      switch (bytes_.byte() % 16) {
        case 0:
          put_venue();
          break;
        case 1:
          shard_.forget_levels();
          break;
        case 2:
        case 3:
        case 4:
          tick();
          break;
        default:
          apply();
      }
      check_outputs();
      check_progress();
    }
    shard_.finish(out_);
    check_outputs();
    check_totals();
  }

 private:
  // The same places and sensors each time, so that what is known of them goes on.
  void put_venue() {
    const std::uint64_t shape = bytes_.byte();
    if (venue_ == nullptr) shape_ = shape;
    // What may change while the sensors stay.
    constexpr std::uint64_t kMayChange = 2 + 4 + 8;
    venue_ = venue_of((shape_ & ~kMayChange) | (shape & kMayChange));
    shard_.put_venue(venue_, out_);
  }

  void tick() {
    constexpr std::int64_t kSteps[] = {0, 250, 1'000, 1'000, 5'000, 61'000, 700'000, 4'000'000};
    const std::uint64_t how = bytes_.byte();
    now_ += kSteps[how % 8];
    shard_.tick({.now = WallTime{at(static_cast<double>(now_) / 1000).time_since_epoch()},
                 .proven = (how & 8) != 0},
                out_);
  }

  Statement statement() {
    switch (bytes_.byte() % 8) {
      case 0:
        return CountTotal{.entries = bytes_.number(), .exits = bytes_.number()};
      case 1:
        return Access{.admitted = bytes_.number(), .refused = bytes_.number()};
      case 2:
        return Occupancy{.people = bytes_.number(), .capped_at = bytes_.number()};
      case 3:
        return Motion{.mean_speed = static_cast<double>(bytes_.number())};
      case 4:
        return Anchor{.zone_id = one_of({"", "plaza", "hall", "moon"}), .people = bytes_.number()};
      case 5:
        return Heartbeat{};
      default:
        return CountDelta{.entries = bytes_.number(), .exits = bytes_.number()};
    }
  }
  std::string_view one_of(std::initializer_list<std::string_view> choices) {
    return *(choices.begin() + bytes_.byte() % choices.size());
  }

  void apply() {
    std::vector<Reading> readings(bytes_.byte() % 4 + 1);
    for (Reading& reading : readings) {
      reading.venue_id = bytes_.byte() == 1 ? "elsewhere" : "hall";
      reading.sensor_id =
          one_of({"turnstile", "camera", "camera", "scanner", "lidar", "tracker", "slow", ""});
      // In quarters of a second, mostly just before the present.
      const auto back = static_cast<std::int64_t>(bytes_.number()) % 1'000'000 - 4;
      reading.event_time = at(static_cast<double>(now_) / 1000) - back * 250ms;
      reading.interval = Span{static_cast<std::int64_t>(bytes_.number() % (1ULL << 40)) * 250'000};
      reading.sequence = bytes_.number();
      reading.boot_id = bytes_.number();
      reading.statement = statement();
    }
    std::vector<Outcome> outcomes(readings.size(), Outcome::kMalformed);
    shard_.apply(readings, outcomes, out_);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      const Outcome outcome = outcomes[i];
      CROWDFLOW_CHECK(outcome != Outcome::kMalformed && outcome != Outcome::kForwarded,
                      "each reading has an outcome of the core");
      const bool taken = outcome == Outcome::kApplied || outcome == Outcome::kLateApplied ||
                         outcome == Outcome::kRevised;
      CROWDFLOW_CHECK(!taken || readings[i].venue_id == "hall", "who is not here says nothing");
      if (taken && !readings[i].sensor_id.empty()) ++taken_;
    }
  }

  void check_state(const ZoneState& state) const {
    const auto sane = [](double value) { return std::isfinite(value) && value >= 0; };
    CROWDFLOW_CHECK(state.zone < venue_->zones.size(), "a state's zone");
    CROWDFLOW_CHECK(state.window_start < state.window_end, "a window has a length");
    CROWDFLOW_CHECK(state.occupancy >= 0, "people");
    CROWDFLOW_CHECK(sane(state.density_at_end) && sane(state.density_mean), "density");
    CROWDFLOW_CHECK(state.density_maximum >= state.density_mean * 0.999'999, "maximum and mean");
    CROWDFLOW_CHECK(state.density_maximum >= state.density_percentile.value_or(0), "percentile");
    CROWDFLOW_CHECK(sane(state.inflow) && sane(state.outflow), "nobody flows backwards");
    CROWDFLOW_CHECK(std::size_t{state.first_flow} + state.flow_count <= out_.flows.size(), "flows");
  }

  void check_outputs() {
    std::size_t next = 0;
    for (const Outputs::Second& second : out_.seconds) {
      CROWDFLOW_CHECK(second.first == next && second.count > 0, "each state is of one second");
      CROWDFLOW_CHECK(second.venue_time >= said_, "seconds do not go back");
      next += second.count;
      said_ = second.venue_time;
    }
    CROWDFLOW_CHECK(next == out_.states.size(), "each state is of one second");
    for (const ZoneState& state : out_.states)
      check_state(state);
    for (const OpeningFlow& flow : out_.flows)
      CROWDFLOW_CHECK(flow.people_per_metre_per_minute >= 0, "nobody flows backwards");
    for (const Outputs::VenueAlert& said : out_.alerts) {
      const Alert& alert = said.alert;
      auto& [occurrence, active] = alarms_[{alert.rule, alert.zone}];
      CROWDFLOW_CHECK(alert.condition_active != active, "alarms rise and fall in turn");
      active = alert.condition_active;
      if (active) ++occurrence;
      CROWDFLOW_CHECK(alert.occurrence == occurrence, "occurrences count up");
    }
    out_.clear();
  }

  void check_progress() {
    const VenueProgress progress = shard_.progress().at(0);
    if (!progress.started) return;
    CROWDFLOW_CHECK(progress.venue_time >= time_, "venue time does not go back");
    CROWDFLOW_CHECK(progress.venue_time >= progress.frontier, "nor is it behind what was taken");
    time_ = progress.venue_time;
  }

  void check_totals() {
    std::uint64_t readings = 0;
    for (const SensorTotals& sensor : shard_.sensor_totals("hall")) {
      readings += sensor.readings;
      CROWDFLOW_CHECK(sensor.entries >= 0 && sensor.exits >= 0, "people are counted up");
      for (std::size_t i = 0; i < kOddityCount; ++i) {
        const bool of_numbers = i == static_cast<std::size_t>(Oddity::kSequenceGap);
        CROWDFLOW_CHECK(of_numbers || sensor.oddities[i] <= 2 * sensor.readings,
                        "an oddity is a reading's");
      }
    }
    CROWDFLOW_CHECK(readings == taken_, "the accounting balances");
  }

  Bytes bytes_;
  std::uint64_t shape_ = 0;
  std::shared_ptr<const Venue> venue_;
  Shard shard_;
  Outputs out_;
  std::int64_t now_ = 0;  // milliseconds
  std::uint64_t taken_ = 0;
  EventTime said_ = EventTime::min();
  EventTime time_ = EventTime::min();
  std::map<std::pair<std::uint32_t, ZoneIndex>, std::pair<std::uint64_t, bool>> alarms_;
};

}  // namespace
}  // namespace crowdflow::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  crowdflow::testing::Core(crowdflow::testing::Bytes(data, std::min<std::size_t>(size, 4096)))
      .run();
  return 0;
}
