#include "app/large_pages.h"

#include <cstdint>
#include <gmock/gmock.h>
#include <vector>

namespace crowdflow::app {
namespace {

constexpr std::size_t kPage = std::size_t{2} << 20;

TEST(LargePages, BeginWhereAPageDoes) {
  LargePages pages;
  std::pmr::vector<std::uint8_t> large(2 * kPage + 100, 7, &pages);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.data()) % kPage, 0U);
  EXPECT_EQ(large.front(), 7);
  EXPECT_EQ(large.back(), 7);
}

TEST(LargePages, KeepTheAlignmentOfSmallThings) {
  struct alignas(64) Line {
    int value = 3;
  };
  LargePages pages;
  const std::pmr::vector<Line> few(3, &pages);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(few.data()) % alignof(Line), 0U);
  EXPECT_EQ(few.back().value, 3);
}

TEST(LargePages, AreAllTheSame) {
  LargePages pages;
  const LargePages others;
  EXPECT_EQ(pages, others);
  EXPECT_NE(static_cast<std::pmr::memory_resource&>(pages), *std::pmr::new_delete_resource());
}

}  // namespace
}  // namespace crowdflow::app
