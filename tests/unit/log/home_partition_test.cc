#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string_view>

#include "log/log.h"

namespace crowdflow::log {
namespace {

// What org.apache.kafka.common.utils.Utils of kafka-clients 4.1.1 answers to
// toPositive(murmur2(key)) % n.
struct Golden {
  std::string_view key;
  std::array<std::int32_t, 5> home;  // n = 3, 4, 12, 64, 2^31 - 1
};
constexpr std::array<std::int32_t, 5> kPartitions{3, 4, 12, 64, 2147483647};
constexpr Golden kGolden[] = {
    {"", {0, 1, 9, 25, 275646681}},
    {"a", {1, 0, 4, 60, 584102524}},
    {"ab", {2, 2, 2, 42, 316155434}},
    {"abc", {0, 3, 3, 27, 479470107}},
    {"21", {0, 0, 0, 44, 1173551340}},
    {"foobar", {0, 2, 6, 62, 1357151166}},
    {"gangneung-hall", {1, 3, 7, 15, 2059496527}},
    {"a-little-bit-long-string", {2, 0, 8, 32, 1161502112}},
    {"a-little-bit-longer-string", {2, 3, 11, 3, 661178819}},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", {2, 1, 5, 13, 2088585677}},
    {"강릉-올림픽-파크", {2, 1, 5, 41, 859563689}},
    {"öffentlich", {0, 0, 0, 48, 2093937072}},
};

TEST(HomePartition, IsThatOfTheJavaClient) {
  for (const auto& golden : kGolden) {
    for (std::size_t i = 0; i < kPartitions.size(); ++i) {
      EXPECT_EQ(home_partition(golden.key, kPartitions[i]), golden.home[i])
          << golden.key << " of " << kPartitions[i];
    }
  }
}

TEST(HomePartition, TakesBytesThatAreNoText) {
  constexpr char kBytes[] = {'\xff', '\0', '\x80', '\1', '\xfe'};
  EXPECT_EQ(home_partition({kBytes, sizeof(kBytes)}, 2147483647), 908029879);
}

TEST(HomePartition, OfOnePartitionIsTheOnlyOne) {
  for (const auto& golden : kGolden)
    EXPECT_EQ(home_partition(golden.key, 1), 0);
}

}  // namespace
}  // namespace crowdflow::log
