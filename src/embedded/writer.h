#pragma once

#include <memory>
#include <optional>
#include <string>

#include "embedded/record_buffer.h"
#include "embedded/store.h"
#include "log/log.h"

namespace crowdflow::embedded {

// A transaction is collected in memory and written as a whole by commit().
class EmbeddedWriter final : public log::Writer {
 public:
  EmbeddedWriter(std::shared_ptr<Store> store, std::string name)
      : store_(std::move(store)), name_(std::move(name)) {}
  ~EmbeddedWriter() override;
  EmbeddedWriter(const EmbeddedWriter&) = delete;
  EmbeddedWriter& operator=(const EmbeddedWriter&) = delete;

  [[nodiscard]] Result<void> open() override;
  [[nodiscard]] Result<void> begin() override;
  [[nodiscard]] Result<void> append(const log::Append& record) override;
  [[nodiscard]] Result<void> send_positions(const log::Assignment& assignment,
                                            std::span<const log::Position> positions) override;
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] Result<void> abort() override;

 private:
  [[nodiscard]] std::string what(const std::string& step) const {
    return step + " writer " + name_;
  }
  [[nodiscard]] Result<void> in_transaction(const std::string& step) const;

  const std::shared_ptr<Store> store_;
  const std::string name_;
  std::shared_ptr<Seat> seat_;
  std::shared_ptr<Request> transaction_;  // null: none
  // It came to nothing and has to be aborted, or, any other: the writer is of no use any more.
  std::optional<Error> failure_;
};

// Collects in memory what the next flush() writes.
class EmbeddedAppender final : public log::Appender {
 public:
  explicit EmbeddedAppender(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  [[nodiscard]] Result<void> append(const log::Append& record) override;
  [[nodiscard]] Result<void> flush(std::chrono::milliseconds wait) override;

 private:
  const std::shared_ptr<Store> store_;
  std::shared_ptr<Request> queued_ = std::make_shared<Request>();
};

}  // namespace crowdflow::embedded
