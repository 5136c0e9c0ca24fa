#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"
#include "support/relay_log.h"

// A log that passes everything on to another and tells what passes.
namespace crowdflow::bench {

// Is told; all of it does nothing unless said otherwise. Several threads may tell at once.
class LogObserver {
 public:
  virtual ~LogObserver() = default;
  // Of the reader of this group (empty: one of its own).
  virtual void changed(const std::string& /*group*/, const log::AssignmentChange& /*change*/) {}
  virtual void starts(const std::string& /*group*/, std::span<const log::Position> /*at*/) {}
  virtual void took(const std::string& /*group*/, std::span<const log::Record> /*records*/) {}
  virtual void committed(std::span<const log::Position> /*positions*/) {}
};

class ObservedReader final : public test::RelayReader {
 public:
  ObservedReader(std::unique_ptr<log::Reader> inner, std::string group, LogObserver& observer)
      : RelayReader(std::move(inner)), group_(std::move(group)), observer_(observer) {}

  Result<void> start_at(std::span<const log::Position> positions) override {
    observer_.starts(group_, positions);
    return RelayReader::start_at(positions);
  }
  Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                           std::chrono::milliseconds wait) override {
    auto batch = RelayReader::take(max, wait);
    if (!batch) return batch;
    if ((*batch)->assignment()) observer_.changed(group_, *(*batch)->assignment());
    if (!(*batch)->records().empty()) observer_.took(group_, (*batch)->records());
    return batch;
  }

 private:
  const std::string group_;
  LogObserver& observer_;
};

class ObservedWriter final : public test::RelayWriter {
 public:
  ObservedWriter(std::unique_ptr<log::Writer> inner, LogObserver& observer)
      : RelayWriter(std::move(inner)), observer_(observer) {}

  Result<void> send_positions(const log::Assignment& assignment,
                              std::span<const log::Position> positions) override {
    positions_.assign(positions.begin(), positions.end());
    return RelayWriter::send_positions(assignment, positions);
  }
  Result<void> commit() override {
    auto done = RelayWriter::commit();
    if (done) observer_.committed(positions_);
    return done;
  }

 private:
  LogObserver& observer_;
  std::vector<log::Position> positions_;
};

// What it makes must not outlive it.
class ObservedLog : public test::RelayLog {
 public:
  ObservedLog(log::Log& inner, LogObserver& observer) : RelayLog(inner), observer_(observer) {}

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    auto made = RelayLog::reader(options);
    if (!made) return made;
    return std::make_unique<ObservedReader>(std::move(*made), options.group, observer_);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) final {
    auto made = unobserved_writer(name);
    if (!made) return made;
    return std::make_unique<ObservedWriter>(std::move(*made), observer_);
  }

 protected:
  virtual Result<std::unique_ptr<log::Writer>> unobserved_writer(const std::string& name) {
    return RelayLog::writer(name);
  }

 private:
  LogObserver& observer_;
};

}  // namespace crowdflow::bench
