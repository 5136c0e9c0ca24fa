#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "log/log.h"

namespace crowdflow::test {

// The transactions that are open in a topic, as a reader sees them who cannot go on though there is
// more. One thread.
class OpenTransactions {
 public:
  // Partition, and the offset before which a reader stands still.
  using Places = std::map<std::int32_t, std::int64_t>;

  [[nodiscard]] testing::AssertionResult begin(log::Log& log, const std::string& topic,
                                               std::int32_t partitions);
  // Where readers stand still at this moment, be it for a moment; nothing: the log does not tell.
  [[nodiscard]] std::optional<Places> now();
  // Whether one of `partitions` stands still for longer than a transaction of a living writer
  // takes, at a place that is not one of `before`.
  [[nodiscard]] bool left_open(const std::set<std::int32_t>& partitions, const Places& before);

 private:
  [[nodiscard]] Places standing_still() const;

  std::string topic_;
  std::int32_t partitions_ = 0;
  std::unique_ptr<log::Reader> reader_;
};

}  // namespace crowdflow::test
