#include "processor/processor.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <spdlog/spdlog.h>

#include "processor/session.h"

namespace crowdflow::processor {
namespace {

constexpr std::chrono::seconds kPauseBeforeRetry{1};
// While the log says that it is away, a restart comes to nothing: it may be tried all the same.
constexpr int kMostPauses = 10;

// Brokers fence also whom nobody has replaced: they undo a transaction that takes too long in the
// same way. So it is tried again; of two that run under one name, both are fenced in turn, and one
// of them comes to the last of these first.
constexpr std::size_t kMostFenced = 3;
constexpr std::chrono::minutes kFencedWithin{1};

std::vector<std::shared_ptr<const Venue>> venues_of(const ProcessorOptions& options) {
  std::vector<std::shared_ptr<const Venue>> venues;
  venues.reserve(options.venues.size());
  for (const VenueSource& source : options.venues)
    venues.push_back(source.venue);
  return venues;
}

void pause(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, kPauseBeforeRetry, [] { return false; });
}

}  // namespace

Processor::Processor(log::Log& log, ProcessorOptions options, StatusCell& status)
    : log_(log), options_(std::move(options)), report_(status, venues_of(options_)) {}

Result<void> Processor::run(std::stop_token stop) {
  std::deque<WallTime> fenced;
  while (true) {
    const auto ended = Session(log_, options_, report_).run(stop);
    if (ended || stop.stop_requested()) return ended;
    const Error& error = ended.error();
    report_.stage(telemetry::EngineStage::kStarting, error.message, options_.now());
    if (error.code == ErrorCode::kInvalid) return ended;
    if (error.code == ErrorCode::kFenced) {
      fenced.push_back(options_.now());
      if (fenced.size() > kMostFenced) fenced.pop_front();
      if (fenced.size() == kMostFenced && fenced.back() - fenced.front() < kFencedWithin) {
        return fail(error.code, error.message +
                                    "; the third time within a minute: expected no other "
                                    "engine that runs as instance \"" +
                                    options_.instance + '"');
      }
    }
    spdlog::error("the engine starts again from the log: {}", error.message);
    report_.restarted();
    for (int i = 0; i < kMostPauses && !stop.stop_requested(); ++i) {
      pause(stop);
      if (log_.health().reachable) break;
    }
  }
}

}  // namespace crowdflow::processor
