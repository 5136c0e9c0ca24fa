#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/venue.h>

namespace crowdflow::testing {

// A small random venue and a few random minutes in it: crossings, gauges, anchors, heartbeats,
// pauses, repeats and revisions. The same seed gives the same day.
class RandomDay {
 public:
  explicit RandomDay(std::uint64_t seed);

  [[nodiscard]] const std::shared_ptr<const Venue>& venue() const { return venue_; }
  // In the order of event time.
  [[nodiscard]] std::vector<Reading> in_order() const;
  // Each reading up to revise_for later, a revision after what it revises.
  [[nodiscard]] std::vector<Reading> shuffled();
  // What has to become of these readings, by outcome.
  [[nodiscard]] static Accounting expected(const std::vector<Reading>& readings);

  // In [low, high].
  std::int64_t uniform(std::int64_t low, std::int64_t high);
  bool one_in(std::int64_t n) { return uniform(1, n) == 1; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + uniform(0, static_cast<std::int64_t>(choices.size()) - 1));
  }

 private:
  void make_venue();
  void make_day(const Sensor& sensor);
  void make_anchors();
  // Adds what is said about one thing: the reading, perhaps again, perhaps revised.
  void say(const Reading& reading);
  [[nodiscard]] Statement statement_of(const Sensor& sensor);

  std::mt19937_64 random_;
  std::shared_ptr<const Venue> venue_;
  std::vector<std::vector<Reading>> words_;  // of one identity each, in the order said
};

}  // namespace crowdflow::testing
