#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/venue.h>

#include "venue_builder.h"

namespace crowdflow::testing {

// A small random venue and a few random minutes in it: every kind of counter, counts by hand,
// heartbeats, pauses, restarts, lost readings, repeats, revisions, and readings that are refused.
// The same seed gives the same day.
class RandomDay {
 public:
  explicit RandomDay(std::uint64_t seed);

  [[nodiscard]] const std::shared_ptr<const Venue>& venue() const { return venue_; }
  // In the order of event time.
  [[nodiscard]] std::vector<Reading> in_order() const;
  // Each reading up to revise_for later, a revision after what it revises.
  [[nodiscard]] std::vector<Reading> shuffled();

  // In [low, high].
  std::int64_t uniform(std::int64_t low, std::int64_t high);
  std::uint64_t count(std::int64_t low, std::int64_t high) {
    return static_cast<std::uint64_t>(uniform(low, high));
  }
  bool one_in(std::int64_t n) { return uniform(1, n) == 1; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + uniform(0, static_cast<std::int64_t>(choices.size()) - 1));
  }

 private:
  // What a register shows.
  struct Register {
    std::uint64_t entries = 0;
    std::uint64_t exits = 0;
    std::int64_t local_day = 0;
  };
  void make_venue();
  Span pause_of(std::initializer_list<Span> choices) {
    return is_even_ ? one_of<Span>({std::chrono::milliseconds{500}, std::chrono::seconds{1}})
                    : one_of(choices);
  }
  void make_openings(VenueBuilder& builder, std::int64_t zones);
  void make_counter(VenueBuilder& builder, const std::string& id, const std::string& opening);
  void make_sensors_of(VenueBuilder& builder, const std::string& zone);
  void make_local_time(VenueBuilder& builder);
  void make_day(const Sensor& sensor);
  void make_anchors();
  // Adds what is said about one thing: the reading, perhaps again, perhaps revised.
  void say(const Reading& reading);
  void revise(Reading& reading);
  [[nodiscard]] std::optional<Statement> aside_of(const Sensor& sensor);
  [[nodiscard]] Register first_of(const Sensor& sensor);
  [[nodiscard]] Statement statement_of(const Sensor& sensor, Register& shown, EventTime at,
                                       bool started);
  [[nodiscard]] CountTotal turn(const Sensor& sensor, Register& shown, EventTime at, bool started);
  [[nodiscard]] std::int64_t local_day_of(EventTime t) const;

  std::mt19937_64 random_;
  bool is_even_ = false;  // its sensors all speak at least each second
  std::shared_ptr<const Venue> venue_;
  std::vector<std::vector<Reading>> words_;  // of one identity each, in the order said
};

}  // namespace crowdflow::testing
