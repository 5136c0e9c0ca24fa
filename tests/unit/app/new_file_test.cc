#include "app/new_file.h"

#include <filesystem>
#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::app {
namespace {

using test::read_text;
using test::TempDir;
using testing::HasSubstr;

std::size_t files_in(const TempDir& dir) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(dir.path()), {}));
}

TEST(NewFile, IsWritten) {
  const TempDir dir;
  const std::string file = (dir.path() / "hall.yaml").string();
  ASSERT_TRUE(write_new_file(file, "text", false));
  EXPECT_EQ(read_text(file), "text");
  EXPECT_EQ(files_in(dir), 1U);
}

TEST(NewFile, TakesTheFormerOnesPlaceOnlyWhenTold) {
  const TempDir dir;
  const std::string file = dir.write("hall.yaml", "mine").string();
  const auto refused = write_new_file(file, "text", false);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is there already"));
  EXPECT_EQ(read_text(file), "mine");
  ASSERT_TRUE(write_new_file(file, "text", true));
  EXPECT_EQ(read_text(file), "text");
  EXPECT_EQ(files_in(dir), 1U);
}

TEST(NewFile, LeavesNothingBehindWhereItCannotBeWritten) {
  const TempDir dir;
  EXPECT_THAT(write_new_file((dir.path() / "no/hall.yaml").string(), "text", false).error().message,
              HasSubstr("No such file or directory"));
  // A folder cannot be replaced by a file.
  std::filesystem::create_directory(dir.path() / "hall.yaml");
  EXPECT_FALSE(write_new_file((dir.path() / "hall.yaml").string(), "text", true));
  EXPECT_EQ(files_in(dir), 1U);
}

}  // namespace
}  // namespace crowdflow::app
