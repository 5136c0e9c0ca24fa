#include "simulation/simulated_writer.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "simulation/simulated_reader.h"

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kOpenPatience{30};
constexpr seconds kStepPatience{10};
constexpr seconds kEndPatience{20};
constexpr seconds kTransactionTimeout{10};

// Headers tell where a forwarded record began, and nothing else has them.
bool is_there(const Partition& partition, const Outgoing& forwarded) {
  for (std::int64_t offset = partition.high(); offset-- > 0;) {
    if (partition.at(offset).headers == forwarded.headers) return true;
  }
  return false;
}

}  // namespace

// ---- writer ----

Result<void> SimulatedWriter::failed(ErrorCode code, const std::string& what) {
  // Who is fenced after so long may have fenced itself.
  if (code == ErrorCode::kFenced && begun_ &&
      broker_->clockwork.now() - begun_at_ >= kTransactionTimeout) {
    code = ErrorCode::kUnavailable;
  }
  if (code != ErrorCode::kAborted) process_->commits = false;
  failure_ = Error{code, "writer " + name_ + ": " + what};
  return tl::unexpected(*failure_);
}

Result<void> SimulatedWriter::sound() const {
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

Result<void> SimulatedWriter::step(const char* what, Patience patience) {
  if (auto good = sound(); !good) return good;
  if (auto asked = broker_->ask(*process_, what, patience); !asked) {
    return failed(ErrorCode::kUnavailable, asked.error().message);
  }
  if (broker_->transactions.of(name_).epoch != epoch_) {
    broker_->faults.happened(Fault::kFenced, broker_->clockwork.now(), "writer " + name_);
    return failed(ErrorCode::kFenced, "another has taken the name");
  }
  return {};
}

Result<void> SimulatedWriter::wait_for_markers(const char* what) {
  while (broker_->transactions.of(name_).markers_due > 0) {
    broker_->clockwork.pass(milliseconds{5});
    if (auto asked = broker_->ask(*process_, what, kOpenPatience); !asked) {
      return failed(ErrorCode::kUnavailable, asked.error().message);
    }
  }
  return {};
}

Result<void> SimulatedWriter::open() {
  if (auto asked = broker_->ask(*process_, "open", kOpenPatience); !asked) {
    return failed(ErrorCode::kUnavailable, asked.error().message);
  }
  if (broker_->faults.strikes(Fault::kOpenFailed, broker_->clockwork.now(), name_)) {
    broker_->clockwork.pass(kOpenPatience);
    return failed(ErrorCode::kUnavailable, "opening: nobody answers");
  }
  if (auto over = wait_for_markers("open"); !over) return over;
  epoch_ = broker_->transactions.take_over(name_);
  // What was undone is undone everywhere before anything new is begun.
  return wait_for_markers("open");
}

Result<void> SimulatedWriter::begin() {
  if (failure_ && failure_->code == ErrorCode::kAborted) {  // as Kafka's client says it
    return fail(ErrorCode::kInvalid, "writer " + name_ + ": the one before must be aborted first");
  }
  if (auto good = sound(); !good) return good;
  if (auto called = broker_->call(*process_, "begin"); !called) return called;
  CROWDFLOW_CHECK(!begun_, "one transaction at a time");
  begun_ = process_->commits = true;
  begun_at_ = broker_->clockwork.now();
  return {};
}

Result<void> SimulatedWriter::append(const log::Append& record) {
  if (auto good = sound(); !good) return good;
  if (auto called = broker_->call(*process_, "append"); !called) {
    return failed(ErrorCode::kUnavailable, called.error().message);
  }
  CROWDFLOW_CHECK(begun_, "records are written in a transaction");
  if (broker_->faults.strikes(Fault::kAppendFailed, broker_->clockwork.now(), name_)) {
    return failed(ErrorCode::kAborted, "a record cannot be written");
  }
  queue_.push_back(Outgoing::copy_of(record));
  if (!broker_->faults.chance.one_in(6) || broker_->away()) return {};
  return send(1 + broker_->faults.chance.below(queue_.size()));
}

Result<void> SimulatedWriter::send(std::size_t count) {
  for (; count > 0; --count) {
    if (auto over = wait_for_markers("send"); !over) return over;
    if (auto stepped = step("send", kEndPatience); !stepped) return stepped;
    Outgoing& next = queue_.front();
    Partition* partition = broker_->find(next.at);
    if (partition == nullptr)
      return failed(ErrorCode::kNotFound, "there is no " + name_of(next.at));
    const TransactionId id = broker_->transactions.begin(name_, &next.at);
    partition->append(std::move(next), broker_->wall(), id);
    queue_.pop_front();
  }
  return {};
}

Result<void> SimulatedWriter::send_positions(const log::Assignment& assignment,
                                             std::span<const log::Position> positions) {
  const auto* known = dynamic_cast<const SimulatedAssignment*>(&assignment);
  CROWDFLOW_CHECK(known != nullptr, "the assignment and the writer are of different logs");
  if (auto good = sound(); !good) return good;
  for (const log::Position& position : positions) {
    if (std::ranges::find(known->partitions, position.at) == known->partitions.end()) {
      return fail(ErrorCode::kUnavailable, "the reader does not hold " + name_of(position.at));
    }
  }
  if (positions.empty()) return {};
  if (auto over = wait_for_markers("send_positions"); !over) return over;
  if (auto stepped = step("send_positions", kStepPatience); !stepped) return stepped;
  Group& group = broker_->group(known->group);
  if (auto accepted = group.accepts(known->membership); !accepted) {
    return failed(accepted.error().code, accepted.error().message);
  }
  const TransactionId id = broker_->transactions.begin(name_, nullptr);
  const std::vector<log::Position> all(positions.begin(), positions.end());
  auto& kept = broker_->transactions.of(name_).positions[known->group];
  kept.insert(kept.end(), all.begin(), all.end());
  group.put_aside(id, all);
  return {};
}

Result<void> SimulatedWriter::lose_the_answer(bool done, bool later) {
  Transactions& transactions = broker_->transactions;
  Clockwork& clockwork = broker_->clockwork;
  const TransactionId id = transactions.of(name_).open;
  if (done) transactions.end(name_, true);
  if (later) {
    // It is on its way, and counts when nobody has taken over meanwhile.
    clockwork.after(milliseconds{broker_->faults.chance.between(10, 8000)},
                    [broker = broker_, name = name_, id, epoch = epoch_] {
                      const auto& known = broker->transactions.of(name);
                      if (known.open == id && id != 0 && known.epoch == epoch)
                        broker->transactions.end(name, true);
                    });
  }
  clockwork.wait(milliseconds{broker_->faults.chance.one_in(3) ? 20'000 : 50},
                 [&] { return !process_->alive; });
  return failed(ErrorCode::kUnavailable, "commit: nobody answers");
}

Result<void> SimulatedWriter::commit() {
  CROWDFLOW_CHECK(begun_, "a transaction is committed once");
  if (auto sent = send(queue_.size()); !sent) return sent;
  if (auto over = wait_for_markers("commit"); !over) return over;
  if (auto stepped = step("commit", kEndPatience); !stepped) return stepped;
  Faults& faults = broker_->faults;
  const Time now = broker_->clockwork.now();
  Transactions& transactions = broker_->transactions;
  if (transactions.of(name_).open != 0) {
    if (faults.strikes(Fault::kCommitDoneUnanswered, now, name_)) {
      return lose_the_answer(true, false);
    }
    if (faults.strikes(Fault::kCommitUndoneUnanswered, now, name_)) {
      return lose_the_answer(false, false);
    }
    if (faults.strikes(Fault::kCommitDoneLater, now, name_)) return lose_the_answer(false, true);
    if (faults.strikes(Fault::kCommitAborted, now, name_)) {
      return failed(ErrorCode::kAborted, "commit: the transaction has to be aborted");
    }
    transactions.end(name_, true);
    if (std::exchange(again_, false)) faults.count(Fault::kCommitSentAgain);
  }
  begun_ = process_->commits = false;
  return broker_->call(*process_, "committed");
}

Result<void> SimulatedWriter::abort() {
  queue_.clear();
  if (failure_ && failure_->code != ErrorCode::kAborted) return tl::unexpected(*failure_);
  failure_.reset();
  if (auto over = wait_for_markers("abort"); !over) return over;
  if (auto stepped = step("abort", kEndPatience); !stepped) return stepped;
  if (broker_->faults.strikes(Fault::kAbortUnanswered, broker_->clockwork.now(), name_)) {
    return failed(ErrorCode::kUnavailable, "abort: nobody answers");
  }
  if (broker_->transactions.of(name_).open != 0) broker_->transactions.end(name_, false);
  begun_ = process_->commits = false;
  again_ = true;
  return {};
}

// ---- appender ----

Result<void> SimulatedAppender::append(const log::Append& record) {
  if (auto called = broker_->call(*process_, "append alone"); !called) return called;
  Outgoing copy = Outgoing::copy_of(record);
  if (broker_->find(copy.at) == nullptr) {
    unknown_ = true;
    return {};
  }
  queue_->push_back(std::move(copy));
  return {};
}

// Of one producer, each record is written once however often its client sends it; what was written
// already has come from another.
void SimulatedAppender::write_some(Broker& broker, std::deque<Outgoing>& queue, std::size_t count) {
  for (count = std::min(count, queue.size()); count > 0; --count) {
    Partition& partition = broker.partition(queue.front().at);
    if (is_there(partition, queue.front())) broker.faults.count(Fault::kForwardRepeated);
    partition.append(std::move(queue.front()), broker.wall(), 0);
    queue.pop_front();
  }
}

Result<void> SimulatedAppender::flush(milliseconds wait) {
  if (auto asked = broker_->ask(*process_, "flush", wait); !asked) return asked;
  Faults& faults = broker_->faults;
  Clockwork& clockwork = broker_->clockwork;
  const auto lost = [&]() -> Result<void> {
    clockwork.wait(wait, [&] { return !process_->alive; });
    return fail(ErrorCode::kUnavailable, "records are not acknowledged");
  };
  if (!queue_->empty()) {
    if (faults.strikes(Fault::kForwardWrittenUnanswered, clockwork.now(), process_->name)) {
      write_some(*broker_, *queue_, 1 + faults.chance.below(queue_->size()));
      queue_->clear();
      return lost();
    }
    if (faults.strikes(Fault::kForwardUnwritten, clockwork.now(), process_->name)) {
      queue_->clear();
      return lost();
    }
    if (faults.strikes(Fault::kForwardWrittenLater, clockwork.now(), process_->name)) {
      write_some(*broker_, *queue_, faults.chance.below(queue_->size()));
      clockwork.after(
          milliseconds{faults.chance.between(1, 15'000)},
          [broker = broker_, queue = queue_] { write_some(*broker, *queue, queue->size()); });
      return fail(ErrorCode::kUnavailable, "records are not acknowledged");
    }
  }
  write_some(*broker_, *queue_, queue_->size());
  if (std::exchange(unknown_, false)) {
    return fail(ErrorCode::kNotFound, "1 record did not arrive; there is no such partition");
  }
  return broker_->call(*process_, "flushed");
}

}  // namespace crowdflow::simulation
