#include "app/publish.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/reading_check.h>

#include "app/command_line.h"
#include "app/progress_bar.h"
#include "app/publish_input.h"
#include "app/publish_outlet.h"
#include "config/config_error.h"
#include "config/venue_file.h"
#include "kafka/kafka_log.h"
#include "wire/readings_encoder.h"
#include "wire/record_headers.h"

namespace crowdflow::app {
namespace {

constexpr std::uint64_t kMostTold = 100;  // refusals that are said one by one
constexpr std::size_t kMostPending = 100'000;

WallTime wall_clock() {
  return WallTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

int complain(const std::string& message, int status) {
  std::fprintf(stderr, "crowdflow publish: %s\n", message.c_str());
  return status;
}

// Refusals, said with their place in the file.
class Complaints {
 public:
  explicit Complaints(std::string file) : file_(file == "-" ? "standard input" : std::move(file)) {}

  void add(std::uint64_t line, std::string_view why, std::uint64_t readings = 1) {
    count_ += readings;
    if (++told_ > kMostTold) return;
    std::fprintf(stderr, "%s:%s\n", file_.c_str(), with_place(line, why).c_str());
  }
  void finish() const {
    if (told_ <= kMostTold) return;
    std::fprintf(stderr, "... and %llu more\n", static_cast<unsigned long long>(told_ - kMostTold));
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  // "12:5: found ..." of "line 12 column 5: found ...", as JSON's refusals begin.
  static std::string with_place(std::uint64_t line, std::string_view why) {
    unsigned long long at_line = 0;
    unsigned long long column = 0;
    int used = 0;
    const std::string text(why);
    if (std::sscanf(text.c_str(), "line %llu column %llu: %n", &at_line, &column, &used) == 2 &&
        used > 0) {
      return std::to_string(at_line) + ':' + std::to_string(column) + ": " +
             text.substr(static_cast<std::size_t>(used));
    }
    return std::to_string(line) + ": " + text;
  }

  std::string file_;
  std::uint64_t count_ = 0;  // readings
  std::uint64_t told_ = 0;
};

// From the file to the outlet, in records of one venue.
class Publishing {
 public:
  Publishing(PublishInput input, std::unique_ptr<PublishOutlet> outlet, const ReadingCheck& check,
             const PublishOptions& options, std::string venue_id, Complaints& complaints)
      : input_(std::move(input)),
        outlet_(std::move(outlet)),
        check_(check),
        options_(options),
        venue_id_(std::move(venue_id)),
        complaints_(complaints) {}

  Result<void> run() {
    ProgressBar bar("publish");
    auto done = publish_all(bar);
    bar.finish();
    return done;
  }

  [[nodiscard]] std::uint64_t readings_sent() const { return outlet_->readings_sent(); }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] bool ended_early() const { return options_.strict && complaints_.count() > 0; }

 private:
  struct Pending {
    wire::ReadingsEncoder encoder;
    std::vector<std::uint64_t> lines;
  };

  Result<void> publish_all(ProgressBar& bar) {
    std::uint64_t entries = 0;
    while (true) {
      const auto entry = input_.next();
      if (!entry) return tl::unexpected(entry.error());
      if (!*entry) break;
      if (auto done = take(**entry); !done) return done;
      if (ended_early()) return outlet_->finish();
      if (++entries % 1024 == 0) {
        bar.show(input_.bytes_read(), input_.size(),
                 std::to_string(outlet_->readings_sent()) + " readings sent");
      }
    }
    for (auto& [venue, pending] : pending_) {
      if (auto done = send(venue, pending); !done) return done;
    }
    return outlet_->finish();
  }

  Result<void> take(const wire::ReadingsFile::Entry& entry) {
    if (!entry.readings) {
      complaints_.add(entry.line, entry.readings.error().message, entry.readings.error().readings);
      return {};
    }
    good_.clear();
    bool says_more = false;
    const WallTime now = wall_clock();
    for (std::uint32_t i = 0; i < entry.readings->size(); ++i) {
      Reading reading = (*entry.readings)[i];
      if (reading.venue_id.empty()) reading.venue_id = venue_id_;
      if (const auto fault = check_.fault_of(reading, now)) {
        complaints_.add(entry.line, std::string(fault->field) + ": " + fault->message);
        continue;
      }
      const auto* access = std::get_if<Access>(&reading.statement);
      says_more = says_more || (access != nullptr && access->refused > 0);
      good_.emplace_back(i, reading);
    }
    if (ended_early()) return {};
    return says_more ? send_as_it_is(entry.line) : add(entry.line);
  }

  Result<void> add(std::uint64_t line) {
    for (const auto& [index, reading] : good_) {
      auto place = pending_.find(reading.venue_id);
      if (place == pending_.end()) {
        place = pending_.try_emplace(std::string(reading.venue_id)).first;
      }
      auto& [venue, pending] = *place;
      if (pending.lines.empty()) pending.encoder.begin(venue);
      pending.encoder.add(reading);
      pending.lines.push_back(line);
      ++waiting_;
      if (pending.lines.size() < options_.batch && waiting_ < kMostPending) continue;
      if (auto done = send(venue, pending); !done) return done;
    }
    return {};
  }

  // Reasons of refusals are in the text and not in a Reading: they are sent as they stand there.
  Result<void> send_as_it_is(std::uint64_t line) {
    std::map<std::string_view, std::vector<std::uint32_t>> by_venue;
    for (const auto& [index, reading] : good_)
      by_venue[reading.venue_id].push_back(index);
    for (const auto& [venue, indices] : by_venue) {
      // What its sensors said before goes first.
      if (const auto before = pending_.find(venue); before != pending_.end()) {
        if (auto done = send(before->first, before->second); !done) return done;
      }
      const auto excerpt = input_.excerpt(indices, venue_id_);
      ++records_;
      if (auto done = outlet_->send({.venue_id = std::string(venue),
                                     .value = excerpt.value,
                                     .content_type = excerpt.content_type,
                                     .lines = std::vector<std::uint64_t>(indices.size(), line)});
          !done) {
        return done;
      }
    }
    return {};
  }

  Result<void> send(const std::string& venue, Pending& pending) {
    if (pending.lines.empty()) return {};
    waiting_ -= pending.lines.size();
    ++records_;
    return outlet_->send({.venue_id = venue,
                          .value = pending.encoder.bytes(),
                          .content_type = wire::kProtobufContentType,
                          .lines = std::exchange(pending.lines, {})});
  }

  PublishInput input_;
  std::unique_ptr<PublishOutlet> outlet_;
  const ReadingCheck& check_;
  const PublishOptions& options_;
  const std::string venue_id_;
  Complaints& complaints_;

  std::map<std::string, Pending, std::less<>> pending_;  // by venue
  std::size_t waiting_ = 0;                              // readings in it
  std::vector<std::pair<std::uint32_t, Reading>> good_;  // of the entry at hand
  std::uint64_t records_ = 0;
};

// Where to publish, and what it stands on.
struct Destination {
  std::unique_ptr<log::Log> log;
  std::unique_ptr<PublishOutlet> outlet;
};

// Nothing after an error, which has been printed.
std::optional<Destination> open_destination(const PublishOptions& options, Complaints& complaints,
                                            int& status) {
  Destination to;
  if (!options.url.empty()) {
    auto outlet = publish_to({.url = options.url,
                              .patience = options.patience,
                              .whole = options.strict,
                              .refused = [&](std::uint64_t line, const std::string& why) {
                                complaints.add(line, why);
                              }});
    if (!outlet) {
      status = complain(outlet.error().message, kWrongUsage);
      return std::nullopt;
    }
    to.outlet = std::move(*outlet);
    return to;
  }
  const auto config = settle(options.log, "crowdflow publish");
  if (!config) {
    status = kWrongConfig;
    return std::nullopt;
  }
  const log::TopicNames names(config->topics.prefix);
  auto log = open_log(*config, names);
  if (!log) {
    status = complain(log.error().message, kFailed);
    return std::nullopt;
  }
  to.log = std::move(*log);
  auto outlet = publish_to(*to.log, names, options.patience);
  if (!outlet) {
    status = complain(outlet.error().message, kFailed);
    return std::nullopt;
  }
  to.outlet = std::move(*outlet);
  return to;
}

}  // namespace

int publish(const PublishOptions& options) {
  const bool to_log = !options.log.config_file.empty() || options.log.brokers.has_value() ||
                      options.log.folder.has_value();
  if (to_log == !options.url.empty()) {
    return complain(
        "where to? Give either --url http://HOST:PORT of a running crowdflow, or "
        "--config FILE, --brokers HOST:PORT or --embedded DIR of its log",
        kWrongUsage);
  }
  std::string venue_id = options.venue_id;
  std::vector<std::shared_ptr<const Venue>> venues;
  if (!options.venue_file.empty()) {
    auto venue = config::load_venue(options.venue_file);
    if (!venue) {
      std::fputs(config::format_errors(venue.error()).c_str(), stderr);
      return kWrongConfig;
    }
    venues.push_back(std::make_shared<const Venue>(std::move(*venue)));
    if (venue_id.empty()) venue_id = venues.front()->id;
  }
  const ReadingCheck check(venues);
  auto input = PublishInput::open(options, venues.empty() ? nullptr : venues.front().get());
  if (!input) {
    return complain(input.error().message,
                    input.error().code == ErrorCode::kInvalid ? kWrongUsage : kFailed);
  }
  Complaints complaints(options.file);
  int status = 0;
  auto to = open_destination(options, complaints, status);
  if (!to) return status;

  const auto begun = std::chrono::steady_clock::now();
  Publishing publishing(std::move(*input), std::move(to->outlet), check, options, venue_id,
                        complaints);
  const auto done = publishing.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  complaints.finish();
  const auto sent = static_cast<unsigned long long>(publishing.readings_sent());
  std::fprintf(
      stderr, "%s: %llu readings sent in %llu records, %llu refused; %.1f s, %.0f readings/s\n",
      complaints.file().c_str(), sent, static_cast<unsigned long long>(publishing.records()),
      static_cast<unsigned long long>(complaints.count()), took.count(),
      static_cast<double>(sent) / std::max(took.count(), 1e-3));
  if (!done) {
    return complain(
        done.error().message + "; what was sent counts once, however often: publish the file again",
        kFailed);
  }
  if (publishing.ended_early()) {
    std::fputs("crowdflow publish: ended at the first reading that was refused (--strict)\n",
               stderr);
  }
  return complaints.count() > 0 ? kRefused : 0;
}

}  // namespace crowdflow::app
