#include "kafka/offsets.h"

#include <algorithm>
#include <span>
#include <string>
#include <thread>

#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace crowdflow::kafka {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// A leader that says nothing for so long may be one no more.
constexpr milliseconds kOnce{3000};
constexpr milliseconds kAskAgain{50};

// The partition is new, or its leader is, or is gone: who is to lead it is told before it begins
// to, and who has led it is asked until its end is known.
bool leader_is_coming(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR__TRANSPORT;
}

// `what`: a time, or RD_KAFKA_OFFSET_BEGINNING or _END, which are the protocol's own words for it.
// Not rd_kafka_query_watermark_offsets(): before librdkafka 2.3 that waits for a dead leader
// without end, whoever leads by then (its issue 2588).
rd_kafka_resp_err_t ask(rd_kafka_t* client, const log::PartitionId& partition, std::int64_t what,
                        milliseconds patience, std::int64_t& offset) {
  const auto deadline = Clock::now() + patience;
  const log::Position question{.at = partition, .offset = what};
  for (;;) {
    const auto list = list_of(std::span(&question, 1));
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    const auto once = std::clamp(left, milliseconds{1}, kOnce);
    const auto asked =
        rd_kafka_offsets_for_times(client, list.get(), static_cast<int>(once.count()));
    const auto& answer = elements(*list)[0];
    offset = answer.offset;
    const auto error = asked == RD_KAFKA_RESP_ERR_NO_ERROR ? answer.err : asked;
    if (!leader_is_coming(error) || Clock::now() >= deadline) return error;
    std::this_thread::sleep_for(kAskAgain);
  }
}

}  // namespace

Result<std::int64_t> ask_offset_at(rd_kafka_t* client, const log::PartitionId& partition,
                                   milliseconds since_1970, milliseconds patience) {
  std::int64_t offset = -1;
  const auto error = ask(client, partition, since_1970.count(), patience, offset);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offset;
  return tl::unexpected(error_of("looking up a time in " + name_of(partition), error));
}

Result<log::OffsetBounds> ask_bounds(rd_kafka_t* client, const log::PartitionId& partition,
                                     milliseconds patience) {
  log::OffsetBounds bounds;
  auto error = ask(client, partition, RD_KAFKA_OFFSET_BEGINNING, patience, bounds.low);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = ask(client, partition, RD_KAFKA_OFFSET_END, patience, bounds.high);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return bounds;
  return tl::unexpected(error_of("asking for the bounds of " + name_of(partition), error));
}

}  // namespace crowdflow::kafka
