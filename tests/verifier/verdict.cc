#include "verifier/verdict.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "integration/topic_contents.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kcat.h"

namespace crowdflow::test {
namespace {

std::vector<log::PartitionId> partitions_of(const RunInTest& run, const std::string& topic) {
  std::vector<log::PartitionId> all;
  for (std::int32_t p = 0; p < run.partitions; ++p)
    all.push_back({.topic = run.topic(topic), .partition = p});
  return all;
}

std::vector<KafkaRecord> all_of(const RunInTest& run, const std::string& topic) {
  KcatRecords read = kcat_consume({.bootstrap = run.bootstrap,
                                   .topic = run.topic(topic),
                                   .settings = {"check.crcs=true"},
                                   .limit = std::chrono::seconds(60)});
  EXPECT_EQ(read.error, "") << run.topic(topic);
  return std::move(read.records);
}

// A record that cannot be decoded counts as one.
std::uint64_t readings_in(const KafkaRecord& record) {
  v1::ReadingBatch batch;
  const std::string value = record.value.value_or("");
  if (value.starts_with("{") || !batch.ParseFromString(value) || batch.readings().empty()) return 1;
  return static_cast<std::uint64_t>(batch.readings_size());
}

struct Page {
  std::int64_t offset = 0;
  wire::Journal content;
};

std::map<std::int32_t, std::vector<Page>> pages_of(const RunInTest& run) {
  std::map<std::int32_t, std::vector<Page>> pages;
  for (const KafkaRecord& record : all_of(run, "journal")) {
    auto page = wire::parse_journal(record.value.value_or(""));
    if (!page) {
      ADD_FAILURE() << page.error().message;
      continue;
    }
    EXPECT_TRUE(page->accounting.balanced()) << "journal offset " << record.offset;
    EXPECT_EQ(page->partition, record.partition);
    pages[record.partition].push_back({.offset = record.offset, .content = std::move(*page)});
  }
  return pages;
}

void check_ranges(const std::vector<Page>& pages, std::int64_t high, const std::string& where) {
  std::int64_t applied = 0;
  std::int64_t next = 0;
  for (const Page& page : pages) {
    for (const wire::JournalEntry& entry : page.content.entries) {
      const auto* range = std::get_if<wire::OffsetRange>(&entry);
      if (range == nullptr) continue;
      EXPECT_EQ(range->first, applied) << where << ": journal offset " << page.offset
                                       << " applies other records than those that follow";
      applied = range->end;
    }
    EXPECT_GE(page.content.next_offset, applied) << where << ": journal offset " << page.offset;
    EXPECT_GE(page.content.next_offset, next) << where << ": journal offset " << page.offset;
    next = page.content.next_offset;
  }
  EXPECT_EQ(applied, high) << where << ": not all that the log holds was applied";
}

// From 1: what an undone transaction has numbered is numbered again.
void check_numbers(const std::vector<Page>& pages, const std::string& where) {
  std::uint64_t expected = 0;
  for (const Page& page : pages) {
    ++expected;
    EXPECT_EQ(page.content.page, expected)
        << where << ": journal offset " << page.offset << " is not the page that follows";
    expected = page.content.page;  // one finding for each gap
  }
}

void check_dead_letters(const RunInTest& run, const Accounting& sum) {
  std::uint64_t rejected = 0;
  std::set<std::tuple<std::string, std::string>> seen;
  for (const KafkaRecord& letter : all_of(run, "dead-letters")) {
    const std::string partition = letter.header("crowdflow.partition").value_or("?");
    const std::string offset = letter.header("crowdflow.offset").value_or("?");
    EXPECT_TRUE(seen.emplace(partition, offset).second)
        << "dead letter twice: partition " << partition << " offset " << offset;
    ++rejected;  // the workload rejects one reading of a record, or has only one
  }
  std::uint64_t expected = sum.consumed - sum.of(Outcome::kApplied) -
                           sum.of(Outcome::kLateApplied) - sum.of(Outcome::kDuplicate) -
                           sum.of(Outcome::kRevised) - sum.of(Outcome::kForwarded);
  EXPECT_EQ(rejected, expected);
}

testing::AssertionResult has_taken_everything(log::Log& log, const RunInTest& run) {
  const auto committed = log.committed(run.group(), partitions_of(run, "readings"));
  if (!committed) return testing::AssertionFailure() << committed.error().message;
  for (const log::Position& position : *committed) {
    const auto bounds = log.query_bounds(position.at);
    if (!bounds) return testing::AssertionFailure() << bounds.error().message;
    if (position.offset != bounds->high) {
      return testing::AssertionFailure()
             << position.at.topic << " partition " << position.at.partition << " is taken up to "
             << position.offset << " of " << bounds->high;
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace

testing::AssertionResult takes_everything(log::Log& log, const RunInTest& run) {
  return eventually(std::chrono::minutes{2}, [&] { return has_taken_everything(log, run); });
}

Accounting check_journal(log::Log& log, const RunInTest& run) {
  std::uint64_t readings = 0;
  for (const KafkaRecord& record : all_of(run, "readings"))
    readings += readings_in(record);
  Accounting sum;
  auto pages = pages_of(run);
  const auto partitions = partitions_of(run, "readings");
  const auto committed = log.committed(run.group(), partitions);
  EXPECT_TRUE(committed);
  for (const log::Position& position : committed.value_or(std::vector<log::Position>{})) {
    const std::string where = "partition " + std::to_string(position.at.partition);
    const std::vector<Page>& told = pages[position.at.partition];
    const auto bounds = log.query_bounds(position.at);
    EXPECT_TRUE(bounds && !told.empty()) << where;
    if (!bounds || told.empty()) continue;
    EXPECT_EQ(told.back().content.next_offset, position.offset) << where;
    check_ranges(told, bounds->high, where);
    check_numbers(told, where);
    for (const Page& page : told)
      sum += page.content.accounting;
  }
  EXPECT_EQ(sum.consumed, readings) << "readings that the log holds";
  check_dead_letters(run, sum);
  return sum;
}

void check_no_open_transaction(log::Log& log, const RunInTest& run) {
  for (const char* topic : {"zone-states", "alerts", "journal"}) {
    auto reader = log.reader({});
    ASSERT_TRUE(reader) << reader.error().message;
    std::vector<log::Position> from;
    std::map<std::int32_t, std::int64_t> ends;
    for (const log::PartitionId& at : partitions_of(run, topic)) {
      const auto bounds = log.query_bounds(at);
      ASSERT_TRUE(bounds) << bounds.error().message;
      ends[at.partition] = bounds->high;
      from.push_back({.at = at, .offset = std::max<std::int64_t>(bounds->high - 10, 0)});
    }
    ASSERT_TRUE((*reader)->start_at(from));
    EXPECT_TRUE(eventually(std::chrono::seconds(5), [&] {
      (void)(*reader)->take(1000, std::chrono::milliseconds(50));
      for (const log::Position& position : from) {
        const std::int64_t here = (*reader)->position(position.at);
        if (here < ends[position.at.partition]) {
          return testing::AssertionFailure()
                 << topic << " partition " << position.at.partition << ": a transaction is open at "
                 << here << ", before " << ends[position.at.partition];
        }
      }
      return testing::AssertionSuccess();
    }));
  }
}

testing::AssertionResult reproduces(const RunInTest& run, const std::string& venue) {
  const Finished done =
      run_to_end({.argv = {CrowdflowProgram::executable().string(), "replay", "--brokers",
                           run.bootstrap, "--prefix", run.prefix, "--venue-id", venue, "--verify"}},
                 std::chrono::minutes(2));
  // All of it: a replay that begins later, or finds less to compare, ends well too.
  const bool from_the_first = done.err.find(" offset 0 on\n") != std::string::npos &&
                              done.err.find("is not reproduced") == std::string::npos;
  const bool all_is_there = done.out.find("have expired") == std::string::npos;
  if (done.status == 0 && from_the_first && all_is_there) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << venue << ": "
         << (done.status != 0  ? "differs\n"
             : !from_the_first ? "not from the journal's first page on\n"
                               : "not all that was said is there\n")
         << done.out << done.err;
}

std::map<std::string, std::string> last_finals(const RunInTest& run, std::int64_t until) {
  std::map<std::string, std::string> last;
  std::map<std::string, unsigned> next;
  for (const auto& [id, state] : final_states(run.bootstrap, run.topic("zone-states"))) {
    const auto& [venue, zone, start, end, revision] = id;
    if (end > until) continue;
    const std::string place =
        venue + "/" + zone + " " + std::to_string(start) + " to " + std::to_string(end);
    // By revision, as the map has them.
    EXPECT_EQ(revision, next[place]++) << place << ": a revision is missing";
    v1::ZoneState said = state;
    said.set_revision(0);
    last[place] = wire::to_json(said);
  }
  return last;
}

std::map<std::string, std::string> transitions(const RunInTest& run, const Workload& workload,
                                               std::int64_t until) {
  std::map<std::string, std::string> found;
  std::map<std::string, AlertIdentity> last;
  std::map<std::string, std::string> current;
  for (const v1::Alert& alert : alerts(run.bootstrap, run.topic("alerts"))) {
    AlertIdentity& before = last[alert.alert_id()];
    const AlertIdentity here{alert.alert_id(), alert.occurrence(), alert.sequence()};
    const bool follows =
        (alert.sequence() == 1 && alert.occurrence() == std::get<1>(before) + 1) ||
        (alert.occurrence() == std::get<1>(before) && alert.sequence() == std::get<2>(before) + 1);
    EXPECT_TRUE(follows) << "a transition is missing before " << wire::to_json(alert);
    before = here;
    current[alert.alert_id()] = wire::to_json(alert);
    if (alert.event_time().seconds() > until) continue;
    if (workload.venue(alert.venue_id()).manners == Manners::kUntidy) continue;
    v1::Alert said = alert;
    said.clear_raised_at();
    found[alert.alert_id() + " " + std::to_string(alert.occurrence()) + "." +
          std::to_string(alert.sequence())] = wire::to_json(said);
  }
  std::map<std::string, std::string> told;
  for (const KafkaRecord& record : all_of(run, "alerts-current")) {
    v1::Alert alert;
    EXPECT_TRUE(alert.ParseFromString(record.value.value_or("")));
    told[record.key.value_or("")] = wire::to_json(alert);
  }
  EXPECT_TRUE(same(current, told)) << "alerts-current";
  return found;
}

std::map<std::string, std::string> dead_letters(const RunInTest& run) {
  std::map<std::string, std::string> found;
  for (const KafkaRecord& letter : all_of(run, "dead-letters"))
    found[letter.value.value_or("")] = letter.header("crowdflow.reason").value_or("?");
  return found;
}

testing::AssertionResult same(const std::map<std::string, std::string>& expected,
                              const std::map<std::string, std::string>& found) {
  std::size_t differ = 0;
  std::string first;
  const auto note = [&](const std::string& text) {
    if (differ++ == 0) first = text;
  };
  for (const auto& [place, said] : expected) {
    const auto here = found.find(place);
    if (here == found.end()) {
      note(place + " is missing; expected " + said);
    } else if (here->second != said) {
      note(place + " differs; expected\n" + said + "\nfound\n" + here->second);
    }
  }
  for (const auto& [place, said] : found) {
    if (!expected.contains(place)) note(place + " was not expected: " + said);
  }
  if (differ == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << differ << " of " << expected.size() << " differ, the first: " << first;
}

}  // namespace crowdflow::test
