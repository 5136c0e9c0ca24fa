#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "console/feed.h"
#include "console/topic_decoder.h"
#include "console/zone_directory.h"
#include "log/log.h"
#include "log/topics.h"

namespace crowdflow::console {

// Follows zone-states, from 15 minutes back, and alerts-current, from its beginning, on all
// partitions, and hands on what they say. Tries again, for as long as it runs, when the log cannot
// be reached or its topics do not exist yet.
//
// Threads: the one that calls run(), which is also the one that `deliver` is called on.
class TopicReader {
 public:
  struct Delivery {
    FeedBatch batch;
    FeedHealth health;
  };
  // Called when there is something new to say.
  using Deliver = std::function<void(Delivery)>;

  // `log` outlives it. `now`: the wall clock.
  TopicReader(log::Log& log, log::TopicNames topics, std::shared_ptr<const ZoneDirectory> directory,
              std::function<WallTime()> now, Deliver deliver);

  // Until `stop` is requested; within a quarter of a second then, if the log answers.
  void run(std::stop_token stop);

 private:
  [[nodiscard]] Result<std::unique_ptr<log::Reader>> open();
  [[nodiscard]] Result<void> follow(log::Reader& reader, std::stop_token stop);
  // Where to read a topic's partitions from: where the last reader stopped, else at `from`, else
  // at the beginning.
  [[nodiscard]] Result<void> add_positions(const std::string& topic, std::optional<WallTime> from);
  void tell(FeedHealth health);

  log::Log& log_;
  const log::TopicNames topics_;
  const std::function<WallTime()> now_;
  const Deliver deliver_;
  TopicDecoder decoder_;
  std::uint64_t undecodable_ = 0;  // of those, said in the program's own log
  std::map<log::PartitionId, std::int64_t> positions_;
  std::optional<FeedHealth> told_;
};

}  // namespace crowdflow::console
