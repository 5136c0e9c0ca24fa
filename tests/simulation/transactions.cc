#include "simulation/transactions.h"

#include <chrono>
#include <memory>
#include <utility>

#include "simulation/broker.h"

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTimeout{10};

}  // namespace

std::int32_t Transactions::take_over(const std::string& name) {
  TransactionalName& known = names_[name];
  if (known.open != 0) end(name, false);
  return ++known.epoch;
}

TransactionId Transactions::begin(const std::string& name, const log::PartitionId* partition) {
  TransactionalName& known = names_[name];
  if (known.open == 0) {
    known.open = ++last_;
    broker_.clockwork.after(kTimeout, [this, name, id = known.open] { time_out(name, id); });
  }
  if (partition != nullptr) known.partitions.insert(*partition);
  return known.open;
}

void Transactions::time_out(const std::string& name, TransactionId transaction) {
  if (names_[name].open != transaction) return;
  if (broker_.away()) {
    broker_.clockwork.at(broker_.away_until() + seconds{1},
                         [this, name, transaction] { time_out(name, transaction); });
    return;
  }
  broker_.faults.happened(Fault::kTransactionTimedOut, broker_.clockwork.now(), name);
  take_over(name);  // whoever left it open is fenced by that
}

void Transactions::end(const std::string& name, bool committed) {
  TransactionalName& known = names_[name];
  const TransactionId transaction = std::exchange(known.open, 0);
  Clockwork& clockwork = broker_.clockwork;
  Chance& chance = broker_.faults.chance;
  const bool late = broker_.faults.strikes(Fault::kMarkersLate, clockwork.now(), name);
  const auto soon = [&] {
    return late ? Time{milliseconds{chance.between(50, 3000)}} : Time{chance.between(0, 3000)};
  };
  // A broker that is away writes none.
  const auto write = [this](auto self, std::function<void()> what) -> void {
    if (!broker_.away()) return what();
    broker_.clockwork.at(broker_.away_until() + milliseconds{1},
                         [self, what = std::move(what)] { self(self, what); });
  };
  for (const log::PartitionId& at : std::exchange(known.partitions, {})) {
    ++known.markers_due;
    clockwork.after(soon(), [=, this] {
      write(write, [=, this] {
        broker_.partition(at).end(transaction, committed, broker_.wall());
        --names_[name].markers_due;
      });
    });
  }
  for (const auto& [group, positions] : std::exchange(known.positions, {})) {
    if (committed) broker_.group(group).promise(positions);
    ++known.markers_due;
    clockwork.after(soon(), [=, this, group = group] {
      write(write, [=, this] {
        broker_.group(group).decide(transaction, committed);
        --names_[name].markers_due;
      });
    });
  }
}

}  // namespace crowdflow::simulation
