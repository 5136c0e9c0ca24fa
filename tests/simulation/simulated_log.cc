#include "simulation/simulated_log.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulation/simulated_reader.h"
#include "simulation/simulated_writer.h"

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{10};
constexpr seconds kStablePatience{30};
constexpr milliseconds kStableRetry{50};

}  // namespace

Result<std::unique_ptr<log::Reader>> SimulatedLog::reader(const ReaderOptions& options) {
  if (auto called = broker_->call(*process_, "reader"); !called) {
    return tl::unexpected(called.error());
  }
  return std::make_unique<SimulatedReader>(broker_, process_, options);
}

Result<std::unique_ptr<log::Writer>> SimulatedLog::writer(const std::string& name) {
  if (auto called = broker_->call(*process_, "writer"); !called) {
    return tl::unexpected(called.error());
  }
  return std::make_unique<SimulatedWriter>(broker_, process_, name);
}

Result<std::unique_ptr<log::Appender>> SimulatedLog::appender() {
  if (auto called = broker_->call(*process_, "appender"); !called) {
    return tl::unexpected(called.error());
  }
  return std::make_unique<SimulatedAppender>(broker_, process_);
}

Result<Partition*> SimulatedLog::question(const char* what, const log::PartitionId& at) {
  if (auto asked = broker_->ask(*process_, what, kPatience); !asked) {
    return tl::unexpected(asked.error());
  }
  if (broker_->faults.strikes(Fault::kQuestionFailed, broker_->clockwork.now(), what)) {
    broker_->clockwork.pass(kPatience);
    return fail(ErrorCode::kUnavailable, std::string(what) + ": nobody answers");
  }
  Partition* partition = broker_->find(at);
  if (partition == nullptr) return fail(ErrorCode::kNotFound, "there is no " + name_of(at));
  return partition;
}

Result<std::int32_t> SimulatedLog::partition_count(const std::string& topic) {
  if (auto asked = broker_->ask(*process_, "partition_count", kPatience); !asked) {
    return tl::unexpected(asked.error());
  }
  const std::int32_t count = broker_->partition_count(topic);
  if (count == 0) return fail(ErrorCode::kNotFound, "there is no topic " + topic);
  return count;
}

Result<log::OffsetBounds> SimulatedLog::query_bounds(const log::PartitionId& at) {
  auto partition = question("query_bounds", at);
  if (!partition) return tl::unexpected(partition.error());
  return log::OffsetBounds{.low = (*partition)->low(), .high = (*partition)->told_high()};
}

Result<std::int64_t> SimulatedLog::offset_at(const log::PartitionId& at, WallTime from) {
  auto found = question("offset_at", at);
  if (!found) return tl::unexpected(found.error());
  const Partition& partition = **found;
  for (std::int64_t offset = partition.low(); offset < partition.told_high(); ++offset) {
    if (partition.at(offset).timestamp >= from) return offset;
  }
  return partition.told_high();
}

Result<std::vector<log::Position>> SimulatedLog::committed(
    const std::string& group, std::span<const log::PartitionId> partitions) {
  process_->restores = true;
  Clockwork& clockwork = broker_->clockwork;
  if (auto asked = broker_->ask(*process_, "committed", kPatience); !asked) {
    return tl::unexpected(asked.error());
  }
  const Time end = clockwork.now() + kStablePatience;
  const Group& known = broker_->group(group);
  bool waited = false;
  while (std::ranges::any_of(partitions, [&](const auto& at) { return !known.stable(at); })) {
    if (!std::exchange(waited, true)) {
      broker_->faults.happened(Fault::kPositionsUnstable, clockwork.now(), group);
    }
    if (clockwork.now() >= end) {
      return fail(ErrorCode::kUnavailable, "the positions of group " + group + " are held up");
    }
    clockwork.pass(kStableRetry);
    if (auto asked = broker_->ask(*process_, "committed", kPatience); !asked) {
      return tl::unexpected(asked.error());
    }
  }
  std::vector<log::Position> positions;
  for (const log::PartitionId& at : partitions)
    positions.push_back(known.committed(at));
  return positions;
}

log::Health SimulatedLog::health() const {
  if (!broker_->away()) return {.reachable = true, .reason = ""};
  return {.reachable = false, .reason = "the broker is away"};
}

}  // namespace crowdflow::simulation
