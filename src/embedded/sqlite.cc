#include "embedded/sqlite.h"

#include <utility>

namespace crowdflow::embedded {
namespace {

// Somebody who looks at the file from outside may hold it up for a moment.
constexpr int kBusyMs = 5000;

// A full disk has no room for the index of the write-ahead log, and SQLite calls that an error.
int without_disguise(int code) { return code == SQLITE_IOERR_SHMSIZE ? SQLITE_FULL : code; }

std::string in_words(int code, const char* words) {
  switch (without_disguise(code) & 0xff) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_READONLY:
      return "the file or its disk is read-only";
    case SQLITE_IOERR:
      return "the disk reports an error (SQLite's code " + std::to_string(code) + ")";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged or no log (" + std::string(words) + "); take a backup of it";
    default:
      return words;
  }
}

ErrorCode code_of(int code) {
  switch (without_disguise(code) & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
      return ErrorCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kIo;
  }
}

std::string_view view(const void* data, int size) {
  return data == nullptr
             ? std::string_view{}
             : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

}  // namespace

Error sqlite_error(const std::string& what, int code, const char* words) {
  return {.code = code_of(code), .message = what + ": " + in_words(code, words)};
}

// ---- statements ----

Statement& Statement::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view value) {
  const int code = sqlite3_bind_text64(statement_.get(), index, value.empty() ? "" : value.data(),
                                       value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

Statement& Statement::bind_bytes(int index, std::string_view value) {
  const int code = sqlite3_bind_blob64(statement_.get(), index, value.empty() ? "" : value.data(),
                                       value.size(), SQLITE_STATIC);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

Statement& Statement::bind_null(int index) {
  const int code = sqlite3_bind_null(statement_.get(), index);
  if (bound_ == SQLITE_OK) bound_ = code;
  return *this;
}

Result<bool> Statement::step() {
  const int code = bound_ == SQLITE_OK ? sqlite3_step(statement_.get()) : bound_;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(
      sqlite_error("the log's file", code, sqlite3_errmsg(sqlite3_db_handle(statement_.get()))));
}

Result<void> Statement::run() {
  Result<bool> row = true;
  while (row && *row)
    row = step();
  reset();
  if (!row) return tl::unexpected(row.error());
  return {};
}

// Its code is that of the last step, which has been told already.
void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  return view(data, sqlite3_column_bytes(statement_.get(), column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

// ---- connections ----

Result<Connection> Connection::open(const Place& place, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |=
      mode == Mode::kCreate ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  std::string name = place.file.string();
  if (mode == Mode::kReadStill) {
    flags |= SQLITE_OPEN_URI;
    std::string escaped;
    for (const char c : name) {
      if (c == '%' || c == '?' || c == '#') {
        constexpr std::string_view kHex = "0123456789abcdef";
        escaped += {'%', kHex[static_cast<std::size_t>(c) >> 4U], kHex[c & 0xf]};
      } else {
        escaped += c;
      }
    }
    name = "file:" + escaped + "?immutable=1";
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags,
                                   place.vfs.empty() ? nullptr : place.vfs.c_str());
  Connection connection(handle);
  if (code != SQLITE_OK) {
    return tl::unexpected(sqlite_error("opening " + place.file.string(), code,
                                       handle == nullptr ? "" : sqlite3_errmsg(handle)));
  }
  sqlite3_busy_timeout(handle, kBusyMs);
  // The write-ahead log, then empty, and its index stay: on a disk that has become full meanwhile
  // there would be no room to make them again.
  int stay = 1;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &stay);
  return connection;
}

Result<void> Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return tl::unexpected(sqlite_error("the log's file", code, sqlite3_errmsg(handle_.get())));
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return Statement(statement);
  return tl::unexpected(sqlite_error("the log's file", code, sqlite3_errmsg(handle_.get())));
}

Result<std::int64_t> Connection::number(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

// A failure has often ended the transaction already.
void Connection::roll_back() {
  if (in_transaction()) sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace crowdflow::embedded
