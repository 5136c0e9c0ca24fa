#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "embedded/file_writer.h"
#include "embedded/groups.h"
#include "embedded/log_file.h"
#include "embedded/owner_lock.h"
#include "embedded/pace.h"
#include "embedded/record_buffer.h"
#include "embedded/upkeep.h"

namespace crowdflow::embedded {

// What somebody wants of the writer thread. Belongs to whoever makes it until it is handed over,
// then to the writer thread until it is decided.
struct Request {
  // ---- one of these, or neither: then it only waits for what was asked before ----
  // Records and positions, all or nothing.
  RecordBuffer records;
  std::string group;
  Membership membership;
  std::vector<std::pair<Partition*, log::Position>> positions;
  std::shared_ptr<Seat> seat;  // null: of no transaction
  // By itself, when nothing else is being written.
  std::function<Result<void>()> alone;

  // Under the store's lock.
  enum class State : std::uint8_t { kWaiting, kTaken, kDecided } state = State::kWaiting;
  Result<void> outcome;
};

// The log as one process has it: the file, its lock, and the thread that writes. Whatever arrives
// while a commit is on its way goes into the next one together: one fsync for all.
// Threads: any.
class Store {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string vfs;
    std::vector<TopicSpec> topics;
    std::function<WallTime()> now;
    Pace pace;
  };
  // On a disk that is full it can be read, when there is something, and is in trouble.
  [[nodiscard]] static Result<std::shared_ptr<Store>> open(Options options);
  // Finishes what was handed over.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] const std::shared_ptr<LogFile>& file() const { return file_; }

  // Hands over and waits until it is decided. kAborted: nothing of it has happened or will.
  // kUnavailable: nobody knows. Others say what is wrong with the request, which does nothing.
  [[nodiscard]] Result<void> carry_out(const std::shared_ptr<Request>& request);
  // The same for so long at most: then kUnavailable, and whether it may still happen in words.
  [[nodiscard]] Result<void> carry_out(const std::shared_ptr<Request>& request,
                                       std::chrono::milliseconds wait);
  [[nodiscard]] Result<void> make_topics(const std::vector<TopicSpec>& topics);
  // Waits until all that was asked before is decided.
  [[nodiscard]] Result<void> catch_up() { return carry_out(std::make_shared<Request>()); }
  [[nodiscard]] Result<std::shared_ptr<Seat>> take_seat(const std::string& name);

 private:
  using Clock = std::chrono::steady_clock;
  using Requests = std::vector<std::shared_ptr<Request>>;

  Store(Options options, OwnerLock lock, std::shared_ptr<LogFile> file);
  [[nodiscard]] static Result<std::shared_ptr<Store>> open_files(Options options);

  void run();
  [[nodiscard]] bool next_requests(Requests& requests);
  void work(Requests& requests);
  [[nodiscard]] Result<void> refusal(const Request& request);
  [[nodiscard]] Result<void> write(const Request& request);
  void end_transaction(Requests& written, Result<void> done);
  void answer(const Requests& requests);

  void trouble(const FileWriter::Failure& failure);
  void trouble_is_over();
  void mend();
  void keep_up();
  [[nodiscard]] std::int64_t now_ms() const;

  const Options options_;
  const OwnerLock lock_;
  const std::shared_ptr<LogFile> file_;

  std::mutex mutex_;
  std::condition_variable asked_;    // for the writer thread
  std::condition_variable decided_;  // for those who wait for it
  std::deque<std::shared_ptr<Request>> queue_;
  bool stopping_ = false;

  // The writer thread's.
  std::unique_ptr<FileWriter> writer_;  // null: it has to be opened again
  Upkeep upkeep_;
  std::string reason_;  // what is wrong
  std::size_t failed_bytes_ = 0;
  Clock::time_point next_mend_;
  Clock::time_point next_upkeep_;

  std::jthread thread_;
};

}  // namespace crowdflow::embedded
