#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <crowdflow/memory_need.h>
#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

#include "engine/alarms.h"
#include "engine/id_index.h"
#include "engine/opening_slices.h"
#include "engine/reading_memory.h"
#include "engine/register_step.h"
#include "engine/silences.h"
#include "engine/venue_plan.h"
#include "engine/zone_slices.h"

namespace crowdflow {

// One venue's state and time. Part of a Shard, which see for the rules of the house.
//
// Time moves in seconds: whatever moves it (a reading, a proven tick) lets each new second begin in
// all zones, and then speak: judge windows, close them, revise them, say the live states.
//
// Memory: all that it needs is taken when it is made, but for what comes with a first anchor or
// flood (memory_need() computes it). Whatever readings touch here and there, and is large, comes
// from std::pmr::get_default_resource().
class VenueEngine {
 public:
  VenueEngine(std::shared_ptr<const Venue> venue, bool levels_forgotten);

  [[nodiscard]] const Venue& venue() const { return *venue_; }

  void apply(std::span<const Reading> readings, std::span<Outcome> outcomes, WallTime now,
             Outputs& out);
  // `step`: how far a proven tick after a proven one moves venue time; 0 for any other tick.
  void tick(WallTime now, Span step, Outputs& out);
  void finish(Outputs& out);
  void forget_levels();
  // Takes over what another version of this venue knows about zones, openings, sensors and alarms
  // that keep their id.
  void adopt(const VenueEngine& old, Outputs& out);

  // All that can change a later answer, as bytes; shard_snapshot.cc has the format.
  void save(SnapshotWriter& to) const;
  // This one is new, of the same version of the file. After a failure it is of no use.
  void load(SnapshotReader& from);
  // About as many bytes as save() writes, or more.
  [[nodiscard]] std::size_t snapshot_bytes() const;

  [[nodiscard]] VenueProgress progress() const;
  [[nodiscard]] std::vector<SensorTotals> sensor_totals() const;
  void present(Outputs& out) const;

  // Bytes that an engine for this plan takes.
  [[nodiscard]] static MemoryNeed need(const Venue& venue, const VenuePlan& plan);

 private:
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::max();

  // What a zone said last and what it has to say, in seconds of venue time.
  struct News {
    std::int64_t settled = 0;  // up to here the rules' windows were judged
    std::int64_t closed = 0;   // windows that end here or before were said to be final
    std::int64_t said_until = 0;
    std::int64_t changed_in = 0;
    std::int64_t revise_from = kNothing;  // windows that end after this and had closed have changed
    // Corrections of the level by late readings, which limits wait out.
    std::int64_t correcting_since = kNothing;
    std::int64_t corrected_at = kNothing;
    Quality last_quality = Quality::kUnknown;
    QualityReasons last_reasons = 0;
  };
  // Zones that are kept for the same time.
  struct ZoneGroup {
    ZoneSlices slices;
    // How often each window was said to be final (revision = times - 1), by zone, by window spec
    // from `first` on, by place in time.
    struct Finals {
      std::uint32_t first = 0;
      std::uint32_t count = 0;
    };
    std::vector<Finals> finals;
    std::uint32_t finals_of_zone = 0;
    std::vector<std::uint16_t> times_said;
  };
  // One zone or opening among its group.
  struct Place {
    std::uint32_t group = 0;
    std::uint32_t column = 0;
  };
  // All that a plain reading needs of its sensor, in two cache lines; what is said each second
  // needs the second of them.
  struct alignas(64) SensorWork {
    ReadingMemory memory;
    std::array<ZoneIndex, 2> feeds{kOutside, kOutside};  // of one that counts flow: from and to
    Place opening_place;                                 // of a sensor that counts flow

    Silences anything;
    Silences flow;                // of people who crossed
    std::uint32_t allowed_s = 0;  // without a word that are no silence
    CountKind counts : 4 = CountKind::kDelta;
    Direction entries : 2 = Direction::kForward;
    Direction exits : 2 = Direction::kBackward;
    bool flows : 1 = false;
    bool has_rates : 1 = false;
    bool counts_plainly : 1 = false;  // counts, and nothing has to be looked up for it
    bool feeds_gauged : 1 = false;    // a zone that has gauges
    bool feeds_watched : 1 = false;   // a zone whose present level a rule watches
    bool clock_ahead : 1 = false;     // its latest reading was stamped ahead of the clock
    std::uint64_t readings = 0;       // totals, as in SensorTotals
    std::int64_t entered = 0;
    std::int64_t left = 0;
  };
  static_assert(sizeof(SensorWork) == 128);
  // Which of a sensor's two Silences.
  enum Track : std::uint8_t { kAnything, kFlow };
  struct SensorRest {
    std::int64_t waited_for_since = 0;  // a second of venue time
    OpeningIndex opening = 0;           // of a sensor that counts flow
    std::uint32_t longest_every_s = 1;  // of the zones that it feeds
    OddityCounts oddities{};
  };

  // Building.
  [[nodiscard]] static std::vector<ZoneGroup> zone_groups(const Venue& venue, const VenuePlan& plan,
                                                          bool known);
  void make_sensors();

  // Taking a reading: what it says, checked; then its place among what is known; then its effect.

  // The sensor of each reading, or IdIndex::kNone.
  void find(std::span<const Reading> readings, std::span<std::uint32_t> sensors);
  // Does what apply_to() does, for a count as most are: the next of its sensor, of the present
  // second, that no gauge, window, rule or late reading has to do with. False: it is another.
  [[nodiscard]] bool apply_plain(SensorIndex index, const Reading& reading);
  [[nodiscard]] Outcome apply_to(SensorIndex index, const Reading& reading, Outputs& out);
  [[nodiscard]] std::optional<Outcome> check(SensorIndex sensor, const Reading& reading,
                                             Taken& taken) const;
  [[nodiscard]] bool read_statement(SensorIndex sensor, const Reading& reading, Taken& taken) const;
  [[nodiscard]] bool read_people(SensorIndex sensor, const Reading& reading, Taken& taken) const;
  [[nodiscard]] std::optional<Outcome> read_anchor(SensorIndex sensor, const Anchor& anchor,
                                                   Taken& taken) const;
  [[nodiscard]] bool within_rate(const Sensor& sensor, Span interval, std::uint64_t people) const;
  [[nodiscard]] Outcome place(SensorIndex sensor, const Taken& taken,
                              std::optional<ReadingMemory::Known>& known) const;
  void hear(SensorIndex sensor, const Taken& taken);
  void note_oddities(SensorIndex sensor, const Taken& taken, int sign);
  void note_numbering(SensorIndex sensor, const ReadingMemory::Added& added);
  // Fetches the sensor's own lines into the cache, and what these point to.
  void prefetch(SensorIndex sensor) const;
  void prefetch_places(SensorIndex sensor) const;

  // Its effect on levels.
  void put(SensorIndex sensor, const Taken& taken);
  // `known` said `taken` instead.
  void take_back(SensorIndex sensor, const ReadingMemory::Known& known, const Taken& taken);
  void put_flow(SensorIndex sensor, const Crossing& crossing, int sign);
  void put_short_flow(const SensorWork& sensor, const ShortSpread& spread);
  void put_register(SensorIndex sensor, const Taken& taken, int sign);
  void put_step(SensorIndex sensor, const RegisterValue& before, const RegisterValue& after,
                int sign);
  void put_gauge(ZoneIndex zone, EventTime at);
  void put_gauge_of_second(ZoneIndex zone, std::int64_t second, std::int64_t share);
  // The count of the whole venue that holds for a second, if people were counted.
  [[nodiscard]] std::optional<Taken> venue_count_of(std::int64_t second) const;
  void apportion(std::int64_t second);
  void apportion_again();
  // Where the zone's part of that second's count of the whole venue holds, it is so many `people`.
  void set_share(ZoneIndex zone, std::int64_t second, std::int64_t people);
  // A zone's part of the people in the whole venue.
  struct Share {
    std::int64_t weight = 0;
    std::int64_t people = 0;
    std::int64_t remainder = 0;
  };
  [[nodiscard]] const std::vector<Share>& shares(std::int64_t second, std::int64_t people);
  [[nodiscard]] std::int64_t flow_between(ZoneIndex zone, EventTime from, EventTime until) const;
  [[nodiscard]] std::int64_t register_flow_between(SensorIndex sensor, ZoneIndex zone,
                                                   EventTime from, EventTime until) const;
  [[nodiscard]] Crossing crossing_of(const SensorWork& sensor, const Taken& taken) const;
  [[nodiscard]] Crossing crossing_of(const SensorWork& sensor, const RegisterStep& step,
                                     EventTime end) const;
  [[nodiscard]] static Crossing seen_from(ZoneIndex zone, const Opening& opening,
                                          const Crossing& through);
  void levels_changed(ZoneIndex zone, std::int64_t from);
  void touched(ZoneIndex zone, std::int64_t from);
  // Windows that end after `second` are not as they were said when they closed.
  void reopen(ZoneIndex zone, std::int64_t second);
  [[nodiscard]] bool feeds(SensorIndex sensor, ZoneIndex zone) const;
  void judge_present_of(SensorIndex sensor, const Taken& taken, Outputs& out);

  // What one look at the sensors of a zone tells of all of them: at the start of each second in
  // (from, until] every one had been heard, and none was silent.
  struct Heard {
    EventTime from = EventTime::max();
    EventTime until{};
    EventTime first_to_end{};  // the earliest of the times that each spoke of last
    bool skewed = false;       // the latest reading of one was stamped ahead of the clock

    [[nodiscard]] bool all_at(EventTime second_start) const {
      return from < second_start && second_start <= until;
    }
  };

  // Time.
  void start(EventTime first);
  void start_second(std::int64_t second);
  // Time began at `second` or before.
  void reach_back_to(std::int64_t second);
  // Begins each second up to that of `t`, and lets all but the last speak. True when a second is
  // left to speak().
  [[nodiscard]] bool move_to(EventTime t, Outputs& out);
  void begin_second();
  void speak(Outputs& out);
  void sum_up_openings();
  void settle(ZoneIndex zone, const Heard& heard, std::int64_t until, Outputs& out);
  void judge_present(ZoneIndex zone, const Heard& heard, Outputs& out);
  void say_finals(ZoneIndex zone, const Heard& heard, std::size_t spec, std::int64_t closed,
                  Outputs& out);
  void say_live(ZoneIndex zone, const Heard& heard, std::int64_t known_until, Outputs& out) const;
  void open_second(Outputs& out) const;
  void close_second(Outputs& out) const;
  // Windows of the zone that end here or before are closed.
  [[nodiscard]] std::int64_t closed(ZoneIndex zone) const;
  [[nodiscard]] std::int64_t settled_until(ZoneIndex zone, const Heard& heard) const;
  // The end of the last second that has at least begun.
  [[nodiscard]] std::int64_t begun() const;

  // Words.
  [[nodiscard]] Heard heard_in(ZoneIndex zone) const;
  struct Measured {
    std::int64_t until = 0;  // the window's end, or the end of what is known of it
    WindowTotals totals;
    std::int64_t level = 0;
    Quality quality = Quality::kUnknown;
    QualityReasons reasons = 0;

    [[nodiscard]] double mean_people() const;
  };
  [[nodiscard]] Measured measure(ZoneIndex zone, const Heard& heard, const WindowSpec& window,
                                 std::int64_t end, std::int64_t known_until) const;
  [[nodiscard]] ZoneState state_of(ZoneIndex zone, const Heard& heard, const WindowSpec& window,
                                   std::int64_t end, std::int64_t known_until, Outputs& out) const;
  [[nodiscard]] Quality quality_at(ZoneIndex zone, const Heard& heard, std::int64_t end,
                                   std::int64_t level, QualityReasons& reasons) const;
  [[nodiscard]] std::optional<ZoneState::Motion> motion_at(ZoneIndex zone, std::int64_t end) const;
  [[nodiscard]] double percentile_of(ZoneIndex zone, std::int64_t start, std::int64_t end) const;

  // What the two Silences of a sensor need beside themselves.
  [[nodiscard]] Silences::Kept* pauses_of(SensorIndex sensor, Track track) {
    return &pause_room_[Silences::kPauses * (std::size_t{2} * sensor + track)];
  }
  [[nodiscard]] const Silences::Kept* pauses_of(SensorIndex sensor, Track track) const {
    return &pause_room_[Silences::kPauses * (std::size_t{2} * sensor + track)];
  }
  // Whether it had said nothing for too long at the start of `second`.
  [[nodiscard]] bool silent_at(SensorIndex sensor, std::int64_t second) const {
    const SensorWork& work = sensors_[sensor];
    return work.anything.silent_at(second, rest_[sensor].waited_for_since, work.allowed_s,
                                   pauses_of(sensor, kAnything));
  }
  // The opening of a sensor that counts flow.
  [[nodiscard]] const Opening& opening_of(SensorIndex sensor) const {
    return venue_->openings[rest_[sensor].opening];
  }

  // Short for the zone's slices, and the column in them.
  [[nodiscard]] ZoneSlices& slices(ZoneIndex zone) {
    return zone_groups_[places_[zone].group].slices;
  }
  [[nodiscard]] const ZoneSlices& slices(ZoneIndex zone) const {
    return zone_groups_[places_[zone].group].slices;
  }
  [[nodiscard]] std::uint32_t column(ZoneIndex zone) const { return places_[zone].column; }
  [[nodiscard]] std::uint16_t& times_said(ZoneIndex zone, std::size_t spec, std::int64_t end);
  [[nodiscard]] SensorIndex anybody() const {
    return static_cast<SensorIndex>(venue_->sensors.size());
  }

  [[nodiscard]] Span every_of(SensorIndex sensor) const {
    return sensor == anybody() ? Span{std::chrono::seconds{1}} : venue_->sensors[sensor].every;
  }

  // Another version of the venue takes over.
  void adopt_sensor(SensorIndex sensor, const VenueEngine& old, SensorIndex former,
                    std::span<const ZoneIndex> zones);
  void adopt_zone(ZoneIndex zone, const VenueEngine& old, ZoneIndex former);
  [[nodiscard]] bool same_place(const VenueEngine& old, SensorIndex theirs, SensorIndex ours) const;

  // Its parts as bytes.
  void save_time(SnapshotWriter& to) const;
  void save_zones(SnapshotWriter& to) const;
  void save_sensors(SnapshotWriter& to) const;
  void load_time(SnapshotReader& from);
  void load_zones(SnapshotReader& from);
  void load_news(SnapshotReader& from, News& news) const;
  void load_openings(SnapshotReader& from);
  void load_sensors(SnapshotReader& from);
  void load_sensor(SnapshotReader& from, SensorIndex index);
  [[nodiscard]] ReadingMemory::Sane sane_readings_of(SensorIndex index) const;

  std::shared_ptr<const Venue> venue_;
  std::shared_ptr<const Venue> former_venue_;  // outputs of adopt() may point to it
  VenuePlan plan_;
  IdIndex sensor_by_id_;
  IdIndex zone_by_id_;
  std::size_t snapshot_bytes_ = 0;  // as snapshot_bytes()
  std::int64_t leap_s_ = 0;         // silence in the data longer than this is leapt over
  bool levels_forgotten_;

  std::vector<ZoneGroup> zone_groups_;
  std::vector<Place> places_;  // by zone
  std::vector<News> news_;     // by zone
  std::vector<OpeningSlices> opening_groups_;
  // By sensor, and last the one that anchors without a sensor.
  std::pmr::vector<std::uint8_t> memory_room_;
  std::vector<Silences::Kept> pause_room_;  // for each of its two Silences, in their order
  std::pmr::vector<SensorWork> sensors_;
  std::vector<SensorRest> rest_;
  std::vector<SensorIndex> followed_by_;  // which sensor spoke next after it, last time
  SensorIndex latest_ = 0;                // to speak
  std::size_t guesses_ = 1;               // how many of the next are looked for by that
  Alarms alarms_;

  WallTime now_{};
  bool started_ = false;
  std::int64_t head_ = 0;                    // the second that venue time is in
  std::int64_t first_ = 0;                   // the second that it started in, or leapt to
  EventTime head_start_ = EventTime::max();  // of that second; never while not started
  std::int64_t told_until_ = 0;              // something was said about the second before
  EventTime frontier_{};
  EventTime venue_time_{};
  EventTime venue_time_at_tick_{};
  // No person has counted anybody after this second.
  std::int64_t latest_hand_count_ = std::numeric_limits<std::int64_t>::min();
  // Counts of the whole venue: there are some up to the second `latest_venue_count_`, and those
  // from `apportion_from_` on are to be spread over the zones again.
  std::int64_t latest_venue_count_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t apportion_from_ = kNothing;
  // Room to work in, taken once.
  mutable std::vector<std::int32_t> levels_;  // of one window, to find a percentile
  std::vector<Share> shares_;                 // by zone
  std::vector<ZoneIndex> order_;              // of the zones, by remainder
  std::vector<std::int64_t> seconds_;         // with counts of the whole venue
};

}  // namespace crowdflow
