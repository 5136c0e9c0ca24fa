#include "config/time_zone.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::config {
namespace {

using test::TempDir;

TEST(TimeZone, IsCheckedByItsFormOnAMachineWithoutThem) {
  const TempDir empty;
  const std::string root = empty.path().string();
  for (const char* name : {"UTC", "Asia/Seoul", "Etc/GMT+9", "America/Argentina/Buenos_Aires"}) {
    EXPECT_TRUE(is_time_zone(name, root)) << name;
  }
  for (const char* name :
       {"", "/UTC", "Asia/", "Asia//Seoul", "../UTC", "Asia/Se oul", "+09:00", "Korea time", "9"}) {
    EXPECT_FALSE(is_time_zone(name, root)) << name;
  }
  EXPECT_EQ(time_zone_hint("Asia/Soul", root), "");
}

TEST(TimeZone, IsCheckedByTheFilesOfTheMachine) {
  const TempDir folder;
  const std::string root = folder.path().string();
  folder.write("UTC", "TZif2");
  folder.write("Asia/Seoul", "TZif2");
  folder.write("tzdata.zi", "# no zone");
  EXPECT_TRUE(is_time_zone("Asia/Seoul", root));
  EXPECT_FALSE(is_time_zone("Asia/Soul", root));
  EXPECT_FALSE(is_time_zone("Asia", root));
  EXPECT_FALSE(is_time_zone("tzdata.zi", root));
  EXPECT_EQ(time_zone_hint("Asia/Soul", root), "did you mean \"Asia/Seoul\"?");
  EXPECT_EQ(time_zone_hint("Mars/Olympus", root), "");
}

}  // namespace
}  // namespace crowdflow::config
