#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"

namespace crowdflow::processor {

// Reads one partition from an offset on, record by record, committed ones only.
//
// Threads: one at a time. The log and the options must outlive it.
class Cursor {
 public:
  // How long the log may be silent before reading is given up; whoever asked for it tries again.
  static constexpr std::chrono::seconds kPatience{30};

  [[nodiscard]] static Result<Cursor> open(log::Log& log, const ProcessorOptions& options,
                                           const log::PartitionId& at, std::int64_t offset);

  // The next record before `end`, good until the next call; nullptr when none is left, and then all
  // transactions that wrote before `end` are decided. kUnavailable: nothing came for too long, or
  // retention has overtaken it.
  [[nodiscard]] Result<const log::Record*> next(std::int64_t end,
                                                std::chrono::seconds patience = kPatience);

  // Calls visit(record) -> Result<void> for every record before `end`, and returns when none is
  // left.
  template <typename Visit>
  Result<void> read_until(std::int64_t end, Visit&& visit) {
    while (true) {
      const auto record = next(end);
      if (!record) return tl::unexpected(record.error());
      if (*record == nullptr) return {};
      if (auto done = visit(**record); !done) return done;
    }
  }

 private:
  Cursor(std::unique_ptr<log::Reader> reader, const ProcessorOptions& options, log::PartitionId at)
      : options_(&options), reader_(std::move(reader)), at_(std::move(at)) {}

  [[nodiscard]] std::span<const log::Record> records() const {
    return batch_ ? batch_->records() : std::span<const log::Record>{};
  }

  const ProcessorOptions* options_;
  std::unique_ptr<log::Reader> reader_;
  log::PartitionId at_;
  std::unique_ptr<log::Batch> batch_;
  std::size_t next_ = 0;
};

// The end of a partition at this moment, once every transaction that wrote before it is decided.
[[nodiscard]] Result<std::int64_t> find_decided_end(log::Log& log, const ProcessorOptions& options,
                                                    const log::PartitionId& at);

}  // namespace crowdflow::processor
