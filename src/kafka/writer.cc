#include "kafka/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <crowdflow/check.h>

#include "kafka/assignment.h"
#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace crowdflow::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A coordinator that has just started loads its state first.
constexpr seconds kOpenPatience{30};
// Until the brokers have undone the transaction by themselves, and somewhat longer: an outage
// shorter than that ends in a commit.
constexpr seconds kEndPatience = 2 * kTransactionTimeout;
constexpr seconds kSlice{5};
constexpr int kFlushBeforeAbortMs = 2000;
constexpr int kLastAnswersMs = 2000;
constexpr seconds kQueuePatience{10};
constexpr milliseconds kPositionsPatience{10'000};  // librdkafka repeats this step by itself

// The group no longer takes us for the owner: the same would be refused again.
bool membership_is_over(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
         error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS ||
         error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

Error step_error(std::string_view what, const rd_kafka_error_t& error) {
  Error said = error_of(what, error);
  if (rd_kafka_error_txn_requires_abort(&error) != 0 && said.code == ErrorCode::kUnavailable &&
      !membership_is_over(rd_kafka_error_code(&error))) {
    said.code = ErrorCode::kAborted;
  }
  return said;
}

// One step of a transaction, repeated as long as librdkafka says that it may be.
template <typename Step>
Result<void> with_retries(seconds patience, const std::string& what, Step step) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    const ErrorHandle error(step(static_cast<int>(milliseconds(kSlice).count())));
    if (!error) return {};
    if (rd_kafka_error_is_retriable(error.get()) != 0 && Clock::now() < deadline) continue;
    return tl::unexpected(step_error(what, *error));
  }
}

}  // namespace

Result<std::unique_ptr<KafkaWriter>> KafkaWriter::make(std::shared_ptr<Connection> connection,
                                                       const std::string& name) {
  auto client =
      Client::make(std::move(connection), Role::kWriter, {{"transactional.id", name}}, nullptr);
  if (!client) return tl::unexpected(client.error());
  return std::unique_ptr<KafkaWriter>(
      new KafkaWriter(std::make_unique<Producer>(std::move(*client)), name));
}

// librdkafka frees the text of a fatal error as it begins to close (rd_kafka_txns_term), and once
// more when the answer to a record that was still on its way says that we are fenced.
KafkaWriter::~KafkaWriter() {
  rd_kafka_purge(producer_->get(), RD_KAFKA_PURGE_F_QUEUE);
  rd_kafka_flush(producer_->get(), kLastAnswersMs);
}

Result<void> KafkaWriter::open() {
  auto done = with_retries(kOpenPatience, what("opening the writer"), [&](int wait_ms) {
    return rd_kafka_init_transactions(producer_->get(), wait_ms);
  });
  // Before the first transaction: a topic that is unknown in it holds it up for a second.
  if (done) producer_->warm_up();
  return done;
}

Result<void> KafkaWriter::noted(Result<void> done) {
  if (done) return done;
  sound_ = false;
  auto error = done.error();
  if (error.code == ErrorCode::kAborted) return tl::unexpected(error);
  if (error.code == ErrorCode::kFenced && Clock::now() - begun_ >= kTransactionTimeout) {
    // The brokers undo a transaction that takes so long in the way in which they fence.
    error.code = ErrorCode::kUnavailable;
    error.message += " (or its time has run out: it was open for more than " +
                     std::to_string(kTransactionTimeout.count()) + " s)";
  }
  return tl::unexpected(error);
}

Result<void> KafkaWriter::begin() {
  const ErrorHandle error(rd_kafka_begin_transaction(producer_->get()));
  if (error) return tl::unexpected(error_of(what("beginning a transaction of"), *error));
  begun_ = Clock::now();
  sound_ = true;
  return {};
}

Result<void> KafkaWriter::append(const log::Append& record) {
  return noted(producer_->queue(record, kQueuePatience));
}

Result<void> KafkaWriter::send_positions(const log::Assignment& assignment,
                                         std::span<const log::Position> positions) {
  const auto* known = dynamic_cast<const KafkaAssignment*>(&assignment);
  CROWDFLOW_CHECK(known != nullptr, "the assignment and the writer are of different logs");
  for (const auto& position : positions) {
    // Kafka asks only whether it is a member, not whether the partition is its own.
    if (std::ranges::find(known->partitions, position.at) == known->partitions.end()) {
      return fail(ErrorCode::kUnavailable,
                  what("positions of") + ": the reader does not hold " + name_of(position.at));
    }
  }
  if (positions.empty()) return {};
  const auto list = list_of(positions);
  const ErrorHandle error(
      rd_kafka_send_offsets_to_transaction(producer_->get(), list.get(), known->membership.get(),
                                           static_cast<int>(kPositionsPatience.count())));
  if (!error) return {};
  return noted(tl::unexpected(step_error(what("positions of"), *error)));
}

Result<void> KafkaWriter::commit() {
  return noted(with_retries(kEndPatience, what("commit of"), [&](int wait_ms) {
    return rd_kafka_commit_transaction(producer_->get(), wait_ms);
  }));
}

Result<void> KafkaWriter::abort() {
  // librdkafka ends a transaction that the coordinator may not have begun yet (it puts that off
  // while it still completes the one before), and fails for good. What is delivered has begun.
  if (sound_) rd_kafka_flush(producer_->get(), kFlushBeforeAbortMs);
  return noted(with_retries(kEndPatience, what("abort of"), [&](int wait_ms) {
    return rd_kafka_abort_transaction(producer_->get(), wait_ms);
  }));
}

}  // namespace crowdflow::kafka
