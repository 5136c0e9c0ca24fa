#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/kcat.h"
#include "wire/journal.h"
#include "wire/json.h"
#include "wire/messages.h"

// What is found in crowdflow's topics, by a read-committed client that is not ours or, where only
// crowdflow can read them, by its own.
namespace crowdflow::test {

inline std::vector<KafkaRecord> records_on(const std::string& bootstrap, const std::string& topic) {
  KcatRecords read = kcat_consume({.bootstrap = bootstrap, .topic = topic});
  EXPECT_EQ(read.error, "");
  return std::move(read.records);
}

// (venue, zone, window start, window end, revision)
using StateIdentity = std::tuple<std::string, std::string, std::int64_t, std::int64_t, unsigned>;
// (alert, occurrence, sequence)
using AlertIdentity = std::tuple<std::string, std::uint64_t, std::uint64_t>;

inline StateIdentity identity(const v1::ZoneState& state) {
  return {state.venue_id(), state.zone_id(), state.window_start().seconds(),
          state.window_end().seconds(), state.revision()};
}

// Every final state, in the order of its venue; fails the test when one is there twice.
inline std::map<StateIdentity, v1::ZoneState> final_states(
    const std::vector<KafkaRecord>& records) {
  std::map<StateIdentity, v1::ZoneState> finals;
  for (const KafkaRecord& record : records) {
    v1::ZoneStateBatch batch;
    EXPECT_TRUE(batch.ParseFromString(record.value.value_or("")));
    for (const v1::ZoneState& state : batch.states()) {
      if (!state.final()) continue;
      EXPECT_TRUE(finals.emplace(identity(state), state).second)
          << "said twice: " << wire::to_json(state);
    }
  }
  return finals;
}

// Every transition, in order; fails the test when one is there twice.
inline std::vector<v1::Alert> alerts(const std::vector<KafkaRecord>& records) {
  std::vector<v1::Alert> found;
  std::set<AlertIdentity> seen;
  for (const KafkaRecord& record : records) {
    v1::Alert alert;
    EXPECT_TRUE(alert.ParseFromString(record.value.value_or("")));
    EXPECT_TRUE(seen.insert({alert.alert_id(), alert.occurrence(), alert.sequence()}).second)
        << "said twice: " << wire::to_json(alert);
    found.push_back(alert);
  }
  return found;
}

// The sum over every commit; fails the test when one does not balance.
inline Accounting accounting(const std::vector<KafkaRecord>& records) {
  Accounting sum;
  for (const KafkaRecord& record : records) {
    const auto page = wire::parse_journal(record.value.value_or(""));
    if (!page) {
      ADD_FAILURE() << page.error().message;
      continue;
    }
    EXPECT_TRUE(page->accounting.balanced()) << "commit at offset " << record.offset;
    sum += page->accounting;
  }
  return sum;
}

inline std::map<StateIdentity, v1::ZoneState> final_states(const std::string& bootstrap,
                                                           const std::string& topic) {
  return final_states(records_on(bootstrap, topic));
}
inline std::vector<v1::Alert> alerts(const std::string& bootstrap, const std::string& topic) {
  return alerts(records_on(bootstrap, topic));
}
inline Accounting accounting(const std::string& bootstrap, const std::string& topic) {
  return accounting(records_on(bootstrap, topic));
}

}  // namespace crowdflow::test
