#include "processor/committer.h"

#include <chrono>
#include <spdlog/spdlog.h>
#include <utility>
#include <vector>

#include <crowdflow/check.h>

#include "wire/record_headers.h"

namespace crowdflow::processor {
namespace {

constexpr std::chrono::seconds kForwardPatience{10};
// How often the same is sent before the engine starts again from the log.
constexpr int kAttempts = 5;

std::vector<log::Header> views(const std::vector<wire::RecordHeader>& headers) {
  std::vector<log::Header> result;
  result.reserve(headers.size());
  for (const wire::RecordHeader& header : headers) {
    result.push_back({.name = header.name, .value = header.value});
  }
  return result;
}

std::string_view key_of(const OutRecord& record) {
  return record.has_key ? std::string_view(record.key) : std::string_view();
}

}  // namespace

Result<std::unique_ptr<Committer>> Committer::open(log::Log& log, const ProcessorOptions& options) {
  std::unique_ptr<Committer> self(new Committer(options.topics));
  const auto current = log.partition_count(options.topics.alerts_current);
  if (!current) return tl::unexpected(current.error());
  self->others_.alerts_current = *current;
  const auto dead = log.partition_count(options.topics.dead_letters);
  if (!dead) return tl::unexpected(dead.error());
  self->others_.dead_letters = *dead;

  auto writer = log.writer(options.instance);
  if (!writer) return tl::unexpected(writer.error());
  self->writer_ = std::move(*writer);
  if (auto opened = self->writer_->open(); !opened) return tl::unexpected(opened.error());
  auto appender = log.appender();
  if (!appender) return tl::unexpected(appender.error());
  self->appender_ = std::move(*appender);
  return self;
}

Result<void> Committer::commit(const Commit& what) {
  if (auto sent = forward(what.hand_overs); !sent) return sent;
  for (int attempt = 1;; ++attempt) {
    auto done = commit_once(what);
    if (done || done.error().code != ErrorCode::kAborted) return done;
    if (auto aborted = writer_->abort(); !aborted) return aborted;
    if (attempt == kAttempts) return fail(ErrorCode::kUnavailable, done.error().message);
    spdlog::warn("a transaction came to nothing and is sent again: {}", done.error().message);
  }
}

Result<void> Committer::commit_once(const Commit& what) {
  if (auto done = writer_->begin(); !done) return done;
  for (const HandOver& hand_over : what.hand_overs) {
    if (auto done = append_all(hand_over); !done) return done;
  }
  for (const SnapshotChunk& chunk : what.chunks) {
    if (auto done = writer_->append({.topic = topics_.snapshots,
                                     .partition = chunk.partition,
                                     .key = chunk.key,
                                     .value = chunk.bytes});
        !done) {
      return done;
    }
  }
  if (auto done = writer_->send_positions(*what.assignment, what.positions); !done) return done;
  return writer_->commit();
}

// Forwarded readings are safe at home before the offset they came from is committed.
Result<void> Committer::forward(std::span<const HandOver> hand_overs) {
  bool any = false;
  for (const HandOver& hand_over : hand_overs) {
    for (const Forward& forward : hand_over.pending.forwards) {
      if (auto done = append(forward); !done) {
        if (done.error().code != ErrorCode::kUnavailable) return done;
        // The queue may be full.
        if (auto sent = appender_->flush(kForwardPatience); !sent) return sent;
        if (done = append(forward); !done) return done;
      }
      any = true;
    }
  }
  return any ? appender_->flush(kForwardPatience) : Result<void>{};
}

Result<void> Committer::append(const Forward& forward) {
  const std::vector<log::Header> headers = views(forward.record.headers);
  return appender_->append({.topic = topics_.readings,
                            .partition = forward.home,
                            .key = key_of(forward.record),
                            .value = forward.record.value,
                            .headers = headers});
}

Result<void> Committer::append(const std::string& topic, std::int32_t partition,
                               const OutRecord& record) {
  const std::vector<log::Header> headers = views(record.headers);
  return writer_->append({.topic = topic,
                          .partition = partition,
                          .key = key_of(record),
                          .value = record.value,
                          .headers = headers,
                          .tombstone = !record.has_value});
}

Result<void> Committer::append_all(const HandOver& hand_over) {
  CROWDFLOW_CHECK(hand_over.pending.accounting.balanced(),
                  "every reading consumed is accounted for");
  return write_records(
      hand_over, topics_, others_,
      [this](const std::string& topic, std::int32_t partition, const OutRecord& record) {
        return append(topic, partition, record);
      });
}

}  // namespace crowdflow::processor
