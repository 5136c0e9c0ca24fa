#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "log/log.h"
#include "simulation/broker.h"

namespace crowdflow::simulation {

// Writes in transactions. What is appended is sent some time before the commit, as chance will have
// it: a writer that is gone has left any part of it behind.
class SimulatedWriter final : public log::Writer {
 public:
  SimulatedWriter(std::shared_ptr<Broker> broker, std::shared_ptr<Process> process,
                  std::string name)
      : broker_(std::move(broker)), process_(std::move(process)), name_(std::move(name)) {}

  [[nodiscard]] Result<void> open() override;
  [[nodiscard]] Result<void> begin() override;
  [[nodiscard]] Result<void> append(const log::Append& record) override;
  [[nodiscard]] Result<void> send_positions(const log::Assignment& assignment,
                                            std::span<const log::Position> positions) override;
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] Result<void> abort() override;

 private:
  using Patience = std::chrono::seconds;

  // A step that needs an answer, of a writer that nobody has fenced.
  [[nodiscard]] Result<void> step(const char* what, Patience patience);
  [[nodiscard]] Result<void> sound() const;
  [[nodiscard]] Result<void> failed(ErrorCode code, const std::string& what);
  // Until the transaction before is over everywhere.
  [[nodiscard]] Result<void> wait_for_markers(const char* what);
  [[nodiscard]] Result<void> send(std::size_t count);
  [[nodiscard]] Result<void> lose_the_answer(bool done, bool later);

  const std::shared_ptr<Broker> broker_;
  const std::shared_ptr<Process> process_;
  const std::string name_;
  std::int32_t epoch_ = -1;
  bool begun_ = false;
  Time begun_at_{0};
  bool again_ = false;  // what is sent now came to nothing before
  std::optional<Error> failure_;
  std::deque<Outgoing> queue_;
};

// Writes outside of transactions, each record once however often it is sent.
class SimulatedAppender final : public log::Appender {
 public:
  SimulatedAppender(std::shared_ptr<Broker> broker, std::shared_ptr<Process> process)
      : broker_(std::move(broker)),
        process_(std::move(process)),
        queue_(std::make_shared<std::deque<Outgoing>>()) {}

  [[nodiscard]] Result<void> append(const log::Append& record) override;
  [[nodiscard]] Result<void> flush(std::chrono::milliseconds wait) override;

 private:
  static void write_some(Broker& broker, std::deque<Outgoing>& queue, std::size_t count);

  const std::shared_ptr<Broker> broker_;
  const std::shared_ptr<Process> process_;
  // Shared with what is still in the network when the appender is gone.
  const std::shared_ptr<std::deque<Outgoing>> queue_;
  bool unknown_ = false;  // whether a record that was queued can be written at all
};

}  // namespace crowdflow::simulation
