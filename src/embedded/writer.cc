#include "embedded/writer.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "embedded/reader.h"

namespace crowdflow::embedded {
namespace {

Result<Partition*> partition_of(Board& board, const log::PartitionId& at) {
  if (Partition* found = board.find(at)) return found;
  return fail(ErrorCode::kNotFound,
              "there is no partition " + std::to_string(at.partition) + " of topic " + at.topic);
}

Result<void> add_to(RecordBuffer& records, Board& board, const log::Append& record) {
  auto partition =
      partition_of(board, {.topic = std::string(record.topic), .partition = record.partition});
  if (!partition) return tl::unexpected(partition.error());
  return records.add(**partition, record);
}

}  // namespace

// ---- writer ----

EmbeddedWriter::~EmbeddedWriter() {
  if (seat_) store_->file()->board.forget_open(*seat_);
}

Result<void> EmbeddedWriter::open() {
  auto seat = store_->take_seat(name_);
  if (!seat) return fail(seat.error().code, what("opening") + ": " + seat.error().message);
  seat_ = std::move(*seat);
  return {};
}

Result<void> EmbeddedWriter::in_transaction(const std::string& step) const {
  if (failure_) return tl::unexpected(*failure_);
  CROWDFLOW_CHECK(transaction_ != nullptr, "a transaction begins with begin()");
  if (store_->file()->board.is_fenced(*seat_)) {
    return fail(ErrorCode::kFenced, what(step) + ": a later one has taken its name");
  }
  return {};
}

Result<void> EmbeddedWriter::begin() {
  if (failure_ && failure_->code == ErrorCode::kAborted) {  // as Kafka's client says it
    return fail(ErrorCode::kInvalid, what("beginning with") + ": abort the last one first");
  }
  if (failure_) return tl::unexpected(*failure_);
  CROWDFLOW_CHECK(seat_ != nullptr, "a writer is opened before it writes");
  CROWDFLOW_CHECK(transaction_ == nullptr, "one transaction at a time");
  transaction_ = std::make_shared<Request>();
  transaction_->seat = seat_;
  return {};
}

Result<void> EmbeddedWriter::append(const log::Append& record) {
  if (auto good = in_transaction("writing with"); !good) return good;
  Board& board = store_->file()->board;
  RecordBuffer& records = transaction_->records;
  if (auto added = add_to(records, board, record); !added) return added;
  if (board.note_open(*seat_, records.partition(records.count() - 1))) return {};
  return fail(ErrorCode::kFenced, what("writing with") + ": a later one has taken its name");
}

Result<void> EmbeddedWriter::send_positions(const log::Assignment& assignment,
                                            std::span<const log::Position> positions) {
  const auto* known = dynamic_cast<const EmbeddedAssignment*>(&assignment);
  CROWDFLOW_CHECK(known != nullptr, "the assignment and the writer are of different logs");
  if (auto good = in_transaction("positions of"); !good) return good;
  Board& board = store_->file()->board;
  for (const log::Position& position : positions) {
    if (std::ranges::find(known->partitions, position.at) == known->partitions.end()) {
      return fail(ErrorCode::kUnavailable, what("positions of") + ": the reader does not hold " +
                                               position.at.topic + "/" +
                                               std::to_string(position.at.partition));
    }
  }
  if (positions.empty()) return {};
  {
    const auto lock = board.lock();
    if (auto accepted = board.groups_locked().accepts(known->membership); !accepted) {
      return accepted;
    }
  }
  transaction_->group = known->group;
  transaction_->membership = known->membership;
  for (const log::Position& position : positions)
    transaction_->positions.emplace_back(board.find(position.at), position);
  return {};
}

Result<void> EmbeddedWriter::commit() {
  if (auto good = in_transaction("commit of"); !good) return good;
  if (transaction_->records.empty() && transaction_->positions.empty()) {
    transaction_.reset();
    return {};
  }
  auto done = store_->carry_out(transaction_);
  transaction_.reset();
  if (!done) {
    failure_ = Error{done.error().code, what("commit of") + ": " + done.error().message};
    return tl::unexpected(*failure_);
  }
  return done;
}

Result<void> EmbeddedWriter::abort() {
  if (failure_ && failure_->code != ErrorCode::kAborted) return tl::unexpected(*failure_);
  if (seat_) store_->file()->board.forget_open(*seat_);
  failure_.reset();
  transaction_.reset();
  return {};
}

// ---- appender ----

Result<void> EmbeddedAppender::append(const log::Append& record) {
  return add_to(queued_->records, store_->file()->board, record);
}

Result<void> EmbeddedAppender::flush(std::chrono::milliseconds wait) {
  if (queued_->records.empty()) return {};
  const auto request = std::exchange(queued_, std::make_shared<Request>());
  auto done = store_->carry_out(request, wait);
  if (done) return done;
  const auto code =
      done.error().code == ErrorCode::kAborted ? ErrorCode::kUnavailable : done.error().code;
  const auto count = request->records.count();
  return fail(code, std::to_string(count) + (count == 1 ? " record" : " records") +
                        " did not arrive: " + done.error().message);
}

}  // namespace crowdflow::embedded
