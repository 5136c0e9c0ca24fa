#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

#include "engine/alarms.h"
#include "engine/sensor_memory.h"
#include "engine/zone_slices.h"

namespace crowdflow {

// One venue's state and time. Part of a Shard, which see for the rules of the house.
//
// Time moves in seconds: whatever moves it (a reading, a proven tick) lets each new second begin in
// all zones, and then speak: judge windows, close them, revise them, say the live states.
class VenueEngine {
 public:
  VenueEngine(std::shared_ptr<const Venue> venue, bool levels_forgotten);

  [[nodiscard]] const Venue& venue() const { return *venue_; }

  [[nodiscard]] Outcome apply(const Reading& reading, WallTime now, Outputs& out);
  // `step`: how far a proven tick after a proven one moves venue time; 0 for any other tick.
  void tick(WallTime now, Span step, Outputs& out);
  void finish(Outputs& out);
  void forget_levels();
  // Takes over what another version of this venue knows about zones, openings, sensors and alarms
  // that keep their id.
  void adopt(const VenueEngine& old, Outputs& out);

  [[nodiscard]] VenueProgress progress() const;
  [[nodiscard]] std::vector<SensorTotals> sensor_totals() const;
  void present(Outputs& out) const;

 private:
  // How often windows of one spec were said to be final: revision = times said - 1.
  struct SaidFinal {
    std::int64_t end = 0;
    std::uint32_t times = 0;
  };
  struct ZoneWork {
    ZoneSlices slices;
    // The sensors that feed it: at its openings, and in it.
    std::vector<SensorIndex> sensors;
    // Its openings that are measured and have a width.
    std::vector<OpeningIndex> openings;
    std::int64_t longest_every_s = 0;
    bool has_gauge_sensor = false;
    bool has_unmeasured_opening = false;
    // What it said last, and what it has to say.
    std::int64_t settled = 0;
    std::int64_t said_until = 0;
    std::int64_t changed_in = 0;
    std::int64_t revise_from = kNothing;
    Quality last_quality = Quality::kUnknown;
    QualityReasons last_reasons = 0;
    // Corrections of the level by late readings, which limits wait out; seconds of venue time.
    std::int64_t correcting_since = kNothing;
    std::int64_t corrected_at = kNothing;
    std::vector<std::vector<SaidFinal>> said;  // by window spec, then by place in time
  };
  struct SensorWork {
    SensorMemory memory;
    // The longest `every` among its zones and itself, and how late a reading may come, in seconds.
    std::int64_t longest_every_s = 0;
    Span reach{0};
    std::int64_t silent_after_s = 0;
    bool heard = false;
    EventTime last_heard{};
    bool flowed = false;
    EventTime last_flow{};
    bool clock_skewed = false;
    SensorTotals totals;

    void adopt(const SensorWork& old);
  };
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::max();

  // Building.
  void measure_sensors();
  void make_zones(bool levels_forgotten);
  void make_openings();
  [[nodiscard]] std::vector<std::int64_t> tumbling_sizes() const;
  [[nodiscard]] std::int64_t ring_seconds(std::int64_t longest_every_s) const;
  [[nodiscard]] bool same_place(const VenueEngine& old, SensorIndex theirs, SensorIndex ours) const;

  // Taking a reading: what it says, checked; then its place among what is known; then its effect.
  struct Candidate {
    SensorIndex sensor = 0;
    Taken taken;
  };
  [[nodiscard]] std::optional<Outcome> check(const Reading& reading, WallTime now,
                                             Candidate& candidate) const;
  [[nodiscard]] std::optional<Outcome> check_statement(const Reading& reading,
                                                       Candidate& candidate) const;
  [[nodiscard]] bool within_rate(const Sensor& sensor, Span interval, std::uint64_t people) const;
  [[nodiscard]] Outcome place(SensorWork& sensor, const Candidate& candidate, Taken*& known) const;
  void put(SensorIndex sensor, const Taken& taken, int sign);
  void put_flow(const Sensor& sensor, OpeningIndex opening, const Taken& taken, int sign);
  void put_gauge(ZoneIndex zone, EventTime at);
  void correct_levels(const Sensor& sensor, const Taken& taken);
  void touched(ZoneIndex zone, EventTime from);
  [[nodiscard]] bool feeds(SensorIndex sensor, ZoneIndex zone) const;
  void judge_present_of(SensorIndex sensor, const Taken& taken, Outputs& out);
  void count(SensorIndex sensor, const Taken& taken, int sign);
  [[nodiscard]] Crossing crossing_of(const Sensor& sensor, const Taken& taken) const;
  [[nodiscard]] static Crossing seen_from(ZoneIndex zone, const Opening& opening,
                                          const Crossing& through);

  // Time.
  void start(EventTime first);
  // Begins each second up to that of `t`, and lets all but the last speak. True when a second is
  // left to speak().
  [[nodiscard]] bool move_to(EventTime t, Outputs& out);
  void leap_to(std::int64_t second, Outputs& out);
  void speak(Outputs& out);
  void settle(ZoneIndex zone, std::int64_t until, Outputs& out);
  void judge_present(ZoneIndex zone, EventTime at, Outputs& out);
  void say_finals(ZoneIndex zone, std::int64_t closed_before, std::int64_t closed_now,
                  std::size_t spec, Outputs& out);
  void say_live(ZoneIndex zone, Outputs& out) const;
  void open_second(Outputs& out) const;
  void close_second(Outputs& out) const;

  // Words.
  [[nodiscard]] ZoneState state_of(ZoneIndex zone, const WindowSpec& spec, std::int64_t end,
                                   std::int64_t known_until, Outputs& out) const;
  [[nodiscard]] Quality quality_at(ZoneIndex zone, std::int64_t end, std::int64_t level,
                                   QualityReasons& reasons) const;
  [[nodiscard]] std::int64_t settled_until(ZoneIndex zone) const;
  [[nodiscard]] bool silent(const SensorWork& sensor, std::int64_t second) const;
  // The end of the last second that has at least begun.
  [[nodiscard]] std::int64_t begun() const;

  std::shared_ptr<const Venue> venue_;
  std::shared_ptr<const Venue> former_venue_;  // outputs of adopt() may point to it
  std::unordered_map<std::string_view, SensorIndex> sensor_by_id_;
  std::int64_t lateness_s_;
  bool levels_forgotten_;

  std::vector<ZoneWork> zones_;
  std::vector<ZoneSlices> openings_;  // entered: from -> to
  std::vector<SensorWork> sensors_;   // the venue's, and last the one that anchors without a sensor
  Alarms alarms_;

  WallTime now_{};
  bool started_ = false;
  std::int64_t head_ = 0;   // the second that venue time is in
  std::int64_t first_ = 0;  // the second that it started in, or leapt to
  EventTime frontier_{};
  EventTime venue_time_{};
  EventTime venue_time_at_tick_{};
};

}  // namespace crowdflow
