#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::config {

// What a person (or a script) answers about a venue, checked at once. The error says what was
// expected, in words. Blanks around an answer do not count. What is let through here makes a venue
// file without errors and warnings.
template <typename T>
using Answer = tl::expected<T, std::string>;

// One line of text, 1 to 100 characters.
[[nodiscard]] Answer<std::string> answer_name(std::string_view text);
// 1 to 50 characters, so that there is room for a rule's suffix.
[[nodiscard]] Answer<std::string> answer_id(std::string_view text);
// "Main hall" -> "main-hall"; letters with accents lose them. Empty when nothing is left.
[[nodiscard]] std::string id_from_name(std::string_view name);
[[nodiscard]] Answer<std::string> answer_time_zone(std::string_view text);

// "sitting", "standing", "queue", "walkway", "stairs", "other".
[[nodiscard]] Answer<ZoneKind> answer_kind(std::string_view text);
// Square metres: "220", "220m2", "220 m²", or length x width in metres: "20x11", "20 x 11 m".
[[nodiscard]] Answer<double> answer_area(std::string_view text);
// People; "" and "-": nobody has set it. Fewer than at level F of the kind's profile.
[[nodiscard]] Answer<std::optional<std::int64_t>> answer_capacity(std::string_view text,
                                                                  ZoneKind kind, double area_m2);
// People per square metre, "2.5" or "2.5/m2"; "" and "-": the usual one. At most where level F
// begins.
[[nodiscard]] Answer<double> answer_limit(std::string_view text, ZoneKind kind);
// Metres, "1.8" or "1.8m"; "" and "-": not known.
[[nodiscard]] Answer<std::optional<double>> answer_width(std::string_view text);
// "delta", "total"; "occupancy" unless it stands at a door.
[[nodiscard]] Answer<CountKind> answer_counts(std::string_view text, bool at_a_door);
// "1s", "1m": a second to an hour.
[[nodiscard]] Answer<Span> answer_every(std::string_view text);

}  // namespace crowdflow::config
