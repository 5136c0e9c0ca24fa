#include "embedded/file_format.h"

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

#include "embedded/disk.h"

namespace crowdflow::embedded {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE topics(
  name TEXT PRIMARY KEY,
  partitions INTEGER NOT NULL,
  kept_ms INTEGER NOT NULL,     -- -1: for ever
  kept_bytes INTEGER NOT NULL,  -- of each partition; -1: any number
  compacted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE partitions(
  id INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  number INTEGER NOT NULL,
  low INTEGER NOT NULL,
  UNIQUE(topic, number));
CREATE TABLE positions(
  group_name TEXT,
  partition INTEGER,
  position INTEGER NOT NULL,
  note BLOB NOT NULL,
  PRIMARY KEY(group_name, partition)) WITHOUT ROWID;
CREATE TABLE probe(id INTEGER PRIMARY KEY, filling BLOB);
)";

// In one transaction, with the number of the format that it leads to.
Result<void> change(Connection& connection, const std::string& sql, std::int64_t format) {
  const auto all = "BEGIN IMMEDIATE;" + sql +
                   ";PRAGMA application_id=" + std::to_string(kApplicationId) +
                   ";PRAGMA user_version=" + std::to_string(format) + ";COMMIT";
  auto done = connection.execute(all);
  if (!done) connection.roll_back();
  return done;
}

struct Stamped {
  std::int64_t application = 0;
  std::int64_t format = 0;
  std::int64_t tables = 0;
  [[nodiscard]] bool is_new() const { return application == 0 && format == 0 && tables == 0; }
};

Result<Stamped> stamp_of(Connection& connection) {
  const auto application = connection.number("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  const auto format = connection.number("PRAGMA user_version");
  if (!format) return tl::unexpected(format.error());
  const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tl::unexpected(tables.error());
  return Stamped{.application = *application, .format = *format, .tables = *tables};
}

Result<void> refuse(const Place& place, const Stamped& stamped, std::int64_t format) {
  if (stamped.application != kApplicationId) {
    return fail(ErrorCode::kInvalid,
                place.file.string() + " is an SQLite file, but no log of ours");
  }
  if (stamped.format > format) {
    return fail(ErrorCode::kUnsupported,
                place.file.string() + " has format " + std::to_string(stamped.format) +
                    ", of a later version of crowdflow; this one knows formats up to " +
                    std::to_string(format) +
                    ": run the later version, or restore the copy that it kept beside the file");
  }
  return {};
}

}  // namespace

Result<void> bring_up_to(Connection& connection, const Place& place, std::int64_t format,
                         std::span<const Upgrade> upgrades) {
  const auto stamped = stamp_of(connection);
  if (!stamped) return tl::unexpected(stamped.error());
  if (stamped->is_new()) {
    // Before there are tables, and outside of a transaction.
    if (auto set = connection.execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL");
        !set) {
      return set;
    }
    return change(connection, kTables, format);
  }
  if (auto good = refuse(place, *stamped, format); !good) return good;
  if (stamped->format == format) return {};

  std::string sql;
  for (auto at = stamped->format; at < format; ++at) {
    const auto next = std::ranges::find(upgrades, at, &Upgrade::from);
    if (next == upgrades.end()) {
      return fail(ErrorCode::kUnsupported, place.file.string() + " has format " +
                                               std::to_string(stamped->format) +
                                               ", which this version can no longer read");
    }
    sql += next->sql;
    sql += ';';
  }
  const auto copy = place.file.string() + ".format-" + std::to_string(stamped->format);
  // One that is there is of an attempt that failed afterwards, and the file is as it was.
  std::error_code unimportant;
  std::filesystem::remove(copy, unimportant);
  if (auto kept = copy_file(connection, copy); !kept) return kept;
  return change(connection, sql, format);
}

Result<void> bring_up_to_date(Connection& connection, const Place& place) {
  return bring_up_to(connection, place, kFormat, {});
}

Result<void> check_format(Connection& connection, const Place& place) {
  const auto stamped = stamp_of(connection);
  if (!stamped) return tl::unexpected(stamped.error());
  if (auto good = refuse(place, *stamped, kFormat); !good) return good;
  if (stamped->format == kFormat) return {};
  return fail(ErrorCode::kUnsupported, place.file.string() + " has format " +
                                           std::to_string(stamped->format) +
                                           ": `crowdflow run` brings it up to date");
}

Result<void> make_records_table(Connection& connection, std::int64_t id, bool compacted) {
  const auto table = "records_" + std::to_string(id);
  std::string sql = "CREATE TABLE " + table +
                    "(at INTEGER PRIMARY KEY, stamp INTEGER NOT NULL, written INTEGER NOT NULL,"
                    " key BLOB, value BLOB, headers BLOB);";
  if (compacted) {
    sql += "CREATE INDEX keys_" + std::to_string(id) + " ON " + table + "(key);";
    sql += "CREATE INDEX tombstones_" + std::to_string(id) + " ON " + table +
           "(stamp) WHERE value IS NULL;";
  }
  return connection.execute(sql);
}

Result<void> copy_file(Connection& from, const std::filesystem::path& to) {
  std::error_code error;
  if (std::filesystem::exists(to, error)) {
    return fail(ErrorCode::kInvalid, to.string() + " is there already; a copy replaces no file");
  }
  const auto part = to.string() + ".part";
  std::filesystem::remove(part, error);
  {
    auto target = Connection::open({.file = part, .vfs = ""}, Connection::Mode::kCreate);
    if (!target) return tl::unexpected(target.error());
    auto* copying = sqlite3_backup_init(target->get(), "main", from.get(), "main");
    if (copying == nullptr) {
      return tl::unexpected(
          sqlite_error("copying to " + part, target->code(), sqlite3_errmsg(target->get())));
    }
    // All at once: in steps, it would begin again with each commit of somebody else.
    sqlite3_backup_step(copying, -1);
    if (const int code = sqlite3_backup_finish(copying); code != SQLITE_OK) {
      const auto failed = sqlite_error("copying to " + part, code, sqlite3_errstr(code));
      std::filesystem::remove(part, error);
      return tl::unexpected(failed);
    }
  }
  std::filesystem::rename(part, to, error);
  if (error) return fail(ErrorCode::kIo, "copying to " + to.string() + ": " + error.message());
  return sync_folder(to.has_parent_path() ? to.parent_path() : ".");
}

}  // namespace crowdflow::embedded
