#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "config/venue_file.h"
#include "paths.h"

namespace crowdflow::test {

// The venue of examples/<name>.yaml, about which nothing is to be said.
inline Venue example(const std::string& name) {
  std::vector<config::ConfigError> warnings;
  auto venue =
      config::load_venue((source_dir() / "examples" / (name + ".yaml")).string(), &warnings);
  EXPECT_EQ(config::format_warnings(warnings), "");
  if (venue) return *std::move(venue);
  ADD_FAILURE() << config::format_errors(venue.error());
  return {};
}

}  // namespace crowdflow::test
