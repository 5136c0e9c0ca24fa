#include <gmock/gmock.h>

#include <crowdflow/venue.h>

namespace crowdflow {
namespace {

// The published test vectors of 64-bit FNV-1a.
TEST(VenueVersion, IsTheFnv1aHashInHex) {
  EXPECT_EQ(venue_version(""), "cbf29ce484222325");
  EXPECT_EQ(venue_version("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(venue_version("foobar"), "85944171f73967e8");
}

TEST(VenueVersion, TakesBytesAboveAsciiAsUnsigned) {
  EXPECT_EQ(venue_version("\xff"), "af64724c8602eb6e");
}

TEST(VenueVersion, ChangesWithEveryByte) {
  EXPECT_NE(venue_version("crowdflow: v1\n"), venue_version("crowdflow: v1"));
}

}  // namespace
}  // namespace crowdflow
