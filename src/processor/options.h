#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "log/topics.h"
#include "processor/commit_thread.h"
#include "wire/journal.h"

namespace crowdflow::processor {

// A venue file and what it says.
struct VenueSource {
  std::string yaml;  // byte for byte; goes into the journal
  std::shared_ptr<const Venue> venue;
};

// Reads a venue file found in the log: local time is what it was there.
// Any thread, several at once.
using ParseVenue = std::function<Result<std::shared_ptr<const Venue>>(const wire::VenueFile&)>;

struct ProcessorOptions {
  log::TopicNames topics;
  // Consumer group, and this process's static name in it (also the name that fences its
  // predecessor). Unique among the processes of the group.
  std::string group = "crowdflow";
  std::string instance;
  // All partitions by hand, without the group's assignment; for the demo's broker, whose groups
  // take seconds to form.
  bool assign_by_hand = false;
  std::vector<VenueSource> venues;
  ParseVenue parse_venue;
  // How many threads apply readings; each partition belongs to one of them. 0: the thread that
  // calls run() applies them itself, in an order that depends on nothing else (simulation).
  std::size_t engine_threads = 1;
  // What runs the commits of one session.
  std::function<std::unique_ptr<CommitRunner>()> commit_runner = [] {
    return std::make_unique<CommitThread>();
  };
  // Tasks on their way to one partition, a power of two, at least 8; see Lane.
  std::size_t lane_capacity = 16;
  // At most this long from a reading to its commit; an alarm transition commits at once.
  std::chrono::milliseconds commit_interval{100};
  // A commit is not given another partition's states once it has so many: what takes longer to
  // write than a commit takes anyway would hold up the alerts that come meanwhile.
  std::size_t states_in_commit = 4096;
  // A partition's state is saved when re-applying what came since it last was would take longer
  // than this, and so often that something came.
  std::chrono::nanoseconds snapshot_after{std::chrono::seconds{1}};
  std::chrono::nanoseconds snapshot_every{std::chrono::hours{1}};
  // The wall clock.
  std::function<WallTime()> now;
  // The clock that intervals are measured by.
  std::function<std::chrono::steady_clock::time_point()> steady_now = [] {
    return std::chrono::steady_clock::now();
  };
};

}  // namespace crowdflow::processor
