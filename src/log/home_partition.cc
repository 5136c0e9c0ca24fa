#include <cstddef>

#include <crowdflow/check.h>

#include "log/log.h"

namespace crowdflow::log {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// MurmurHash 2 with the seed of org.apache.kafka.common.utils.Utils.murmur2.
std::uint32_t murmur2(std::string_view key) {
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  constexpr std::uint32_t kSeed = 0x9747b28c;

  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  std::size_t i = 0;
  for (; i + 4 <= key.size(); i += 4) {
    std::uint32_t word = byte_at(key, i) | byte_at(key, i + 1) << 8 | byte_at(key, i + 2) << 16 |
                         byte_at(key, i + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash *= kMultiplier;
    hash ^= word;
  }
  if (i < key.size()) {
    for (std::uint32_t shift = 0; i < key.size(); ++i, shift += 8)
      hash ^= byte_at(key, i) << shift;
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

}  // namespace

std::int32_t home_partition(std::string_view key, std::int32_t partitions) {
  CROWDFLOW_CHECK(partitions > 0, "a topic has at least one partition");
  constexpr std::uint32_t kPositive = 0x7fffffff;  // Java's toPositive() drops the sign bit
  return static_cast<std::int32_t>((murmur2(key) & kPositive) %
                                   static_cast<std::uint32_t>(partitions));
}

}  // namespace crowdflow::log
