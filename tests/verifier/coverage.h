#pragma once

#include <map>
#include <string>

#include "verifier/plan.h"

namespace crowdflow::test {

// What an engine may be found at besides its stage.
inline constexpr const char* kInTransaction = "in a transaction";

// Where the faults struck: what says that they were more than kills of an idle process.
struct Coverage {
  std::map<Fault, int> faults;              // of the network: that did something to somebody
  std::map<std::string, int> killed_while;  // by stage; "?": it did not say
  // What those were doing whom another fault struck, by their logs: a stage, or kInTransaction.
  std::map<Fault, std::map<std::string, int>> struck_while;
  int killed_in_transaction = 0;  // which stayed open behind it
  int killed_while_broker_away = 0;
  // Of two with one name, which ended and said why: the one that had been frozen beyond its
  // session, or the one that had taken its name.
  int zombies_fenced = 0;
  int newcomers_fenced = 0;
  int taken_over = 0;      // partitions of a frozen engine, by others
  int losses_noticed = 0;  // by such an engine, when it woke up
  int left_to_others = 0;  // partitions of an engine that had left
  int sent_again = 0;      // transactions that came to nothing
  int struck_again = 0;    // after the plan, for want of one of these

  // Faults other than kills.
  [[nodiscard]] int others_while(const std::string& what) const;
  [[nodiscard]] std::string text() const;
};

}  // namespace crowdflow::test
