#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "embedded/catalog.h"
#include "embedded/pace.h"
#include "log/log.h"
#include "log/topics.h"

// The log port in one SQLite file, for the small venue that wants no broker. Everything lasts
// before it is acknowledged; a transaction (records and positions) is one of SQLite's.
namespace crowdflow::embedded {

class Store;

inline constexpr std::chrono::hours kDefaultKeptFor{7 * 24};
inline constexpr std::int64_t kDefaultKeptBytes = std::int64_t{4} << 30;

// All of our topics, kept as on Kafka: readings, and what is kept as long as they are (zone-states,
// journal, snapshots, dead-letters), for `kept_for`; commands and alerts for 400 days;
// alerts-current is compacted. And of all of them together no more than `kept_bytes` of records:
// the file is then at most about a quarter larger.
[[nodiscard]] std::vector<TopicSpec> topic_specs(
    const log::TopicNames& names, std::int32_t partitions = 1,
    std::chrono::milliseconds kept_for = kDefaultKeptFor,
    std::int64_t kept_bytes = kDefaultKeptBytes);

struct OpenOptions {
  std::filesystem::path folder;   // made when it is missing
  std::vector<TopicSpec> topics;  // made when they are missing; their limits hold from now on
  // For tests.
  std::string vfs;                // SQLite's name of what stands below it; empty: the disk
  std::function<WallTime()> now;  // empty: the wall clock
  Pace pace;
};

// One process at a time has the log open; it may have all its roles on it, each with readers,
// writers and appenders of its own. Others may look, see inspection.h.
//
// Threads: one of ours, which writes. Readers, writers and appenders may outlive the log, and keep
//   it open.
// Bounds: a record has 32 MiB, a transaction 256 MiB. Offsets have no gaps but those of compaction.
//   Records are stamped by the log, in the order of their offsets even when the clock is set back.
// Groups are of this process and end with it; positions stay.
// Failure: while the disk is full nothing is lost and nothing is written: transactions are aborted,
//   health() says why, and the log goes on by itself within a second of there being room. After an
//   error of the disk it opens the file again by itself; what was being written then has an unknown
//   outcome.
class EmbeddedLog final : public log::Log {
 public:
  // kFenced: another process has it open. kUnsupported: the file is of a later version. kInvalid:
  // it is damaged or no log of ours. kIo: the disk refuses. kUnavailable: the disk is full, and the
  // log cannot be read without room; a log that can be read is opened, and health() says why it
  // cannot be written yet.
  [[nodiscard]] static Result<std::unique_ptr<EmbeddedLog>> open(OpenOptions options);
  ~EmbeddedLog() override;
  EmbeddedLog(const EmbeddedLog&) = delete;
  EmbeddedLog& operator=(const EmbeddedLog&) = delete;

  // Makes those that are missing, and gives the others their new limits.
  [[nodiscard]] Result<void> make_topics(const std::vector<TopicSpec>& topics);

  [[nodiscard]] Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override;
  [[nodiscard]] Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<log::Appender>> appender() override;
  [[nodiscard]] Result<std::int32_t> partition_count(const std::string& topic) override;
  [[nodiscard]] Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override;
  [[nodiscard]] Result<std::int64_t> offset_at(const log::PartitionId& partition,
                                               WallTime from) override;
  [[nodiscard]] Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override;
  [[nodiscard]] log::Health health() const override;

 private:
  explicit EmbeddedLog(std::shared_ptr<Store> store);

  const std::shared_ptr<Store> store_;
};

}  // namespace crowdflow::embedded
