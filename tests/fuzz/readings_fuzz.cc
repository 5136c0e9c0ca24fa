#include <cstdint>
#include <numeric>
#include <vector>

#include <crowdflow/check.h>

#include "unit/wire/reference_readings.h"
#include "wire/readings_decoder.h"
#include "wire/record_headers.h"

// Values of the topic `readings`. The first byte chooses the content type. What is accepted as
// protobuf must mean what protobuf's own parser says; an excerpt of everything must say the same.

namespace {

using crowdflow::test::describe;
using crowdflow::test::parse_reference;

void check_excerpt(const crowdflow::wire::ReadingsDecoder& decoder,
                   const std::vector<std::string>& said) {
  std::vector<std::uint32_t> all(said.size());
  std::iota(all.begin(), all.end(), 0U);
  const crowdflow::wire::Excerpt excerpt = decoder.excerpt(all);
  crowdflow::wire::ReadingsDecoder second;
  const auto readings = second.decode(excerpt.value, excerpt.content_type);
  CROWDFLOW_CHECK(readings.has_value(), "an excerpt can be decoded");
  CROWDFLOW_CHECK(describe(*readings) == said, "an excerpt says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::string_view kContentTypes[] = {"", crowdflow::wire::kProtobufContentType,
                                                crowdflow::wire::kJsonContentType};
  const std::string_view content_type = kContentTypes[data[0] % 3];
  const std::string_view value(reinterpret_cast<const char*>(data + 1), size - 1);

  crowdflow::wire::ReadingsDecoder decoder;
  const auto readings = decoder.decode(value, content_type);
  if (!readings) {
    CROWDFLOW_CHECK(!readings.error().message.empty(), "a refusal says why");
    return 0;
  }
  const std::vector<std::string> said = describe(*readings);
  check_excerpt(decoder, said);
  if (content_type == crowdflow::wire::kProtobufContentType && value[0] != '\0') {
    const auto batch = parse_reference(value);
    CROWDFLOW_CHECK(batch.has_value(), "protobuf accepts what we accept");
    CROWDFLOW_CHECK(describe(*batch) == said, "protobuf says what we say");
  }
  return 0;
}
