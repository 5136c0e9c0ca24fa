#include "embedded/diary.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <sqlite3.h>
#include <thread>
#include <utility>

#include "embedded/fault_disk.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

constexpr auto kPatience = 20s;
const log::PartitionId kReadings{"readings", 0};

std::string padding(int i) { return std::string(i % 5 == 0 ? 6000 : 20, 'x'); }
std::string reading(int i) { return "reading " + std::to_string(i) + " " + padding(i); }
std::string output(int i) { return "output " + std::to_string(i) + " " + padding(i + 2); }
std::string key(int i) { return "key " + std::to_string(i % 3); }

struct Kept {
  std::int64_t offset = 0;
  std::string key;
  std::string value;
};

Result<std::vector<Kept>> read_all(log::Log& log, const log::PartitionId& at) {
  auto bounds = log.query_bounds(at);
  if (!bounds) return tl::unexpected(bounds.error());
  auto reader = log.reader({});
  if (!reader) return tl::unexpected(reader.error());
  const std::vector<log::Position> from{{.at = at, .offset = bounds->low, .note = ""}};
  if (auto started = (*reader)->start_at(from); !started) return tl::unexpected(started.error());
  std::vector<Kept> all;
  while ((*reader)->position(at) < bounds->high) {
    auto batch = (*reader)->take(7, 0ms);
    if (!batch) return tl::unexpected(batch.error());
    for (const log::Record& record : (*batch)->records()) {
      all.push_back({record.offset, std::string(record.key), std::string(record.value)});
    }
  }
  return all;
}

// What was there when it was begun may be gone before it is read: then it is begun again.
Result<std::vector<Kept>> all_of(log::Log& log, const log::PartitionId& at) {
  auto found = read_all(log, at);
  while (!found && found.error().code == ErrorCode::kUnavailable && at.topic == "brief" &&
         log.query_bounds(at)->low > 0) {
    found = read_all(log, at);
  }
  return found;
}

AssertionResult is_series(const std::string& what, const std::vector<Kept>& found, int count,
                          std::string (*expected)(int)) {
  if (found.size() != static_cast<std::size_t>(count)) {
    return AssertionFailure() << what << ": " << found.size() << " records, expected " << count;
  }
  for (int i = 0; i < count; ++i) {
    const Kept& record = found[static_cast<std::size_t>(i)];
    if (record.offset != i || record.value != expected(i)) {
      return AssertionFailure() << what << ": record " << i << " has offset " << record.offset
                                << " and begins with " << record.value.substr(0, 20);
    }
  }
  return AssertionSuccess();
}

// The latest record of each key, and none out of order.
AssertionResult is_current(const std::vector<Kept>& found, int commits) {
  std::map<std::string, std::string> latest;
  for (const Kept& record : found)
    latest[record.key] = record.value;
  for (int i = std::max(0, commits - 3); i < commits; ++i) {
    if (latest[key(i)] != output(i)) {
      return AssertionFailure() << "the present state of " << key(i) << " is "
                                << latest[key(i)].substr(0, 20) << " after " << commits;
    }
  }
  if (latest.size() == static_cast<std::size_t>(std::min(3, commits))) return AssertionSuccess();
  return AssertionFailure() << latest.size() << " keys after " << commits << " commits";
}

AssertionResult is_suffix(const std::vector<Kept>& found, int commits) {
  if (commits == 0 && found.empty()) return AssertionSuccess();
  auto expected = commits - static_cast<int>(found.size());
  for (const Kept& record : found) {
    if (record.offset != expected || record.value != output(expected)) {
      return AssertionFailure() << "a short-lived record is not the next one: "
                                << record.value.substr(0, 20);
    }
    ++expected;
  }
  return found.empty() ? AssertionFailure() << "no short-lived record" : AssertionSuccess();
}

// SQLite's own opinion.
AssertionResult is_sound(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  std::string answer;
  if (sqlite3_open(file.c_str(), &handle) == SQLITE_OK) {
    sqlite3_exec(
        handle, "PRAGMA integrity_check",
        [](void* text, int, char** columns, char**) {
          static_cast<std::string*>(text)->append(columns[0]);
          return 0;
        },
        &answer, nullptr);
  }
  sqlite3_close(handle);
  return answer == "ok" ? AssertionSuccess() : AssertionFailure() << "integrity check: " << answer;
}

}  // namespace

std::vector<embedded::TopicSpec> Diary::topics() {
  return {{.name = "readings", .partitions = 1},
          {.name = "outputs", .partitions = 2},
          {.name = "current", .partitions = 1, .compacted = true},
          {.name = "brief", .partitions = 1, .kept_bytes = 8000}};
}

embedded::OpenOptions Diary::options(const std::filesystem::path& folder, const std::string& vfs) {
  return {.folder = folder,
          .topics = topics(),
          .vfs = vfs,
          .now = nullptr,
          .pace = {.upkeep_every = 0ms, .mend_every = 1ms, .checkpoint_pages = 20}};
}

// ---- steps ----

Result<void> Diary::append_reading(log::Log& log) {
  if (!appender_) {
    auto made = log.appender();
    if (!made) return tl::unexpected(made.error());
    appender_ = std::move(*made);
  }
  const std::string value = reading(written_.readings);
  written_.reading_unknown = true;
  auto done = appender_->append({.topic = kReadings.topic, .partition = 0, .value = value});
  if (done) done = appender_->flush(kPatience);
  if (!done) return done;
  ++written_.readings;
  written_.reading_unknown = false;
  return {};
}

Result<void> Diary::fill(log::Writer& writer, const log::Assignment& assignment) const {
  const int i = written_.commits;
  const std::string value = output(i);
  const std::string name = key(i);
  for (const log::Append& record :
       {log::Append{.topic = "outputs", .partition = 0, .value = value},
        log::Append{.topic = "outputs", .partition = 1, .value = value},
        log::Append{.topic = "current", .partition = 0, .key = name, .value = value},
        log::Append{.topic = "brief", .partition = 0, .value = value}}) {
    if (auto done = writer.append(record); !done) return done;
  }
  const std::vector<log::Position> positions{
      {.at = kReadings, .offset = i + 1, .note = std::to_string(i)}};
  return writer.send_positions(assignment, positions);
}

bool Diary::make_writer(log::Log& log) {
  if (!reader_) {
    auto reader = log.reader({.group = kGroup, .instance = ""});
    if (!reader) return false;
    reader_ = std::move(*reader);
    const std::vector<log::Position> from{{.at = kReadings, .offset = 0, .note = ""}};
    if (auto started = reader_->start_at(from); !started) return false;
  }
  if (writer_) return true;
  auto made = log.writer("engine");
  if (!made) return false;
  if (auto opened = (*made)->open(); !opened) return false;
  writer_ = std::move(*made);
  return true;
}

Result<void> Diary::commit(log::Log& log) {
  if (!make_writer(log)) return fail(ErrorCode::kUnavailable, "no writer");
  if (written_.commits % 4 == 3) {
    if (auto done = writer_->begin(); !done) return done;
    if (auto done = writer_->append({.topic = "outputs", .partition = 0, .value = "taken back"});
        !done) {
      return done;
    }
    if (auto done = writer_->abort(); !done) return done;
  }
  if (auto done = writer_->begin(); !done) return done;
  if (auto done = fill(*writer_, *reader_->assignment()); !done) return done;
  written_.commit_unknown = true;
  auto done = writer_->commit();
  if (!done) {
    if (done.error().code == ErrorCode::kAborted) written_.commit_unknown = false;
    return done;
  }
  ++written_.commits;
  written_.commit_unknown = false;
  return {};
}

bool Diary::write_until_it_fails(log::Log& log, int steps) {
  while (written_.commits < steps) {
    if (written_.readings == written_.commits) {
      if (!append_reading(log)) return false;
    }
    if (!commit(log)) return false;
  }
  return true;
}

bool Diary::learn_what_is_there(log::Log& log) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!log.health().reachable) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(200us);
  }
  const auto bounds = log.query_bounds(kReadings);
  if (!bounds) return false;
  written_.readings = static_cast<int>(bounds->high);
  written_.reading_unknown = false;
  const auto position = log.committed(kGroup, std::vector{kReadings});
  if (!position) return false;
  written_.commits = static_cast<int>(std::max<std::int64_t>(0, position->front().offset));
  written_.commit_unknown = false;
  return true;
}

bool Diary::write_through_failures(log::Log& log, int steps) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (written_.commits < steps) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    if (written_.readings == written_.commits) {
      if (!append_reading(log)) {
        appender_.reset();
        while (!learn_what_is_there(log)) {
          if (std::chrono::steady_clock::now() > deadline) return false;
        }
        continue;
      }
    }
    const auto done = commit(log);
    if (done) continue;
    if (done.error().code == ErrorCode::kAborted && writer_ && writer_->abort()) continue;
    writer_.reset();
    while (!make_writer(log) || !learn_what_is_there(log)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
  }
  return true;
}

// ---- verdicts ----

AssertionResult Diary::holds(log::Log& log, Written& written) {
  const auto readings = all_of(log, kReadings);
  if (!readings) return AssertionFailure() << readings.error().message;
  if (written.reading_unknown && readings->size() > static_cast<std::size_t>(written.readings)) {
    ++written.readings;
  }
  written.reading_unknown = false;
  if (auto good = is_series("readings", *readings, written.readings, reading); !good) return good;

  const auto position = log.committed(kGroup, std::vector{kReadings});
  if (!position) return AssertionFailure() << position.error().message;
  const auto committed = position->front().offset;
  if (written.commit_unknown && committed > written.commits) ++written.commits;
  written.commit_unknown = false;
  if (committed != (written.commits == 0 ? -1 : written.commits)) {
    return AssertionFailure() << "position " << committed << " after " << written.commits
                              << " commits";
  }
  if (written.commits > 0 && position->front().note != std::to_string(written.commits - 1)) {
    return AssertionFailure() << "the note is " << position->front().note;
  }
  for (const std::int32_t partition : {0, 1}) {
    const auto outputs = all_of(log, {"outputs", partition});
    if (!outputs) return AssertionFailure() << outputs.error().message;
    const auto what = "outputs/" + std::to_string(partition);
    if (auto good = is_series(what, *outputs, written.commits, output); !good) return good;
  }
  const auto current = all_of(log, {"current", 0});
  if (!current) return AssertionFailure() << current.error().message;
  if (auto good = is_current(*current, written.commits); !good) return good;
  const auto brief = all_of(log, {"brief", 0});
  if (!brief) return AssertionFailure() << brief.error().message;
  return is_suffix(*brief, written.commits);
}

AssertionResult Diary::folder_holds(const std::filesystem::path& folder, Written written) {
  FaultDisk fast;  // without faults
  {
    auto opened = embedded::EmbeddedLog::open(options(folder, fast.name()));
    if (!opened) return AssertionFailure() << "opening: " << opened.error().message;
    if (auto good = holds(**opened, written); !good) return good;
    // It can be gone on with.
    Diary diary(written);
    if (!diary.write_until_it_fails(**opened, written.commits + 2)) {
      return AssertionFailure() << "cannot be written any more: " << (*opened)->health().reason;
    }
    written = diary.written();
    if (auto good = holds(**opened, written); !good) return good;
  }
  return is_sound(folder / "log.sqlite");
}

}  // namespace crowdflow::test
