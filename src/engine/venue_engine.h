#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

#include "engine/alarms.h"
#include "engine/index_by_id.h"
#include "engine/sensor_memory.h"
#include "engine/silences.h"
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
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::max();

  // What a zone said last and what it has to say, in seconds of venue time.
  struct News {
    std::int64_t settled = 0;  // up to here the rules' windows were judged
    std::int64_t closed = 0;   // windows that end here or before were said to be final
    std::int64_t said_until = 0;
    std::int64_t changed_in = 0;
    std::int64_t revise_from = kNothing;  // windows that end after this and had closed have changed
    Quality last_quality = Quality::kUnknown;
    QualityReasons last_reasons = 0;
    // Corrections of the level by late readings, which limits wait out.
    std::int64_t correcting_since = kNothing;
    std::int64_t corrected_at = kNothing;
  };
  // How often a window was said to be final: revision = times said - 1.
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
    std::int64_t longest_every_s = 1;
    bool has_gauge_sensor = false;
    bool has_unmeasured_opening = false;
    News news;
    std::vector<std::vector<SaidFinal>> said;  // by window spec, then by place in time

    [[nodiscard]] SaidFinal& said_of(std::size_t spec, const WindowSpec& window, std::int64_t end);
  };
  struct SensorWork {
    SensorMemory memory;
    std::array<ZoneIndex, 2> zones{kOutside, kOutside};  // that it feeds; kOutside: none
    std::int64_t longest_every_s = 1;                    // of these zones' sensors
    Span reach{0};                                       // how late a reading may come
    std::int64_t waited_for_since = 0;                   // a second of venue time
    Silences heard;                                      // of anything
    Silences flow;                                       // of people who crossed
    bool clock_skewed = false;
    SensorTotals totals;
  };

  // Building.
  void measure_sensors();
  void make_zones();
  void make_openings();
  [[nodiscard]] std::vector<std::int64_t> tumbling_sizes() const;
  [[nodiscard]] std::int64_t longest_sliding_s() const;
  [[nodiscard]] std::int64_t ring_seconds(std::int64_t longest_every_s) const;
  [[nodiscard]] bool same_place(const VenueEngine& old, SensorIndex theirs, SensorIndex ours) const;
  void adopt_zone(ZoneIndex zone, const VenueEngine& old, ZoneIndex former);

  // Taking a reading: what it says, checked; then its place among what is known; then its effect.
  struct Candidate {
    SensorIndex sensor = 0;
    Taken taken;
  };
  [[nodiscard]] std::optional<Outcome> check(const Reading& reading, WallTime now,
                                             Candidate& candidate) const;
  [[nodiscard]] std::optional<Outcome> check_statement(const Reading& reading,
                                                       Candidate& candidate) const;
  [[nodiscard]] std::optional<Outcome> check_anchor(const Anchor& anchor,
                                                    Candidate& candidate) const;
  [[nodiscard]] bool within_rate(const Sensor& sensor, Span interval, std::uint64_t people) const;
  [[nodiscard]] Outcome place(SensorWork& sensor, const Taken& taken, Taken*& known) const;
  void hear(SensorWork& sensor, const Taken& taken);
  void put(SensorIndex sensor, const Taken& taken, int sign);
  void put_flow(const Sensor& sensor, OpeningIndex opening, const Taken& taken, int sign);
  void put_gauge(ZoneIndex zone, EventTime at);
  [[nodiscard]] std::int64_t flow_between(ZoneIndex zone, EventTime from, EventTime until) const;
  void count(SensorIndex sensor, const Taken& taken, int sign);
  void touched(ZoneIndex zone, std::int64_t from);
  // Windows that end after `second` are not as they were said when they closed.
  void reopen(ZoneIndex zone, std::int64_t second);
  [[nodiscard]] bool feeds(SensorIndex sensor, ZoneIndex zone) const;
  void judge_present_of(SensorIndex sensor, const Taken& taken, Outputs& out);
  [[nodiscard]] Crossing crossing_of(const Sensor& sensor, const Taken& taken) const;
  [[nodiscard]] static Crossing seen_from(ZoneIndex zone, const Opening& opening,
                                          const Crossing& through);

  // Time.
  void start(EventTime first);
  void start_second(std::int64_t second);
  // Time began at `second` or before.
  void reach_back_to(std::int64_t second);
  // Begins each second up to that of `t`, and lets all but the last speak. True when a second is
  // left to speak().
  [[nodiscard]] bool move_to(EventTime t, Outputs& out);
  void speak(Outputs& out);
  void settle(ZoneIndex zone, std::int64_t until, Outputs& out);
  void judge_present(ZoneIndex zone, Outputs& out);
  void say_finals(ZoneIndex zone, std::size_t spec, std::int64_t closed, Outputs& out);
  void say_live(ZoneIndex zone, std::int64_t known_until, Outputs& out) const;
  void open_second(Outputs& out) const;
  void close_second(Outputs& out) const;
  // Windows of the zone that end here or before are closed.
  [[nodiscard]] std::int64_t closed(const ZoneWork& work) const;
  [[nodiscard]] std::int64_t settled_until(const ZoneWork& work) const;
  // The end of the last second that has at least begun.
  [[nodiscard]] std::int64_t begun() const;

  // Words.
  struct Measured {
    std::int64_t until = 0;  // the window's end, or the end of what is known of it
    WindowTotals totals;
    std::int64_t level = 0;
    Quality quality = Quality::kUnknown;
    QualityReasons reasons = 0;

    [[nodiscard]] double mean_people() const;
  };
  [[nodiscard]] Measured measure(ZoneIndex zone, const WindowSpec& window, std::int64_t end,
                                 std::int64_t known_until) const;
  [[nodiscard]] ZoneState state_of(ZoneIndex zone, const WindowSpec& window, std::int64_t end,
                                   std::int64_t known_until, Outputs& out) const;
  [[nodiscard]] Quality quality_at(const ZoneWork& work, std::int64_t end, std::int64_t level,
                                   QualityReasons& reasons) const;

  std::shared_ptr<const Venue> venue_;
  std::shared_ptr<const Venue> former_venue_;  // outputs of adopt() may point to it
  IndexById sensor_by_id_;
  IndexById zone_by_id_;
  std::int64_t lateness_s_;
  std::int64_t revise_s_;
  std::int64_t leap_s_ = 0;  // silence in the data longer than this is leapt over
  bool levels_forgotten_;

  std::vector<ZoneWork> zones_;
  std::vector<ZoneSlices> openings_;  // entered: from -> to
  std::vector<SensorWork> sensors_;   // the venue's, and last the one that anchors without a sensor
  Alarms alarms_;

  WallTime now_{};
  bool started_ = false;
  std::int64_t head_ = 0;        // the second that venue time is in
  std::int64_t first_ = 0;       // the second that it started in, or leapt to
  std::int64_t told_until_ = 0;  // something was said about the second before
  EventTime frontier_{};
  EventTime venue_time_{};
  EventTime venue_time_at_tick_{};
};

}  // namespace crowdflow
