#include <cstdint>

#include <crowdflow/check.h>

#include "wire/journal.h"

// Records of the topic `journal`: what is accepted is written back to bytes that mean the same.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using crowdflow::wire::parse_journal;
  using crowdflow::wire::to_bytes;
  const auto journal = parse_journal({reinterpret_cast<const char*>(data), size});
  if (!journal) return 0;
  const std::string bytes = to_bytes(*journal);
  const auto again = parse_journal(bytes);
  CROWDFLOW_CHECK(again.has_value(), "what was written can be read");
  CROWDFLOW_CHECK(to_bytes(*again) == bytes, "and says the same");
  return 0;
}
