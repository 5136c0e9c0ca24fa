#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/chance.h"
#include "simulation/clockwork.h"

namespace crowdflow::simulation {

// What can go wrong, and what is seen of that. Each is counted where it has had its effect.
enum class Fault : std::uint8_t {
  kCommitDoneUnanswered,    // the answer is lost; it happened
  kCommitUndoneUnanswered,  // the answer is lost; it did not happen
  kCommitDoneLater,         // no answer in time; it happens when the writer has given up
  kCommitAborted,           // undone, and known to be
  kAbortUnanswered,         // the transaction stays open
  kAppendFailed,            // a record cannot be written
  kOpenFailed,              // the coordinator does not answer
  kTransactionTimedOut,     // left open until its time had run out
  kFenced,                  // another of the same name has taken over
  kRebalance,               // the group shares its partitions anew
  kExpelled,                // the group has lost a member that lives
  kDeath,                   // the process is killed
  kStopped,                 // the process stands still for a while, and goes on
  kOrderlyEnd,              // it is asked to end
  kTwin,                    // another process of the same name is started
  kClockStep,               // a process's wall clock is set, back or forth
  kBrokerAway,              // nobody answers for a while
  kQuestionFailed,          // a question to the broker is not answered
  kBoundsStale,             // a partition's end is told smaller than it is
  kBoundsUnknown,           // and not at all
  kExpired,                 // retention takes the oldest records of a partition
  kMarkersLate,             // a transaction has ended, and the partitions hear of it later
  kPositionsUnstable,       // committed() had to wait for a transaction
  kForwardWrittenUnanswered,
  kForwardUnwritten,
  kForwardWrittenLater,  // when the writer has given up
  kForwardRepeated,      // one process has written what another had written before
  kForeignAborted,       // a publisher of readings takes them back
  kForeignLeftOpen,      // and another dies in its transaction
  // While a commit of that process is under way:
  kTakenInCommit,    // records were taken
  kAskedInCommit,    // the group wanted its partitions back
  kLostInCommit,     // or had given them away
  kEndedInCommit,    // the process was asked to end
  kDeathInCommit,    // or was killed
  kStoppedInCommit,  // or stood still
  // While it restores partitions:
  kDeathInRestore,      // it was killed
  kStoppedInRestore,    // or stood still
  kEndedInRestore,      // or was asked to end
  kRebalanceInRestore,  // the group wanted them back, or gave them away, before it was done
  kExpiredInRestore,    // retention took records
  kOvertakenInRestore,  // which it was to read next
  kHistoryMissing,      // what it needed had expired
  // What goes right, and is to be seen:
  kRestoredFromSnapshot,  // a partition, and not from the beginning
  kCommitSentAgain,       // done after it was known to have come to nothing
  kGivenBackWithWork,     // partitions, for the group: what was taken was committed before
  kEndedWithWork,         // the same, of who was asked to end
};
inline constexpr std::size_t kFaultCount = 46;
[[nodiscard]] std::string_view name_of(Fault fault);

using Coverage = std::array<std::uint64_t, kFaultCount>;

// Decides what goes wrong, counts it, and keeps the story.
class Faults {
 public:
  // `suppressed`: numbers of strikes that are left out, for finding the shortest story.
  Faults(std::uint64_t seed, std::set<std::size_t> suppressed);

  // Parts of a million, per chance that it has.
  void set(Fault fault, std::uint64_t parts) { parts_[static_cast<std::size_t>(fault)] = parts; }
  // From now on nothing goes wrong by itself.
  void calm() { calm_ = true; }
  [[nodiscard]] bool calmed() const { return calm_; }

  // Whether it happens now; then it is counted and told.
  [[nodiscard]] bool strikes(Fault fault, Time now, std::string_view where);
  // It is counted, and not worth a word.
  void count(Fault fault) { ++coverage_[static_cast<std::size_t>(fault)]; }
  // It has happened because of something else.
  void happened(Fault fault, Time now, std::string_view where);

  [[nodiscard]] bool has_struck(Fault fault) const {
    return coverage_[static_cast<std::size_t>(fault)] > 0;
  }
  [[nodiscard]] const Coverage& coverage() const { return coverage_; }
  // How many strikes there were, suppressed ones among them.
  [[nodiscard]] std::size_t strikes() const { return strikes_; }
  void tell(Time now, std::string_view what);
  void tell_calls(bool wanted) { tells_calls_ = wanted; }
  [[nodiscard]] bool tells_calls() const { return tells_calls_; }
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }

  // For everything that is left to chance while the simulation runs.
  Chance chance;

 private:
  std::array<std::uint64_t, kFaultCount> parts_{};
  bool calm_ = false;
  bool tells_calls_ = false;
  std::size_t strikes_ = 0;
  std::set<std::size_t> suppressed_;
  Coverage coverage_{};
  std::vector<std::string> story_;
};

}  // namespace crowdflow::simulation
