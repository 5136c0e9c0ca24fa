#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crowdflow {

// FNV-1a over words of 8 bytes (little-endian, the last filled up with zeros), in four lanes that
// take turns, each turned by 29 bits after each word so that no bit stays where a later one could
// undo it. Any change of a single word changes it.
[[nodiscard]] inline std::uint64_t snapshot_checksum(std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x100'0000'01B3;
  constexpr std::uint64_t kBasis = 0xCBF2'9CE4'8422'2325;
  constexpr std::size_t kWord = 8;
  const auto word_at = [&](std::size_t at, std::size_t size) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size; ++i)
      word |= std::uint64_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
    return word;
  };
  const auto take = [](std::uint64_t& hash, std::uint64_t word) {
    hash = std::rotl((hash ^ word) * kPrime, 29);
  };
  std::array<std::uint64_t, 4> lanes{kBasis, kBasis + 1, kBasis + 2, kBasis + 3};
  std::size_t at = 0;
  for (; bytes.size() - at >= kWord * lanes.size(); at += kWord * lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
      take(lanes[lane], word_at(at + lane * kWord, kWord));
  }
  std::uint64_t hash = kBasis ^ bytes.size();
  for (; at < bytes.size(); at += kWord)
    take(hash, word_at(at, std::min(kWord, bytes.size() - at)));
  for (const std::uint64_t lane : lanes)
    take(hash, lane);
  return hash;
}

}  // namespace crowdflow
