// The one file that pays for compiling Boost.Geometry.
#include "config/polygon.h"

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <boost/geometry/geometries/segment.hpp>
#include <vector>

#include "config/values.h"

namespace crowdflow::config {
namespace {

namespace bg = boost::geometry;
using Point = bg::model::d2::point_xy<double>;
using Segment = bg::model::segment<Point>;
using Polygon = bg::model::polygon<Point>;

Point point(const Zone::Corner& corner) { return {corner.x, corner.y}; }

std::string text(const Point& p) { return '[' + to_text(p.x()) + ", " + to_text(p.y()) + ']'; }

Segment edge(std::span<const Zone::Corner> corners, std::size_t from) {
  return {point(corners[from]), point(corners[(from + 1) % corners.size()])};
}

// Compares every pair of edges: only for telling a person where to look.
PolygonFault find_fault(std::span<const Zone::Corner> corners) {
  const std::size_t count = corners.size();
  std::vector<Point> shared;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      shared.clear();
      bg::intersection(edge(corners, i), edge(corners, j), shared);
      const bool follows = j == i + 1;
      const bool precedes = i == 0 && j == count - 1;
      if (follows || precedes) {
        // Neighbours share their corner and nothing else.
        const std::size_t corner = follows ? j : 0;
        if (shared.size() > 1) return {corner, "an edge that runs back along the one before"};
      } else if (!shared.empty()) {
        return {j, "an edge that meets the one from corner " + std::to_string(i) + " at " +
                       text(shared.front())};
      }
    }
  }
  return {0, "corners without an area between them"};
}

}  // namespace

tl::expected<double, PolygonFault> polygon_area(std::span<const Zone::Corner> corners) {
  Polygon polygon;
  for (const Zone::Corner& corner : corners)
    bg::append(polygon.outer(), point(corner));
  bg::correct(polygon);
  if (!bg::is_valid(polygon)) return tl::unexpected<PolygonFault>(find_fault(corners));
  return bg::area(polygon);
}

}  // namespace crowdflow::config
