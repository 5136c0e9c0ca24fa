#include "engine/id_index.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace crowdflow {
namespace {

struct Thing {
  std::string id;
};

// Of every length from 2 to 40, some alike but for one letter at either end or in the middle.
std::vector<Thing> things() {
  std::vector<Thing> things;
  for (std::size_t size = 2; size <= 40; ++size) {
    for (const std::size_t odd : {std::size_t{0}, size / 2, size - 1}) {
      for (const char letter : {'a', 'b', 'c'}) {
        std::string id(size, 'x');
        id[odd] = letter;
        if (size > 3 || odd == 0) things.push_back({id});
      }
    }
  }
  return things;
}

TEST(IdIndex, FindsEachIdAndNoOther) {
  const std::vector<Thing> list = things();
  const IdIndex index(list);
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(index.find(list[i].id), i) << list[i].id;
    EXPECT_FALSE(index.find(list[i].id + "y"));
    EXPECT_FALSE(index.find("y" + list[i].id));
  }
  EXPECT_FALSE(index.find(""));
}

TEST(IdIndex, TellsWhetherANumberHasAnId) {
  const std::vector<Thing> list = things();
  const IdIndex index(list);
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    for (std::uint32_t k = 0; k < list.size(); ++k)
      EXPECT_EQ(index.is(k, list[i].id, IdIndex::Key(list[i].id)), i == k);
  }
}

TEST(IdIndex, GivesWhatIsAddedTheNextNumber) {
  const std::vector<Thing> list{{"a"}, {"b"}};
  IdIndex index(list);
  index.add("");
  EXPECT_EQ(index.find(""), 2U);
  EXPECT_EQ(index.find("b"), 1U);
}

}  // namespace
}  // namespace crowdflow
