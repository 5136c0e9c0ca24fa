#include "app/journalled_log.h"

#include <algorithm>
#include <utility>

#include <crowdflow/time.h>

#include "app/journalled_venue.h"
#include "app/log_connection.h"
#include "config/nearest.h"
#include "processor/reproduction.h"

namespace crowdflow::app {
namespace {

constexpr std::size_t kListed = 10;
constexpr std::size_t kFarthest = 1000;

}  // namespace

Result<JournalledLog> JournalledLog::connect(const config::RunConfig& config) {
  JournalledLog self;
  self.options_ = std::make_unique<processor::ProcessorOptions>();
  self.options_->topics = log::TopicNames(config.topics.prefix);
  self.options_->parse_venue = parse_journalled_venue;
  auto log = look_into_log(config, self.options_->topics);
  if (!log) return tl::unexpected(log.error());
  self.log_ = std::move(*log);
  return self;
}

Result<std::int32_t> find_home(log::Log& log, const processor::ProcessorOptions& options,
                               const std::string& venue_id) {
  const auto partitions = log.partition_count(options.topics.readings);
  if (!partitions) return tl::unexpected(partitions.error());
  return log::home_partition(venue_id, *partitions);
}

tl::unexpected<Error> unknown_venue(log::Log& log, const processor::ProcessorOptions& options,
                                    const std::string& venue_id) {
  const std::string what = options.topics.journal + " has no venue \"" + venue_id + '"';
  const auto known = processor::list_journalled_venues(log, options);
  if (!known) return fail(ErrorCode::kNotFound, what + " (" + known.error().message + ')');
  if (known->empty()) return fail(ErrorCode::kNotFound, what + ", and no other");
  return fail(ErrorCode::kNotFound, what + ", expected one of " + list_nearest(*known, venue_id));
}

std::string list_nearest(std::vector<std::string> ids, const std::string& wanted) {
  std::ranges::stable_sort(
      ids, {}, [&](const std::string& id) { return config::edit_distance(id, wanted, kFarthest); });
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), kListed); ++i)
    text += (i == 0 ? "" : ", ") + ids[i];
  if (ids.size() > kListed) text += " and " + std::to_string(ids.size() - kListed) + " more";
  return text;
}

Result<void> read_time(const std::string& option, const std::string& text, EventTime& out) {
  if (text.empty()) return {};
  const auto time = event_time_from_rfc3339(text);
  if (!time) {
    return fail(ErrorCode::kInvalid,
                option + ": found \"" + text + "\", expected a time such as 2018-02-09T11:00:00Z");
  }
  out = *time;
  return {};
}

}  // namespace crowdflow::app
