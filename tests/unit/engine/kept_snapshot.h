#pragma once

#include <memory>
#include <vector>

#include <crowdflow/shard.h>

namespace crowdflow::testing {

// The venues and the stream that tests/data/snapshots was made from: a minute and some of every
// kind of sensor, of late and revised readings, counts by hand, a new version of the file with an
// alarm that is gone, a sensor that falls silent and one whose clock is ahead. Never to be changed:
// what is kept there could not be loaded any more.
class KeptSnapshot {
 public:
  KeptSnapshot();

  // A hall, and a yard of which nothing was said.
  [[nodiscard]] const std::vector<std::shared_ptr<const Venue>>& venues() const { return venues_; }
  // All that happens to a new shard before it is saved.
  void begin(Shard& shard, Outputs& out) const;
  // What follows it, in these seconds after `kCut`.
  void go_on(Shard& shard, int seconds, Outputs& out) const;

 private:
  static constexpr int kCut = 75;  // seconds

  void second(Shard& shard, int t, Outputs& out) const;

  std::shared_ptr<const Venue> former_;  // of the hall
  std::vector<std::shared_ptr<const Venue>> venues_;
};

}  // namespace crowdflow::testing
