#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "log/topics.h"
#include "simulation/broker.h"
#include "simulation/town.h"

namespace crowdflow::simulation {

// The last words: of each window of each zone the last final state, of each alarm its transitions;
// without revisions and wall clocks, as bytes.
struct LastWords {
  // By venue, zone, and the window's start and end in microseconds.
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>, std::string> finals;
  // By alert id.
  std::map<std::string, std::vector<std::string>> alarms;
};

// Reads everything that the log holds, slowly and plainly, and says what is wrong.
//
// - States, alerts and dead letters are, byte for byte and in this order, what follows from the
//   journal when it is applied again: nothing missing, nothing twice.
// - A shard's life begins anew, with levels unknown, only where retention had left no way back.
// - Each record of `readings` is in exactly one range of the journal, and every reading is
//   accounted for once.
// - Each reading that lay elsewhere came home.
// - The group's positions are the journal's.
class Auditor {
 public:
  // `some_forgot`: a venue was not configured wherever a process has started.
  Auditor(Broker& broker, const log::TopicNames& topics, const std::string& group, const Town& town,
          bool some_forgot)
      : broker_(broker), topics_(topics), group_(group), town_(town), some_forgot_(some_forgot) {}

  void audit();
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const LastWords& last_words() const { return last_words_; }
  [[nodiscard]] std::uint64_t journal_pages() const { return pages_; }
  // Those that began with levels unknown, as the log did not reach back.
  [[nodiscard]] std::size_t lives_without_history() const { return lives_without_history_; }
  // Whether readings were stamped so far ahead of the tick before them that they were not believed.
  [[nodiscard]] bool some_were_ahead() const { return some_were_ahead_; }

 private:
  friend class PartitionAudit;

  void problem(const std::string& what) { problems_.push_back(what); }
  // Offsets of what a reader is shown.
  [[nodiscard]] std::vector<std::int64_t> shown(const log::PartitionId& at) const;
  void compare(const std::string& topic, const std::vector<std::string>& expected,
               const std::vector<std::string>& found);
  void compare_alerts_current();
  void remember_last_words(std::int32_t partition);

  Broker& broker_;
  const log::TopicNames& topics_;
  const std::string group_;
  const Town& town_;
  const bool some_forgot_;
  std::vector<std::string> problems_;
  LastWords last_words_;
  std::uint64_t pages_ = 0;
  std::size_t lives_without_history_ = 0;
  bool some_were_ahead_ = false;
  std::map<std::string, std::vector<std::string>> current_;  // expected, by alert id
};

// What the same readings say when nothing goes wrong: each applied at its venue's home in the order
// of publication, by a shard alone.
[[nodiscard]] LastWords undisturbed(const Town& town);

struct Comparison {
  std::vector<std::string> problems;
  // How much was compared.
  std::uint64_t final_states = 0;
  std::uint64_t transitions = 0;
};

// Says how `found` differs from what was to be expected.
[[nodiscard]] Comparison compare(const Town& town, const LastWords& expected,
                                 const LastWords& found);

}  // namespace crowdflow::simulation
