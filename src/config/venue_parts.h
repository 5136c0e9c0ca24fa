#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/venue_answers.h"
#include "config/venue_sketch.h"

namespace crowdflow::config {

// The parts of a sketch, where an answer depends on what is there already.

// A zone, by id or name; with `outside`, which is nothing.
[[nodiscard]] Answer<std::size_t> find_zone(const VenueSketch& sketch, std::string_view text);
[[nodiscard]] Answer<std::optional<std::size_t>> find_side(const VenueSketch& sketch,
                                                           std::string_view text);

// The id that a new part gets by its name (a counter by its id), which no other of its kind has.
[[nodiscard]] Answer<std::string> new_zone_id(const VenueSketch& sketch, std::string_view name);
[[nodiscard]] Answer<std::string> new_door_id(const VenueSketch& sketch, std::string_view name);
[[nodiscard]] Answer<std::string> new_counter_id(const VenueSketch& sketch, std::string_view id);

// Whole parts in one text, for flags. What they say is appended to the sketch, which is unchanged
// after an error. Parts are separated by commas; those in brackets may be left out.
//   zone     NAME,AREA[,CAPACITY,KIND,LIMIT]      hall,220m2,400,standing
//   door     NAME,WIDTH,TO[,FROM]                 front,1.8m,hall
//   counter  ID,PLACE[,COUNTS,EVERY]              door-1,front,delta,1m
[[nodiscard]] Answer<void> add_zone(VenueSketch& sketch, std::string_view text);
[[nodiscard]] Answer<void> add_door(VenueSketch& sketch, std::string_view text);
[[nodiscard]] Answer<void> add_counter(VenueSketch& sketch, std::string_view text);

}  // namespace crowdflow::config
