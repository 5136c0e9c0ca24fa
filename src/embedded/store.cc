#include "embedded/store.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

#include "embedded/disk.h"
#include "embedded/file_format.h"

namespace crowdflow::embedded {
namespace {

using std::chrono::milliseconds;

// What goes into one transaction of the file at most, beyond its first request.
constexpr std::size_t kBytesAtOnce = 8 << 20;
// The least and the most that is tried when a disk was full.
constexpr std::size_t kLeastProbe = 64 << 10;
constexpr std::size_t kLargestProbe = 8 << 20;
// See Pace::checkpoint_pages.
constexpr int kPagesAtMost = 8;
// Upkeep that has waited for so long for a quiet moment does a step between two commits.
constexpr milliseconds kUpkeepPatience{1000};
// With less, a log may not start.
constexpr std::uintmax_t kRoomToStart = 1 << 20;

bool holds(Board& board, const std::vector<TopicSpec>& topics) {
  return std::ranges::all_of(
      topics, [&](const TopicSpec& topic) { return board.partition_count(topic.name) > 0; });
}

// What to do about it when there is hardly any room on the disk; else empty.
std::string way_out(const std::filesystem::path& folder) {
  std::error_code error;
  auto there = std::filesystem::absolute(folder, error);
  while (there.has_relative_path() && !std::filesystem::exists(there, error))
    there = there.parent_path();
  const auto space = std::filesystem::space(there, error);
  if (error || space.available >= kRoomToStart) return "";
  return "; the disk of " + there.string() + " has " + std::to_string(space.available) +
         " bytes free: make room, 1 MiB is enough, and start again. What was acknowledged is in "
         "the log";
}

}  // namespace

Result<std::shared_ptr<Store>> Store::open(Options options) {
  const auto folder = options.folder;
  auto opened = open_files(std::move(options));
  if (opened) return opened;
  return fail(opened.error().code, opened.error().message + way_out(folder));
}

Result<std::shared_ptr<Store>> Store::open_files(Options options) {
  if (auto made = make_folder(options.folder); !made) return tl::unexpected(made.error());
  auto lock = OwnerLock::take(options.folder);
  if (!lock) return tl::unexpected(lock.error());
  auto file = std::make_shared<LogFile>(
      Place{.file = options.folder / kFileName, .vfs = options.vfs}, Connection::Mode::kRead);
  auto writer = FileWriter::open(*file, options.topics);
  const bool can_wait = !writer && writer.error().code == ErrorCode::kUnavailable &&
                        holds(file->board, options.topics);
  if (!writer && !can_wait) return tl::unexpected(writer.error());
  if (auto lasting = sync_folder(options.folder); !lasting) {
    return tl::unexpected(lasting.error());
  }
  std::shared_ptr<Store> self(new Store(std::move(options), std::move(*lock), std::move(file)));
  if (writer) {
    self->writer_ = std::move(*writer);
  } else {
    self->trouble({.error = writer.error(), .known = true, .reopen = true});
  }
  self->thread_ = std::jthread([store = self.get()] { store->run(); });
  return self;
}

Store::Store(Options options, OwnerLock lock, std::shared_ptr<LogFile> file)
    : options_(std::move(options)), lock_(std::move(lock)), file_(std::move(file)) {}

Store::~Store() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::int64_t Store::now_ms() const {
  return std::chrono::floor<milliseconds>(options_.now().time_since_epoch()).count();
}

// ---- asking ----

Result<void> Store::carry_out(const std::shared_ptr<Request>& request) {
  std::unique_lock lock(mutex_);
  queue_.push_back(request);
  asked_.notify_one();
  decided_.wait(lock, [&] { return request->state == Request::State::kDecided; });
  return request->outcome;
}

Result<void> Store::carry_out(const std::shared_ptr<Request>& request, milliseconds wait) {
  std::unique_lock lock(mutex_);
  queue_.push_back(request);
  asked_.notify_one();
  if (decided_.wait_for(lock, wait, [&] { return request->state == Request::State::kDecided; })) {
    return request->outcome;
  }
  if (request->state == Request::State::kWaiting) {
    std::erase(queue_, request);
    return fail(ErrorCode::kUnavailable, "the disk is busy; nothing was written");
  }
  return fail(ErrorCode::kUnavailable, "the disk has not answered yet; it may still be written");
}

Result<void> Store::make_topics(const std::vector<TopicSpec>& topics) {
  auto request = std::make_shared<Request>();
  request->alone = [this, topics] { return writer_->make_topics(topics); };
  return carry_out(request);
}

Result<std::shared_ptr<Seat>> Store::take_seat(const std::string& name) {
  auto request = std::make_shared<Request>();
  // After what the earlier one has asked for, so that its fate is decided.
  auto seat = std::make_shared<std::shared_ptr<Seat>>();
  request->alone = [this, name, seat]() -> Result<void> {
    *seat = file_->board.take_seat(name);
    return {};
  };
  if (auto done = carry_out(request); !done) return tl::unexpected(done.error());
  return *seat;
}

// ---- the writer thread ----

void Store::run() {
  next_upkeep_ = Clock::now() + options_.pace.upkeep_every;
  Requests requests;
  while (next_requests(requests)) {
    if (!reason_.empty() && Clock::now() >= next_mend_) mend();
    if (!requests.empty()) work(requests);
    keep_up();
  }
  writer_.reset();
}

// Waits until there is something to do: some requests, in the order in which they came, or none and
// it is time for something else. False: it is time to end.
bool Store::next_requests(Requests& requests) {
  requests.clear();
  std::unique_lock lock(mutex_);
  const auto something = [this] { return stopping_ || !queue_.empty(); };
  auto until = upkeep_.under_way() ? Clock::now() : next_upkeep_;
  if (!reason_.empty()) until = next_mend_;
  asked_.wait_until(lock, until, something);
  std::size_t bytes = 0;
  while (!queue_.empty() && (requests.empty() || bytes < kBytesAtOnce)) {
    const bool alone = queue_.front()->alone != nullptr;
    if (alone && !requests.empty()) break;
    requests.push_back(std::move(queue_.front()));
    queue_.pop_front();
    requests.back()->state = Request::State::kTaken;
    bytes += requests.back()->records.bytes();
    if (alone) break;
  }
  return !requests.empty() || !stopping_;
}

void Store::answer(const Requests& requests) {
  {
    const std::lock_guard guard(mutex_);
    for (const auto& request : requests)
      request->state = Request::State::kDecided;
  }
  decided_.notify_all();
}

// What can be wrong with one request alone is found before it touches the file: what fails after
// that is the file's trouble, and everybody's.
Result<void> Store::refusal(const Request& request) {
  Board& board = file_->board;
  if (request.seat && board.is_fenced(*request.seat)) {
    return fail(ErrorCode::kFenced, "a later writer has taken the name " + request.seat->name);
  }
  if (request.positions.empty()) return {};
  const auto lock = board.lock();
  return board.groups_locked().accepts(request.membership);
}

Result<void> Store::write(const Request& request) {
  if (!request.records.empty()) {
    if (auto done = writer_->append(request.records, now_ms()); !done) return done;
  }
  for (const auto& [partition, position] : request.positions) {
    if (auto done = writer_->put_position(request.group, partition->id, position); !done) {
      return done;
    }
  }
  return {};
}

void Store::work(Requests& requests) {
  if (!writer_) {
    for (const auto& request : requests) {
      // Nothing of a transaction has been tried; about all else, nobody knows what is there.
      const auto code = request->seat ? ErrorCode::kAborted : ErrorCode::kUnavailable;
      request->outcome = fail(code, reason_);
    }
    return answer(requests);
  }
  Requests written;
  Result<void> done;
  for (const auto& request : requests) {
    request->outcome = refusal(*request);
    if (!request->outcome) continue;
    written.push_back(request);
    if (!done) continue;
    done = request->alone ? request->alone() : write(*request);
  }
  end_transaction(written, done);
  answer(requests);
}

void Store::end_transaction(Requests& written, Result<void> done) {
  std::optional<FileWriter::Failure> failure;
  std::vector<Board::Moved> moved;
  if (!done) {
    failure = writer_->give_up(done.error());
  } else if (writer_->connection().in_transaction()) {
    if (auto committed = writer_->commit()) {
      moved = std::move(*committed);
    } else {
      failure = committed.error();
    }
  }
  std::vector<Seat*> decided;
  std::size_t bytes = 0;
  for (const auto& request : written) {
    bytes += request->records.bytes();
    if (request->seat) decided.push_back(request->seat.get());
    if (failure) {
      request->outcome =
          fail(failure->known ? ErrorCode::kAborted : ErrorCode::kUnavailable,
               failure->error.message + (failure->known ? ""
                                                        : "; whether it was written, the log "
                                                          "knows when it is opened again"));
    }
  }
  if (failure) {
    failed_bytes_ = bytes;
    return trouble(*failure);
  }
  if (written.front()->alone) {
    if (auto known = writer_->meet_new_partitions(); !known) {
      written.front()->outcome = known;
      return trouble(writer_->give_up(known.error()));
    }
  }
  file_->board.publish(moved, decided);
  if (!moved.empty()) trouble_is_over();
}

// ---- trouble ----

void Store::trouble(const FileWriter::Failure& failure) {
  upkeep_.give_up();
  if (reason_ != failure.error.message) {
    reason_ = failure.error.message;
    spdlog::error("{}: {}", file_->place.file.string(), reason_);
    file_->board.set_trouble(reason_);
  }
  next_mend_ = Clock::now() + options_.pace.mend_every;
  if (failure.reopen) writer_.reset();
}

void Store::trouble_is_over() {
  if (reason_.empty()) return;
  spdlog::info("{}: can be written again", file_->place.file.string());
  reason_.clear();
  file_->board.set_trouble("");
}

// Nobody may have anything to write while the log is not well: so it finds out by itself.
void Store::mend() {
  if (!writer_) {
    // What the file holds is read from it anew, and by everybody: an outcome that nobody knows is
    // decided by what is found there.
    const auto closed = file_->close_readers();
    auto opened = FileWriter::open(*file_, options_.topics);
    if (!opened) return trouble({.error = opened.error(), .known = true, .reopen = true});
    writer_ = std::move(*opened);
  }
  // What waits to be moved into the file may find room there, and leave its own.
  if (auto moved = writer_->checkpoint(); !moved && moved.error().reopen) {
    return trouble(moved.error());
  }
  const auto probed = writer_->probe(std::clamp(failed_bytes_, kLeastProbe, kLargestProbe));
  if (!probed) return trouble(probed.error());
  trouble_is_over();
}

// ---- between commits ----

void Store::keep_up() {
  if (!writer_ || !reason_.empty()) return;
  bool others_wait = false;
  {
    const std::lock_guard guard(mutex_);
    others_wait = !queue_.empty();
  }
  const int pages = options_.pace.checkpoint_pages * (others_wait ? kPagesAtMost : 1);
  if (writer_->wal_pages() >= pages) {
    if (auto moved = writer_->checkpoint(); !moved) return trouble(moved.error());
  }
  const auto now = Clock::now();
  if (now < next_upkeep_ || (others_wait && now < next_upkeep_ + kUpkeepPatience)) return;
  if (!upkeep_.under_way()) {
    if (auto begun = upkeep_.begin(*writer_, file_->board); !begun) return trouble(begun.error());
  }
  const auto more = upkeep_.step(*writer_, file_->board, now_ms());
  if (!more) return trouble(more.error());
  if (!*more) next_upkeep_ = Clock::now() + options_.pace.upkeep_every;
}

}  // namespace crowdflow::embedded
