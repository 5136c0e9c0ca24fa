#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/time.h>

#include "wire/record_headers.h"

namespace crowdflow::wire {

// The longest value of crowdflow.readings and of crowdflow.message, in bytes.
inline constexpr std::size_t kMaxDeadLetterText = 1024;

// The largest dead letter, in bytes of key, value and headers as they came. Brokers limit what is
// sent, which may be compressed: a record can be larger than any that a topic takes.
inline constexpr std::size_t kMaxDeadLetter = std::size_t{15} << 20U;

// Where the record was read.
struct RecordPlace {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  WallTime timestamp{};  // zero: none
};

// A reading of the record that was rejected.
struct RejectedReading {
  std::uint32_t index = 0;  // within the record, from 0
  Outcome reason = Outcome::kMalformed;
  // In words; empty: what the reason says by itself.
  std::string_view message;
};

// What a rejection means, for people who publish readings: "no venue file names this venue".
[[nodiscard]] std::string_view rejection_in_words(Outcome reason);

// The headers that a dead letter carries after the record's own, which are kept before them (so the
// last header of a name counts):
//   crowdflow.reason      code of the first rejected reading, e.g. LATE
//   crowdflow.readings    every rejected reading as index:code, e.g. 0:LATE,4:FUTURE; ends in ,...
//                         when there are more than fit
//   crowdflow.message     in words, that of the first rejected reading
//   crowdflow.topic, .partition, .offset     where it was read
//   crowdflow.timestamp   the record's, RFC 3339; not written when it had none
//   crowdflow.cut         bytes that the record had; it was larger than kMaxDeadLetter, and here is
//                         but the beginning of its value, without key and headers
// `rejected` is not empty and rises by index. A record that was refused as a whole is index 0.
[[nodiscard]] std::vector<RecordHeader> dead_letter_headers(
    const RecordPlace& place, std::span<const RejectedReading> rejected);

}  // namespace crowdflow::wire
