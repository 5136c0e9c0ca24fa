#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "log/log.h"
#include "simulation/partition.h"

namespace crowdflow::simulation {

class Broker;

// The coordinator's word on one transactional name.
struct TransactionalName {
  std::int32_t epoch = 0;
  TransactionId open = 0;  // 0: none
  std::set<log::PartitionId> partitions;
  std::map<std::string, std::vector<log::Position>> positions;  // by group
  // Markers of the transaction before that are still to be written: nothing new begins until then.
  std::size_t markers_due = 0;
};

// Transactions as Kafka has them: a name has an epoch; who has an earlier one is fenced; the
// end is decided at once and told to each partition by a marker that comes a little later.
class Transactions {
 public:
  explicit Transactions(Broker& broker) : broker_(broker) {}

  [[nodiscard]] TransactionalName& of(const std::string& name) { return names_[name]; }
  // A new epoch for the name; what the earlier one left open is undone.
  std::int32_t take_over(const std::string& name);
  // Makes sure that one is open, with this partition in it.
  TransactionId begin(const std::string& name, const log::PartitionId* partition);
  void end(const std::string& name, bool committed);

 private:
  void time_out(const std::string& name, TransactionId transaction);

  Broker& broker_;
  TransactionId last_ = 0;
  std::map<std::string, TransactionalName> names_;
};

}  // namespace crowdflow::simulation
