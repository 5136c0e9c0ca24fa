#include "processor/cursor.h"

#include <chrono>
#include <string>

namespace crowdflow::processor {
namespace {

constexpr std::size_t kBatch = 5000;
constexpr std::chrono::milliseconds kWait{250};

}  // namespace

Result<Cursor> Cursor::open(log::Log& log, const ProcessorOptions& options,
                            const log::PartitionId& at, std::int64_t offset) {
  auto reader = log.reader({});
  if (!reader) return tl::unexpected(reader.error());
  const log::Position position{.at = at, .offset = offset};
  if (auto started = (*reader)->start_at({&position, 1}); !started) {
    return tl::unexpected(started.error());
  }
  return Cursor(std::move(*reader), options, at);
}

Result<const log::Record*> Cursor::next(std::int64_t end, std::chrono::seconds patience) {
  const auto asked = options_->steady_now();
  while (true) {
    if (next_ < records().size()) {
      const log::Record& record = records()[next_];
      if (record.offset >= end) return nullptr;
      ++next_;
      return &record;
    }
    if (reader_->position(at_) >= end) return nullptr;
    if (options_->steady_now() - asked > patience) {
      return fail(ErrorCode::kUnavailable,
                  "reading " + at_.topic + " partition " + std::to_string(at_.partition) +
                      ": nothing arrives from offset " + std::to_string(reader_->position(at_)) +
                      " on, expected up to " + std::to_string(end));
    }
    auto batch = reader_->take(kBatch, kWait);
    if (!batch) return tl::unexpected(batch.error());
    batch_ = std::move(*batch);
    next_ = 0;
  }
}

Result<std::int64_t> find_decided_end(log::Log& log, const ProcessorOptions& options,
                                      const log::PartitionId& at) {
  const auto bounds = log.query_bounds(at);
  if (!bounds) return tl::unexpected(bounds.error());
  if (bounds->low == bounds->high) return bounds->high;
  auto last = Cursor::open(log, options, at, bounds->high - 1);
  if (!last) return tl::unexpected(last.error());
  const auto read =
      last->read_until(bounds->high, [](const log::Record&) -> Result<void> { return {}; });
  if (!read) return tl::unexpected(read.error());
  return bounds->high;
}

}  // namespace crowdflow::processor
