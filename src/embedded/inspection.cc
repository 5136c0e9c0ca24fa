#include "embedded/inspection.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "embedded/file_format.h"
#include "embedded/log_file.h"
#include "embedded/questions.h"
#include "embedded/reader.h"

namespace crowdflow::embedded {
namespace {

struct Opened {
  Place place;
  Connection::Mode mode = Connection::Mode::kRead;
  Connection connection;
};

Result<Connection> open_checked(const Place& place, Connection::Mode mode) {
  auto connection = Connection::open(place, mode);
  if (!connection) return connection;
  if (auto good = check_format(*connection, place); !good) return tl::unexpected(good.error());
  return connection;
}

Result<Opened> open_file(const std::filesystem::path& folder) {
  const Place place{.file = folder / kFileName, .vfs = ""};
  std::error_code error;
  if (!std::filesystem::exists(place.file, error)) {
    return fail(ErrorCode::kNotFound, "there is no log in " + folder.string() + " (" + kFileName +
                                          (error ? "): " + error.message() : ")"));
  }
  auto connection = open_checked(place, Connection::Mode::kRead);
  if (connection) return Opened{place, Connection::Mode::kRead, std::move(*connection)};
  // Reading beside a writer needs files that cannot be made in a read-only folder. When they are
  // not there, or nothing waits in them, there is no writer either.
  const auto waiting = std::filesystem::file_size(place.file.string() + "-wal", error);
  const bool whole = error ? error == std::errc::no_such_file_or_directory : waiting == 0;
  if (connection.error().code != ErrorCode::kIo || !whole) {
    return tl::unexpected(connection.error());
  }
  connection = open_checked(place, Connection::Mode::kReadStill);
  if (!connection) return tl::unexpected(connection.error());
  return Opened{place, Connection::Mode::kReadStill, std::move(*connection)};
}

// A log of another process.
class InspectedLog final : public log::Log {
 public:
  explicit InspectedLog(std::shared_ptr<LogFile> file) : file_(std::move(file)) {}

  [[nodiscard]] Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    if (!options.group.empty()) {
      return fail(ErrorCode::kInvalid, "a log that is only read has no groups to join");
    }
    return std::make_unique<EmbeddedReader>(file_, options);
  }
  [[nodiscard]] Result<std::unique_ptr<log::Writer>> writer(const std::string& /*name*/) override {
    return fail(ErrorCode::kInvalid, kOnlyRead);
  }
  [[nodiscard]] Result<std::unique_ptr<log::Appender>> appender() override {
    return fail(ErrorCode::kInvalid, kOnlyRead);
  }
  [[nodiscard]] Result<std::int32_t> partition_count(const std::string& topic) override {
    return ask_partition_count(*file_, topic);
  }
  [[nodiscard]] Result<log::OffsetBounds> query_bounds(const log::PartitionId& at) override {
    if (auto looked = look(); !looked) return tl::unexpected(looked.error());
    return ask_bounds(*file_, at);
  }
  [[nodiscard]] Result<std::int64_t> offset_at(const log::PartitionId& at, WallTime from) override {
    if (auto looked = look(); !looked) return tl::unexpected(looked.error());
    return ask_offset_at(*file_, at, from);
  }
  [[nodiscard]] Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override {
    return ask_committed(*file_, group, partitions);
  }
  [[nodiscard]] log::Health health() const override { return {.reachable = true, .reason = ""}; }

 private:
  static constexpr const char* kOnlyRead = "the log was opened to be read only";

  [[nodiscard]] Result<void> look() { return ReadConnection(*file_).look(); }

  const std::shared_ptr<LogFile> file_;
};

constexpr const char* kSizeOfARecord =
    "coalesce(length(key), 0) + coalesce(length(value), 0) + coalesce(length(headers), 0)";

// From the first and the last record; only where compaction has left gaps, all are looked at.
Result<PartitionContents> contents_of(Connection& connection, const Partition& partition) {
  const auto id = std::to_string(partition.id);
  PartitionContents found{.at = partition.at, .bounds = {}, .first = {}, .last = {}};
  const auto low = connection.number("SELECT low FROM partitions WHERE id = " + id);
  if (!low) return tl::unexpected(low.error());
  found.bounds = {.low = *low, .high = *low};
  std::int64_t written_before = 0;
  for (const bool first : {true, false}) {
    auto rows = connection.prepare(std::string("SELECT at, stamp, written, ") + kSizeOfARecord +
                                   " FROM records_" + id + " ORDER BY at " +
                                   (first ? "LIMIT 1" : "DESC LIMIT 1"));
    if (!rows) return tl::unexpected(rows.error());
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return found;  // no record at all
    const WallTime stamp{std::chrono::milliseconds{rows->integer(1)}};
    if (first) {
      found.first = stamp;
      written_before = rows->integer(2) - rows->integer(3) - kRecordExtra;
    } else {
      found.last = stamp;
      found.bounds.high = rows->integer(0) + 1;
      found.bytes = rows->integer(2) - written_before;
    }
  }
  found.records = found.bounds.high - found.bounds.low;
  if (!partition.compacted) return found;
  auto rows = connection.prepare(std::string("SELECT count(*), sum(") + kSizeOfARecord +
                                 ") FROM records_" + id);
  if (!rows) return tl::unexpected(rows.error());
  if (const auto row = rows->step(); !row) return tl::unexpected(row.error());
  found.records = rows->integer(0);
  found.bytes = rows->integer(1) + kRecordExtra * found.records;
  return found;
}

Result<std::vector<GroupPosition>> positions_in(Connection& connection) {
  auto rows = connection.prepare(
      "SELECT group_name, topic, number, position, note FROM positions JOIN partitions"
      " ON partitions.id = positions.partition ORDER BY group_name, topic, number");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<GroupPosition> positions;
  for (;;) {
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return positions;
    positions.push_back(
        {.group = std::string(rows->bytes(0)),
         .position = {.at = {.topic = std::string(rows->bytes(1)),
                             .partition = static_cast<std::int32_t>(rows->integer(2))},
                      .offset = rows->integer(3),
                      .note = std::string(rows->bytes(4))}});
  }
}

}  // namespace

Result<std::unique_ptr<log::Log>> open_to_read(const std::filesystem::path& folder) {
  auto opened = open_file(folder);
  if (!opened) return tl::unexpected(opened.error());
  auto file = std::make_shared<LogFile>(opened->place, opened->mode);
  file->followed = true;
  if (auto read = read_partitions(opened->connection, file->board); !read) {
    return tl::unexpected(read.error());
  }
  if (auto read = read_ends(opened->connection, file->board); !read) {
    return tl::unexpected(read.error());
  }
  return std::make_unique<InspectedLog>(std::move(file));
}

Result<Contents> contents(const std::filesystem::path& folder) {
  auto opened = open_file(folder);
  if (!opened) return tl::unexpected(opened.error());
  Connection& connection = opened->connection;
  Board board;
  if (auto begun = connection.execute("BEGIN"); !begun) return tl::unexpected(begun.error());
  if (auto read = read_partitions(connection, board); !read) return tl::unexpected(read.error());
  Contents all;
  auto topics = read_topics(connection);
  if (!topics) return tl::unexpected(topics.error());
  all.topics = std::move(*topics);
  for (const Partition* partition : board.partitions()) {
    auto found = contents_of(connection, *partition);
    if (!found) return tl::unexpected(found.error());
    all.partitions.push_back(std::move(*found));
  }
  auto positions = positions_in(connection);
  if (!positions) return tl::unexpected(positions.error());
  all.positions = std::move(*positions);
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(opened->place.file.string() + suffix, error);
    if (!error) all.file_bytes += static_cast<std::int64_t>(size);
  }
  return all;
}

Result<void> back_up(const std::filesystem::path& folder, const std::filesystem::path& to) {
  auto opened = open_file(folder);
  if (!opened) return tl::unexpected(opened.error());
  return copy_file(opened->connection, to);
}

}  // namespace crowdflow::embedded
