#include "app/explain.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "app/command_line.h"
#include "app/explanation_text.h"
#include "app/journalled_log.h"
#include "processor/explanation.h"
#include "processor/reproduction.h"

namespace crowdflow::app {
namespace {

Error not_found(const processor::AlertSearch& search, const std::string& topic,
                const ExplainOptions& options) {
  if (!search.occurrences.empty()) {
    return {ErrorCode::kNotFound,
            topic + " has no occurrence " + std::to_string(options.occurrence.value_or(0)) +
                " of " + options.alert_id + ", expected one from " +
                std::to_string(std::ranges::min(search.occurrences)) + " to " +
                std::to_string(std::ranges::max(search.occurrences))};
  }
  const std::string what = topic + " holds no raise of \"" + options.alert_id + '"';
  if (search.alert_ids.empty()) {
    return {ErrorCode::kNotFound, what + ", and no other alert of this venue"};
  }
  return {ErrorCode::kNotFound,
          what + ", expected one of " + list_nearest(search.alert_ids, options.alert_id)};
}

Result<void> explain_from(log::Log& log, const processor::ProcessorOptions& options,
                          const ExplainOptions& asked) {
  const std::string venue_id = asked.alert_id.substr(0, asked.alert_id.find('/'));
  const auto partition = find_home(log, options, venue_id);
  if (!partition) return tl::unexpected(partition.error());
  const auto search =
      processor::find_raise(log, options, *partition, venue_id, asked.alert_id, asked.occurrence);
  if (!search) return tl::unexpected(search.error());
  if (!search->raise && search->alert_ids.empty()) {
    const auto known = processor::list_journalled_venues(log, options);
    if (known && std::ranges::find(*known, venue_id) == known->end()) {
      return unknown_venue(log, options, venue_id);
    }
  }
  if (!search->raise) return tl::unexpected(not_found(*search, options.topics.alerts, asked));
  const auto found = processor::explain(log, options, *partition, *search->raise);
  if (!found) return tl::unexpected(found.error());
  const ExplanationPlace place{.topics = options.topics, .partition = *partition};
  std::string text = asked.json ? to_json(*found, place) : in_words(*found, place);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

}  // namespace

int explain(const ExplainOptions& options) {
  const auto complain = [](const Error& error) {
    std::fprintf(stderr, "crowdflow explain: %s\n", error.message.c_str());
    return kFailed;
  };
  if (std::ranges::count(options.alert_id, '/') != 2) {
    complain({ErrorCode::kInvalid,
              "found \"" + options.alert_id + "\", expected an alert id: VENUE/RULE/ZONE"});
    return kWrongUsage;
  }
  const auto config = settle(options.log, "crowdflow explain");
  if (!config) return kWrongConfig;
  auto log = JournalledLog::connect(*config);
  if (!log) return complain(log.error());
  const auto done = explain_from(log->log(), log->options(), options);
  return done ? 0 : complain(done.error());
}

}  // namespace crowdflow::app
