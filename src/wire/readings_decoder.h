#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>

namespace crowdflow::wire {

// The most readings that one record may hold.
inline constexpr std::size_t kMaxReadings = 10'000;

// Why a whole record was refused.
struct Refusal {
  // kMalformed or kTooMany.
  Outcome reason = Outcome::kMalformed;
  // As many readings as it counts for: 1 when malformed, those found in it when too many.
  std::size_t readings = 1;
  // Where, what was found, what was expected; no trailing full stop.
  std::string message;
};

// What the readings of a record become when some of them are sent on by themselves.
struct Excerpt {
  std::string value;
  // For the header `content-type`.
  std::string_view content_type;
};

// Decodes values of the topic `readings`: protobuf, JSON or NDJSON, each with or without Confluent
// framing (docs/contract.md says how it tells them apart). Keeps its memory from record to record.
//
// Threads: one at a time. Ownership: the readings and their text point into the bytes given and
// into the decoder: they last until the next decode, or until those bytes go.
class ReadingsDecoder {
 public:
  using Readings = tl::expected<std::span<const Reading>, Refusal>;

  ReadingsDecoder();
  ~ReadingsDecoder();
  ReadingsDecoder(ReadingsDecoder&&) noexcept;
  ReadingsDecoder& operator=(ReadingsDecoder&&) noexcept;

  // `content_type`: the record's header of that name, empty when it has none. A tombstone is an
  // empty value. Readings have the batch's venue and sensor where they name none. What the engine
  // has to refuse is decoded: an event_time that is missing or no time comes before kEarliestEvent,
  // an interval that is no span of time is negative.
  [[nodiscard]] Readings decode(std::string_view value, std::string_view content_type);

  // JSON text without framing, which begins at `line` and `column` of its file, for messages.
  [[nodiscard]] Readings decode_json(std::string_view text, std::size_t line = 1,
                                     std::size_t column = 1);

  // The readings at `indices` of the record decoded last (which was not refused), as a value of its
  // own that decodes to the same readings. Their bytes are copied as they were, so that what this
  // version does not know is sent on too. `indices` rise. `venue_id`: of readings that name none.
  [[nodiscard]] Excerpt excerpt(std::span<const std::uint32_t> indices,
                                std::string_view venue_id = {}) const;

  // The bytes of the reading at `index` of that record, as they stand in it.
  [[nodiscard]] std::string_view source_of(std::uint32_t index) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crowdflow::wire
