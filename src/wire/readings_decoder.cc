#include "wire/readings_decoder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <crowdflow/check.h>

#include "wire/decoded_readings.h"
#include "wire/framing.h"
#include "wire/protobuf_reader.h"
#include "wire/readings_json.h"
#include "wire/readings_protobuf.h"
#include "wire/record_headers.h"

namespace crowdflow::wire {

class ReadingsDecoder::Impl {
 public:
  Readings decode(std::string_view value, std::string_view content_type) {
    decoded_.clear();
    if (value.empty()) return malformed("the value is empty, expected a ReadingBatch");
    const std::optional<Encoding> declared = encoding_of(content_type);
    if (!declared && !content_type.empty()) {
      return malformed("the content-type \"" + std::string(content_type.substr(0, 80)) +
                       "\" is none of application/x-protobuf, application/protobuf, "
                       "application/json, application/x-ndjson");
    }
    const Result<Payload> payload = unframe(value, declared);
    if (!payload) return malformed(payload.error().message);
    encoding_ = payload->encoding;
    if (encoding_ == Encoding::kJson) return json(payload->bytes, {});
    return protobuf(value, *payload, declared.has_value());
  }

  Readings decode_json(std::string_view text, TextPlace begin) {
    decoded_.clear();
    encoding_ = Encoding::kJson;
    return json(text, begin);
  }

  Excerpt excerpt(std::span<const std::uint32_t> indices, std::string_view venue_id) const {
    CROWDFLOW_CHECK(indices.empty() || indices.back() < decoded_.readings.size(),
                    "an excerpt of readings that the record does not have");
    if (encoding_ == Encoding::kJson)
      return {json_excerpt(decoded_, indices, venue_id), kJsonContentType};
    return {protobuf_excerpt(decoded_, indices, venue_id), kProtobufContentType};
  }

  std::string_view source_of(std::uint32_t index) const {
    CROWDFLOW_CHECK(index < decoded_.sources.size(), "a reading that the record does not have");
    return decoded_.sources[index].bytes;
  }

 private:
  Readings json(std::string_view text, TextPlace begin) {
    std::string problem = read_json(text, begin, unescaped_, decoded_);
    if (!problem.empty()) return malformed(std::move(problem));
    return result();
  }

  Readings protobuf(std::string_view value, const Payload& payload, bool declared) {
    Fault fault;
    if (payload.message == Payload::Message::kReading) {
      read_protobuf_reading(payload.bytes, decoded_, fault);
    } else {
      read_protobuf_batch(payload.bytes, decoded_, fault);
    }
    if (fault.at == nullptr) return result();
    const std::string place = "byte " + std::to_string(fault.at - value.data()) + ": " + fault.text;
    return malformed(declared ? place : "not JSON, and as protobuf: " + place);
  }

  Readings result() {
    if (decoded_.count == 0) return malformed("there is no reading in it");
    if (decoded_.count > kMaxReadings) {
      return tl::unexpected(Refusal{Outcome::kTooMany, decoded_.count,
                                    std::to_string(decoded_.count) +
                                        " readings in one record, at most " +
                                        std::to_string(kMaxReadings)});
    }
    return std::span<const Reading>{decoded_.readings};
  }

  // Nothing of a refused record can be excerpted.
  Readings malformed(std::string message) {
    decoded_.clear();
    return tl::unexpected(Refusal{Outcome::kMalformed, 1, std::move(message)});
  }

  DecodedReadings decoded_;
  Encoding encoding_ = Encoding::kProtobuf;
  std::string unescaped_;
};

ReadingsDecoder::ReadingsDecoder() : impl_(std::make_unique<Impl>()) {}
ReadingsDecoder::~ReadingsDecoder() = default;
ReadingsDecoder::ReadingsDecoder(ReadingsDecoder&&) noexcept = default;
ReadingsDecoder& ReadingsDecoder::operator=(ReadingsDecoder&&) noexcept = default;

ReadingsDecoder::Readings ReadingsDecoder::decode(std::string_view value,
                                                  std::string_view content_type) {
  return impl_->decode(value, content_type);
}

ReadingsDecoder::Readings ReadingsDecoder::decode_json(std::string_view text, std::size_t line,
                                                       std::size_t column) {
  return impl_->decode_json(text, {line, column});
}

Excerpt ReadingsDecoder::excerpt(std::span<const std::uint32_t> indices,
                                 std::string_view venue_id) const {
  return impl_->excerpt(indices, venue_id);
}

std::string_view ReadingsDecoder::source_of(std::uint32_t index) const {
  return impl_->source_of(index);
}

}  // namespace crowdflow::wire
