#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <crowdflow/check.h>
#include <crowdflow/shard.h>

#include "engine/snapshot_checksum.h"
#include "unit/engine/kept_snapshot.h"

// A shard's snapshot: bytes are loaded as they are, and again with the checksum that they
// should have. What is loaded can be saved, and its shard goes on.

namespace {

using crowdflow::Outputs;
using crowdflow::Result;
using crowdflow::Shard;
using crowdflow::testing::KeptSnapshot;

constexpr std::size_t kFixed = 8;

void put(std::string& bytes, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < kFixed; ++i)
    bytes[at + i] = static_cast<char>(value >> (8 * i));
}

std::string with_checksum(std::string_view bytes) {
  std::string fixed(bytes.substr(0, bytes.size() - std::min(bytes.size(), kFixed)));
  const std::uint64_t sum = crowdflow::snapshot_checksum(fixed);
  fixed.resize(fixed.size() + kFixed);
  put(fixed, fixed.size() - kFixed, sum);
  return fixed;
}

void try_bytes(const KeptSnapshot& snapshot, const std::string& bytes) {
  Result<Shard> loaded = Shard::load(bytes, snapshot.venues());
  if (!loaded) {
    CROWDFLOW_CHECK(!loaded.error().message.empty(), "an error says what is wrong");
    return;
  }
  std::string saved;
  loaded->save(saved);
  Result<Shard> again = Shard::load(saved, snapshot.venues());
  CROWDFLOW_CHECK(again.has_value(), "what was saved can be loaded");
  std::string saved_again;
  again->save(saved_again);
  CROWDFLOW_CHECK(saved == saved_again, "what was loaded is what was saved");
  Outputs out;
  snapshot.go_on(*loaded, 12, out);
  loaded->present("hall", out);
  loaded->put_venue(snapshot.venues()[1], out);
  loaded->finish(out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const KeptSnapshot snapshot;
  const std::string bytes(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
  try_bytes(snapshot, bytes);
  try_bytes(snapshot, with_checksum(bytes));
  return 0;
}
