#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crowdflow/shard.h>

#include "venue_builder.h"

namespace crowdflow::testing {

// Times in tests are seconds since this: a full quarter of an hour.
inline constexpr std::int64_t kZero = 1'700'000'100;
static_assert(kZero % 900 == 0);

inline EventTime at(double seconds) {
  return EventTime{Span{kZero * 1'000'000 + std::llround(seconds * 1e6)}};
}
inline double since_zero(EventTime t) {
  return static_cast<double>(t.time_since_epoch().count() - kZero * 1'000'000) / 1e6;
}
inline WallTime wall(double seconds) { return WallTime{at(seconds).time_since_epoch()}; }

// A final state in the words of a test.
struct Final {
  std::string zone;
  double end = 0;
  std::uint32_t revision = 0;
  std::int64_t occupancy = 0;
  double inflow = 0;
  double outflow = 0;
  friend bool operator==(const Final&, const Final&) = default;
};
inline void PrintTo(const Final& f, std::ostream* out) {
  *out << f.zone << " until " << f.end << " rev " << f.revision << ": " << f.occupancy
       << " people, in " << f.inflow << "/min, out " << f.outflow << "/min";
}

// One shard with one venue, driven by a test. The clock stands a day ahead of the data until the
// test sets it, so that nothing is from the future.
class Stage {
 public:
  explicit Stage(const VenueBuilder& builder) : Stage(builder.build()) {}
  explicit Stage(std::shared_ptr<const Venue> venue) : venue_(std::move(venue)) {
    shard.put_venue(venue_, out);
  }

  // The clock, without moving venue time.
  void clock(double now) { tick(now, false); }
  void tick(double now, bool proven = true) {
    clock_set_ = true;
    shard.tick({.now = wall(now), .proven = proven}, out);
  }
  // A proven tick each second from `from` to `until`.
  void ticks(int from, int until) {
    for (int now = from; now <= until; ++now)
      tick(now);
  }

  Outcome say(std::string_view sensor, double time, Statement statement, Span interval = Span{0},
              std::uint64_t sequence = 0, std::uint64_t boot_id = 0) {
    return say({.venue_id = venue_->id,
                .sensor_id = sensor,
                .sequence = sequence,
                .boot_id = boot_id,
                .event_time = at(time),
                .interval = interval,
                .statement = statement});
  }
  Outcome say(const Reading& reading) {
    if (!clock_set_) clock(86'400);
    const Outcome outcome = shard.apply(reading, out);
    ++accounting.consumed;
    accounting.count(outcome);
    return outcome;
  }
  // During the second that ended at `time`.
  Outcome crossed(std::string_view sensor, double time, std::uint64_t entries,
                  std::uint64_t exits = 0, Span interval = 1s) {
    return say(sensor, time, CountDelta{.entries = entries, .exits = exits}, interval);
  }
  // A register shows these.
  Outcome total(std::string_view sensor, double time, std::uint64_t entries,
                std::uint64_t exits = 0, std::uint64_t boot_id = 0) {
    return say(sensor, time, CountTotal{.entries = entries, .exits = exits}, Span{0}, 0, boot_id);
  }
  Outcome present(std::string_view sensor, double time, std::uint64_t people) {
    return say(sensor, time, Occupancy{.people = people});
  }
  Outcome anchor(std::string_view zone, double time, std::uint64_t people) {
    return say("", time, Anchor{.zone_id = zone, .people = people});
  }
  Outcome alive(std::string_view sensor, double time) { return say(sensor, time, Heartbeat{}); }
  // Nobody crosses in the seconds that end at first ... last.
  void quiet(std::string_view sensor, int first, int last) {
    for (int second = first; second <= last; ++second)
      crossed(sensor, second, 0);
  }
  void put(const VenueBuilder& builder) {
    venue_ = builder.build();
    shard.put_venue(venue_, out);
  }
  void finish() { shard.finish(out); }

  // The present state of a zone.
  [[nodiscard]] ZoneState now(std::string_view zone) const {
    Outputs present;
    shard.present(venue_->id, present);
    for (const ZoneState& state : present.states) {
      if (venue_->zones[state.zone].id == zone) return state;
    }
    return {};
  }
  [[nodiscard]] double venue_time() const { return since_zero(shard.progress()[0].venue_time); }

  // What was said, in order.
  [[nodiscard]] std::vector<ZoneState> states(bool final, std::string_view zone,
                                              const WindowSpec& window) const {
    std::vector<ZoneState> found;
    for (const ZoneState& state : out.states) {
      if (state.final == final && venue_->zones[state.zone].id == zone &&
          state.window_end - state.window_start == std::chrono::seconds{window.size_s}) {
        found.push_back(state);
      }
    }
    return found;
  }
  [[nodiscard]] std::vector<ZoneState> finals(std::string_view zone,
                                              const WindowSpec& window = kTenSeconds) const {
    return states(true, zone, window);
  }
  [[nodiscard]] std::vector<ZoneState> lives(std::string_view zone,
                                             const WindowSpec& window = kTenSeconds) const {
    return states(false, zone, window);
  }
  // The last final of the window that ends there; nothing when none was said.
  [[nodiscard]] std::optional<ZoneState> final(std::string_view zone, double end,
                                               const WindowSpec& window = kTenSeconds) const {
    std::optional<ZoneState> last;
    for (const ZoneState& state : finals(zone, window)) {
      if (since_zero(state.window_end) == end) last = state;
    }
    return last;
  }
  [[nodiscard]] std::vector<double> ends(const std::vector<ZoneState>& states) const {
    std::vector<double> ends;
    for (const ZoneState& state : states)
      ends.push_back(since_zero(state.window_end));
    return ends;
  }
  [[nodiscard]] std::vector<Final> in_words(const std::vector<ZoneState>& states) const {
    std::vector<Final> words;
    for (const ZoneState& state : states) {
      words.push_back({venue_->zones[state.zone].id, since_zero(state.window_end), state.revision,
                       state.occupancy, state.inflow, state.outflow});
    }
    return words;
  }
  [[nodiscard]] const std::vector<Outputs::VenueAlert>& alerts() const { return out.alerts; }
  [[nodiscard]] const Venue& venue() const { return *venue_; }

  Shard shard;
  Outputs out;
  Accounting accounting;

 private:
  std::shared_ptr<const Venue> venue_;
  bool clock_set_ = false;
};

inline std::vector<double> seconds_from_to(int first, int last) {
  std::vector<double> seconds;
  for (int second = first; second <= last; ++second)
    seconds.push_back(second);
  return seconds;
}

// How often the venue's n-th sensor did something odd.
inline std::uint32_t times(const Stage& stage, Oddity oddity, std::size_t sensor = 0) {
  return stage.shard.sensor_totals(stage.venue().id)[sensor]
      .oddities[static_cast<std::size_t>(oddity)];
}

inline bool has(const ZoneState& state, QualityReason reason) {
  return (state.quality_reasons & bit(reason)) != 0;
}

}  // namespace crowdflow::testing
