#include "config/venue_file.h"

#include "config/document.h"
#include "config/reader.h"
#include "config/report.h"
#include "config/text_file.h"
#include "config/time_zone.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

void read_time_zone(VenueDraft& draft, const Node* node) {
  if (node == nullptr) return;
  const std::string& name = node->text;
  const bool could_be = node->kind == NodeKind::kScalar && has_time_zone_form(name);
  auto offsets = draft.utc_offsets ? draft.utc_offsets
                 : could_be        ? utc_offsets(name)
                                   : std::nullopt;
  if (could_be && offsets) {
    draft.venue.time_zone = name;
    draft.venue.utc_offsets = std::move(*offsets);
  } else if (could_be && !has_time_zones()) {
    draft.report.error(*node, describe(*node) + " on a machine without time zones",
                       "them in " + std::string{kZoneInfo} + ", or UTC",
                       "install the package tzdata");
  } else {
    draft.report.error(*node, "the IANA name of a time zone, such as Asia/Seoul",
                       node->kind == NodeKind::kScalar ? time_zone_hint(name) : "");
  }
}

void read_identity(VenueDraft& draft, const Node* node) {
  if (node == nullptr) return;
  Report& report = draft.report;
  MapReader map{report, *node, "a map such as { id: hall, name: Hall, time_zone: Asia/Seoul }"};
  Venue& venue = draft.venue;
  venue.id = read_id(report, map.require("id", "the venue's id"));
  venue.name = read_text(report, map.find("name"), 200).value_or(venue.id);
  read_time_zone(draft,
                 map.require("time_zone", "the IANA name of its time zone, such as Asia/Seoul"));
}

void read_venue(VenueDraft& draft, const Node& root) {
  Report& report = draft.report;
  Venue& venue = draft.venue;
  MapReader map{report, root, "a map that begins with `crowdflow: v1`"};
  read_format_version(report, map);
  read_identity(draft, map.require("venue", "the venue's id, name and time_zone"));
  read_profiles(draft, map.find("profiles"));
  read_zones(draft, map.require("zones", "the places that are watched"));
  draft.limits_are_known = !report.has_errors();
  read_openings(draft, map.find("openings"));
  read_sensors(draft, map.find("sensors"));
  read_windows(draft, map.find("windows"));
  if (const auto percent =
          read_whole(report, map.find("percentile"), {.of = "percent", .least = 1, .most = 99})) {
    venue.density_percentile = static_cast<int>(*percent);
  }
  venue.starts =
      read_choice<StartLevel>(report, map.find("starts"),
                              {{"empty", StartLevel::kEmpty}, {"unknown", StartLevel::kUnknown}})
          .value_or(StartLevel::kAssumedEmpty);
  venue.lateness = read_duration(report, map.find("lateness"), Span{0}, std::chrono::minutes{10})
                       .value_or(venue.lateness);
  venue.revise_for = read_duration(report, map.find("revise_for"), Span{0}, std::chrono::hours{1})
                         .value_or(venue.revise_for);
  read_rules(draft, map.find("rules"));
}

// `utc_offsets`: absent asks the machine what the time zone's name means.
tl::expected<Venue, std::vector<ConfigError>> parse(
    std::string_view yaml, const std::string& file_name, std::vector<ConfigError>* warnings,
    std::optional<std::vector<UtcOffset>> utc_offsets) {
  const std::string_view text = without_byte_order_mark(yaml);
  Report report{file_name, text};
  if (yaml.size() > kMaxFileBytes) {
    report.document_error(
        {.at = {1, 0}, .found = "more than 64 MiB", .expected = "a smaller file"});
    return tl::unexpected(report.take_errors());
  }
  const Document document{text};
  for (const DocumentError& error : document.errors())
    report.document_error(error);
  VenueDraft draft{.report = report, .utc_offsets = std::move(utc_offsets)};
  draft.venue.version = venue_version(yaml);
  if (document.root() != nullptr) read_venue(draft, *document.root());
  if (!report.has_errors()) add_remarks(draft);
  if (warnings != nullptr) {
    for (ConfigError& warning : report.take_warnings())
      warnings->push_back(std::move(warning));
  }
  if (report.has_errors()) return tl::unexpected(report.take_errors());
  return std::move(draft.venue);
}

}  // namespace

tl::expected<Venue, std::vector<ConfigError>> parse_venue(std::string_view yaml,
                                                          const std::string& file_name,
                                                          std::vector<ConfigError>* warnings) {
  return parse(yaml, file_name, warnings, std::nullopt);
}

tl::expected<Venue, std::vector<ConfigError>> parse_venue_again(
    std::string_view yaml, const std::string& file_name, std::vector<UtcOffset> utc_offsets) {
  return parse(yaml, file_name, nullptr, std::move(utc_offsets));
}

tl::expected<Venue, std::vector<ConfigError>> load_venue(const std::string& path,
                                                         std::vector<ConfigError>* warnings) {
  auto bytes = read_text_file(path);
  if (!bytes) return tl::unexpected(std::vector<ConfigError>{std::move(bytes.error())});
  return parse_venue(*bytes, path, warnings);
}

}  // namespace crowdflow::config
