#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "console/feed.h"
#include "console/zone_directory.h"
#include "log/log.h"
#include "log/topics.h"
#include "wire/messages.h"

namespace crowdflow::console {

// Turns records of zone-states and alerts-current into what the console's state takes. Only the
// newest state of each zone, and of each alarm, becomes JSON: a start that reads 15 minutes back
// costs little more than reading them.
//
// Of a zone it takes the live states of its venue's shortest window. Finals and longer windows
// speak of an earlier time. Threads: one.
class TopicDecoder {
 public:
  TopicDecoder(std::shared_ptr<const ZoneDirectory> directory, log::TopicNames topics);

  void add(const log::Record& record);
  // All that was added since the last call.
  [[nodiscard]] FeedBatch take();

  // Records that are not what their topic holds; they are left out.
  [[nodiscard]] std::uint64_t undecodable() const { return undecodable_; }

 private:
  void add_states(const log::Record& record);
  void add_alarm(const log::Record& record);

  std::shared_ptr<const ZoneDirectory> directory_;
  log::TopicNames topics_;
  std::uint64_t undecodable_ = 0;

  // Since the last take(). Messages are kept for their memory.
  v1::ZoneStateBatch states_;
  std::map<std::size_t, v1::ZoneState> newest_;  // by zone
  FeedBatch batch_;
  std::map<std::string, std::size_t, std::less<>> alarm_places_;  // in batch_.alarms, by alert id
};

}  // namespace crowdflow::console
