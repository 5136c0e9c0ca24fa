#include "processor/records_to_commit.h"

#include <utility>
#include <vector>

#include "log/log.h"
#include "wire/journal.h"
#include "wire/outputs.h"

namespace crowdflow::processor {

Result<void> write_records(const HandOver& hand_over, const log::TopicNames& topics,
                           const OtherPartitions& partitions, const WriteRecord& write) {
  const PartitionWork::Pending& pending = hand_over.pending;
  wire::OutputEncoder encoder;
  std::vector<std::string> values;
  for (const Outputs::Second& second : pending.outputs.seconds) {
    values.clear();
    encoder.zone_states(pending.outputs, second, values);
    for (std::string& value : values) {
      const OutRecord record{.key = second.venue->id, .value = std::move(value)};
      if (auto done = write(topics.zone_states, hand_over.partition, record); !done) return done;
    }
  }
  for (const auto& [venue, alert] : pending.outputs.alerts) {
    OutRecord record{.key = venue->id, .value = encoder.alert(*venue, alert)};
    if (auto done = write(topics.alerts, hand_over.partition, record); !done) return done;
    record.key = wire::alert_id(*venue, alert);
    const std::int32_t at = log::home_partition(record.key, partitions.alerts_current);
    if (auto done = write(topics.alerts_current, at, record); !done) return done;
  }
  for (const OutRecord& letter : pending.dead_letters) {
    const std::int32_t at = hand_over.partition % partitions.dead_letters;
    if (auto done = write(topics.dead_letters, at, letter); !done) return done;
  }
  const OutRecord page{.key = std::to_string(hand_over.partition),
                       .value = wire::to_bytes(wire::Journal{.partition = hand_over.partition,
                                                             .entries = pending.entries,
                                                             .next_offset = hand_over.position,
                                                             .accounting = pending.accounting,
                                                             .snapshot = hand_over.newest_snapshot,
                                                             .page = hand_over.page})};
  return write(topics.journal, hand_over.partition, page);
}

}  // namespace crowdflow::processor
