#include "config/polygon.h"

#include <cmath>
#include <gmock/gmock.h>
#include <numbers>
#include <vector>

namespace crowdflow::config {
namespace {

using Corners = std::vector<Zone::Corner>;
using testing::HasSubstr;

TEST(Polygon, HasTheSameAreaEitherWayRound) {
  EXPECT_DOUBLE_EQ(*polygon_area(Corners{{0, 0}, {1.8, 0}, {1.8, 8}, {0, 8}}), 14.4);
  EXPECT_DOUBLE_EQ(*polygon_area(Corners{{0, 8}, {1.8, 8}, {1.8, 0}, {0, 0}}), 14.4);
  EXPECT_DOUBLE_EQ(*polygon_area(Corners{{-2, -2}, {2, -2}, {0, 2}}), 8);
}

TEST(Polygon, MayBendInwards) {
  EXPECT_DOUBLE_EQ(*polygon_area(Corners{{0, 0}, {4, 0}, {4, 4}, {2, 1}, {0, 4}}), 10);
}

TEST(Polygon, MayHaveManyCorners) {
  Corners circle;
  for (int i = 0; i < 1000; ++i) {
    const double angle = 2 * std::numbers::pi * i / 1000;
    circle.push_back({10 * std::cos(angle), 10 * std::sin(angle)});
  }
  EXPECT_NEAR(*polygon_area(circle), 100 * std::numbers::pi, 0.01);
}

TEST(Polygon, NamesThePointAtWhichEdgesCross) {
  const auto area = polygon_area(Corners{{0, 0}, {4, 4}, {4, 0}, {0, 4}});
  ASSERT_FALSE(area);
  EXPECT_EQ(area.error().corner, 2U);
  EXPECT_THAT(area.error().found, HasSubstr("from corner 0 at [2, 2]"));
}

TEST(Polygon, RefusesAnEdgeThatRunsBack) {
  for (const Corners& corners : {Corners{{0, 0}, {1, 1}, {2, 2}}, Corners{{0, 0}, {4, 0}, {2, 0}},
                                 Corners{{0, 0}, {2, 0}, {2, 2}, {2, 1}, {2, 3}, {0, 3}}}) {
    EXPECT_FALSE(polygon_area(corners));
  }
}

TEST(Polygon, RefusesACornerOnAnotherEdge) {
  EXPECT_FALSE(polygon_area(Corners{{0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}}));
}

}  // namespace
}  // namespace crowdflow::config
