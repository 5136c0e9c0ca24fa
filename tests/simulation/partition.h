#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"

namespace crowdflow::simulation {

// Names one transaction among all; 0: none.
using TransactionId = std::uint64_t;

// What one offset of a partition holds.
struct Stored {
  WallTime timestamp{};
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
  TransactionId transaction = 0;
  bool marker = false;   // the end of `transaction`; nobody's record
  bool aborted = false;  // never shown
  std::vector<log::Header> header_views;
};

// A record on its way to a partition.
struct Outgoing {
  log::PartitionId at;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;

  static Outgoing copy_of(const log::Append& record);
};

// One partition of the simulated log. Nothing is ever taken out of it: what retention has taken is
// below low() and still there for those who audit.
class Partition {
 public:
  // Returns the offset.
  std::int64_t append(Outgoing record, WallTime timestamp, TransactionId transaction);
  // Writes the marker that ends the transaction here. It takes an offset.
  void end(TransactionId transaction, bool committed, WallTime timestamp);

  [[nodiscard]] std::int64_t low() const { return low_; }
  [[nodiscard]] std::int64_t high() const { return static_cast<std::int64_t>(stored_.size()); }
  // Everything before is decided.
  [[nodiscard]] std::int64_t last_stable() const;
  [[nodiscard]] const Stored& at(std::int64_t offset) const {
    return stored_[static_cast<std::size_t>(offset)];
  }
  // Whether a reader is shown what stands there.
  [[nodiscard]] bool shows(std::int64_t offset) const {
    return !at(offset).marker && !at(offset).aborted;
  }
  void forget_before(std::int64_t offset, WallTime when);
  // What low() was then.
  [[nodiscard]] std::int64_t low_at(WallTime when) const;

  // What a leader that has just come back believes; nothing: it knows.
  std::optional<std::int64_t> believed_high;
  [[nodiscard]] std::int64_t told_high() const { return believed_high.value_or(high()); }

 private:
  std::int64_t low_ = 0;
  std::vector<std::pair<WallTime, std::int64_t>> lows_;  // and since when
  std::deque<Stored> stored_;
  std::map<TransactionId, std::int64_t> open_;  // by their first offset here
};

[[nodiscard]] std::string name_of(const log::PartitionId& at);

}  // namespace crowdflow::simulation
