#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

#include <crowdflow/result.h>

// Owners of SQLite's handles, and its errors as ours.
namespace crowdflow::embedded {

// What SQLite's extended result code means for whoever runs us.
[[nodiscard]] Error sqlite_error(const std::string& what, int code, const char* words);

// One prepared statement, used again and again. One thread, that of its connection.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // What is bound stays the caller's until reset().
  Statement& bind(int index, std::int64_t value);
  Statement& bind_text(int index, std::string_view value);
  Statement& bind_bytes(int index, std::string_view value);
  Statement& bind_null(int index);

  // Whether there is a row. Its columns can be looked at until the next step() or reset().
  [[nodiscard]] Result<bool> step();
  // To its end, and reset.
  [[nodiscard]] Result<void> run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  struct Finalized {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalized> statement_;
  int bound_ = SQLITE_OK;  // the first binding that failed
};

// Resets a statement at the end of a scope, so that it keeps no read transaction open.
class Reset {
 public:
  explicit Reset(Statement& statement) : statement_(statement) {}
  ~Reset() { statement_.reset(); }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  Statement& statement_;
};

struct Place {
  std::filesystem::path file;
  std::string vfs;  // SQLite's name of it; empty: the operating system's files
};

// One connection. One thread at a time. Statements must end before it.
class Connection {
 public:
  enum class Mode {
    kCreate,     // reads and writes; makes the file
    kRead,       // of a file that may be written meanwhile
    kReadStill,  // of a file that nobody writes, in a folder where nothing can be made
  };
  [[nodiscard]] static Result<Connection> open(const Place& place, Mode mode);

  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  // The first column of the first row.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);

  // Why the last call failed: an extended result code.
  [[nodiscard]] int code() const { return sqlite3_extended_errcode(handle_.get()); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  void roll_back();
  [[nodiscard]] sqlite3* get() const { return handle_.get(); }

 private:
  struct Closed {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Closed> handle_;
};

}  // namespace crowdflow::embedded
