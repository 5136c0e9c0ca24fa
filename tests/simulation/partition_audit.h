#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/shard.h>

#include "simulation/auditor.h"
#include "wire/dead_letter.h"
#include "wire/journal.h"
#include "wire/outputs.h"
#include "wire/readings_decoder.h"

namespace crowdflow::simulation {

// Where a forwarded record began.
using Origin = std::pair<std::int32_t, std::int64_t>;

// Applies the journal of one partition again, beginning with nothing.
class PartitionAudit {
 public:
  PartitionAudit(Auditor& auditor, std::int32_t partition);

  void run();
  // Expected at home, by home.
  [[nodiscard]] const std::map<std::int32_t, std::set<Origin>>& sent_home() const {
    return sent_home_;
  }
  // Found here.
  [[nodiscard]] const std::set<Origin>& came_home() const { return came_home_; }

 private:
  void page(std::int64_t at, const wire::Journal& journal);
  void start(std::int64_t page, const wire::ShardStart& start);
  void range(const wire::OffsetRange& range);
  void record(std::int64_t offset);
  [[nodiscard]] bool came_before(const Stored& stored, bool& forwarded);
  void flush_outputs();
  void problem(const std::string& what);
  [[nodiscard]] std::vector<std::string> written(const std::string& topic) const;
  [[nodiscard]] std::vector<std::string> dead_letters() const;
  [[nodiscard]] std::string letter(const Stored& stored, std::int64_t offset,
                                   const std::vector<wire::RejectedReading>& rejected) const;

  Auditor& auditor_;
  const std::int32_t partition_;
  const log::PartitionId readings_;
  // Of the venues that were configured by the journal's word; nothing: it has said none yet.
  std::optional<std::map<std::string, std::int32_t, std::less<>>> homes_;
  Shard shard_;
  bool begun_ = false;
  std::optional<WallTime> last_tick_;  // of this life, whoever ticked
  Outputs outputs_;
  wire::OutputEncoder encoder_;
  wire::ReadingsDecoder decoder_;
  std::int64_t next_ = 0;       // of readings: all before are in the journal
  std::int64_t position_ = -1;  // the journal's last word
  Accounting page_accounting_;
  std::set<Origin> came_home_;
  std::set<Origin> came_in_this_life_;
  std::map<std::int32_t, std::set<Origin>> sent_home_;
  std::vector<std::string> states_;
  std::vector<std::string> alerts_;
  std::vector<std::string> dead_letters_;
};

}  // namespace crowdflow::simulation
