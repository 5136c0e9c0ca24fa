#include <cstdint>

#include <crowdflow/check.h>

#include "wire/framing.h"

// The frame around a value of `readings`. The first byte chooses what was declared. What is in a
// frame is the end of the value, whole, and what is not framed is all of it.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  using crowdflow::wire::Encoding;
  const std::optional<Encoding> declared =
      data[0] % 3 == 0 ? std::nullopt
                       : std::optional(data[0] % 3 == 1 ? Encoding::kProtobuf : Encoding::kJson);
  const std::string_view value(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto payload = crowdflow::wire::unframe(value, declared);
  if (!payload) {
    CROWDFLOW_CHECK(!payload.error().message.empty(), "a refusal says why");
    return 0;
  }
  CROWDFLOW_CHECK(value.ends_with(payload->bytes), "a payload is the end of its value");
  const bool framed = payload->bytes.size() != value.size();
  CROWDFLOW_CHECK(!framed || value[0] == '\0', "a frame begins with zero");
  CROWDFLOW_CHECK(!declared || payload->encoding == *declared, "what was declared counts");
  return 0;
}
