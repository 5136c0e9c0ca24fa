// What does the log in one file cost beside plain SQLite that does the same bytes as durably?
//
//   plain SQLite   one table, prepared statements, WAL, synchronous=FULL: insert N values, commit
//   embedded log   append N records, commit (or flush): the same fsync, on a thread of its own,
//   with
//                  offsets, stamps, keys and everybody who waits for them told
//
// Rows are N records of 200 bytes in one transaction; `threads` write at once, one record each,
// which the log commits together. Read: records already written, 1,000 a take.
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "embedded/embedded_log.h"

namespace {

using namespace std::chrono_literals;
using crowdflow::embedded::EmbeddedLog;
namespace log = crowdflow::log;

const std::string kValue(200, 'v');
constexpr int kRecords = 100'000;  // to be read

// A folder beside the benchmark, on the same disk, so that fsync means something.
class Folder {
 public:
  Folder() : path_("bench-embedded-" + std::to_string(getpid()) + "-" + std::to_string(next_++)) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static inline int next_ = 0;
  std::filesystem::path path_;
};

void check(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "%s failed\n", what);
  std::abort();
}

class PlainSqlite {
 public:
  PlainSqlite() {
    check(sqlite3_open((folder_.path() / "plain.sqlite").c_str(), &handle_) == SQLITE_OK, "open");
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE t(at INTEGER PRIMARY KEY, value BLOB)");
    sqlite3_prepare_v2(handle_, "INSERT INTO t(value) VALUES(?)", -1, &insert_, nullptr);
  }
  ~PlainSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(handle_);
  }
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;

  void run(const char* sql) {
    check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  }
  void insert(std::int64_t count) {
    run("BEGIN IMMEDIATE");
    for (std::int64_t i = 0; i < count; ++i) {
      sqlite3_bind_blob(insert_, 1, kValue.data(), static_cast<int>(kValue.size()), SQLITE_STATIC);
      check(sqlite3_step(insert_) == SQLITE_DONE, "insert");
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }
  std::size_t read(std::int64_t from, int count) {
    sqlite3_stmt* rows = nullptr;
    sqlite3_prepare_v2(handle_, "SELECT value FROM t WHERE at >= ? ORDER BY at LIMIT ?", -1, &rows,
                       nullptr);
    sqlite3_bind_int64(rows, 1, from);
    sqlite3_bind_int(rows, 2, count);
    std::size_t bytes = 0;
    while (sqlite3_step(rows) == SQLITE_ROW) {
      benchmark::DoNotOptimize(sqlite3_column_blob(rows, 0));
      bytes += static_cast<std::size_t>(sqlite3_column_bytes(rows, 0));
    }
    sqlite3_finalize(rows);
    return bytes;
  }

 private:
  const Folder folder_;
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

class Embedded {
 public:
  Embedded() {
    auto opened = EmbeddedLog::open({.folder = folder_.path(),
                                     .topics = {{.name = "t"}},
                                     .vfs = "",
                                     .now = nullptr,
                                     .pace = {}});
    check(opened.has_value(), "opening the log");
    log_ = std::move(*opened);
  }
  [[nodiscard]] log::Log& port() { return *log_; }

 private:
  const Folder folder_;
  std::unique_ptr<EmbeddedLog> log_;
};

void rates(benchmark::State& state, std::int64_t records) {
  state.SetItemsProcessed(state.iterations() * records);
  state.SetBytesProcessed(state.iterations() * records * static_cast<std::int64_t>(kValue.size()));
}

void PlainSqliteCommit(benchmark::State& state) {
  PlainSqlite plain;
  for (auto _ : state)
    plain.insert(state.range(0));
  rates(state, state.range(0));
}

void EmbeddedCommit(benchmark::State& state) {
  Embedded embedded;
  auto writer = std::move(*embedded.port().writer("bench"));
  check(writer->open().has_value(), "opening the writer");
  for (auto _ : state) {
    check(writer->begin().has_value(), "begin");
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      check(writer->append({.topic = "t", .partition = 0, .value = kValue}).has_value(), "append");
    }
    check(writer->commit().has_value(), "commit");
  }
  rates(state, state.range(0));
}

void EmbeddedFlush(benchmark::State& state) {
  Embedded embedded;
  auto appender = std::move(*embedded.port().appender());
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      check(appender->append({.topic = "t", .partition = 0, .value = kValue}).has_value(),
            "append");
    }
    check(appender->flush(10s).has_value(), "flush");
  }
  rates(state, state.range(0));
}

void EmbeddedFlushAtOnce(benchmark::State& state) {
  static std::unique_ptr<Embedded> embedded;
  if (state.thread_index() == 0) embedded = std::make_unique<Embedded>();
  std::unique_ptr<log::Appender> appender;
  for (auto _ : state) {
    if (!appender) appender = std::move(*embedded->port().appender());
    check(appender->append({.topic = "t", .partition = 0, .value = kValue}).has_value(), "append");
    check(appender->flush(10s).has_value(), "flush");
  }
  appender.reset();
  if (state.thread_index() == 0) embedded.reset();
  rates(state, 1);
}

void PlainSqliteRead(benchmark::State& state) {
  PlainSqlite plain;
  plain.insert(kRecords);
  std::int64_t at = 1;
  for (auto _ : state) {
    plain.read(at, 1000);
    at = at + 1000 < kRecords ? at + 1000 : 1;
  }
  rates(state, 1000);
}

void EmbeddedRead(benchmark::State& state) {
  Embedded embedded;
  auto appender = std::move(*embedded.port().appender());
  for (int i = 0; i < kRecords; ++i) {
    check(appender->append({.topic = "t", .partition = 0, .value = kValue}).has_value(), "append");
  }
  check(appender->flush(60s).has_value(), "flush");
  auto reader = std::move(*embedded.port().reader({}));
  const std::vector<log::Position> from{{.at = {"t", 0}, .offset = 0, .note = ""}};
  check(reader->start_at(from).has_value(), "start");
  for (auto _ : state) {
    const auto batch = reader->take(1000, 0ms);
    check(batch.has_value() && (*batch)->records().size() == 1000, "take");
    if (reader->position({"t", 0}) == kRecords) check(reader->start_at(from).has_value(), "start");
  }
  rates(state, 1000);
}

BENCHMARK(PlainSqliteCommit)->Arg(1)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(EmbeddedCommit)->Arg(1)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(EmbeddedFlush)->Arg(1)->Arg(100)->Arg(1000)->UseRealTime();
BENCHMARK(EmbeddedFlushAtOnce)->Threads(1)->Threads(4)->Threads(16)->UseRealTime();
BENCHMARK(PlainSqliteRead)->UseRealTime();
BENCHMARK(EmbeddedRead)->UseRealTime();

}  // namespace
