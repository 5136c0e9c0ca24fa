#include "simulation/auditor.h"

#include <algorithm>
#include <set>

#include "simulation/partition_audit.h"
#include "wire/messages.h"

namespace crowdflow::simulation {
namespace {

// Judged windows end before this: the silence before the last words closes them all.
constexpr std::int64_t kJudgedUntil = kClosingSecond - 20;

std::int64_t micros(const google::protobuf::Timestamp& t) {
  return wire::event_time(t).time_since_epoch().count();
}

void remember(const v1::ZoneStateBatch& batch, LastWords& words) {
  for (v1::ZoneState state : batch.states()) {
    if (!state.final()) continue;
    const std::string venue = state.venue_id().empty() ? batch.venue_id() : state.venue_id();
    state.set_revision(0);
    words.finals[{venue, state.zone_id(), micros(state.window_start()),
                  micros(state.window_end())}] = state.SerializeAsString();
  }
}

void remember(v1::Alert alert, LastWords& words) {
  // When it was judged, and what was known by then, follows the clock: ticks move venue time.
  alert.clear_raised_at();
  alert.clear_event_time();
  alert.clear_value();
  alert.clear_reason();
  alert.clear_quality();
  // Over a window it is judged as each second of venue time begins: that is the clock's, too.
  if (alert.rule_id() == "dense") return;
  words.alarms[alert.alert_id()].push_back(alert.SerializeAsString());
}

template <class Message>
std::string in_words(const std::string& bytes) {
  Message message;
  return wire::parse(bytes, message) ? message.ShortDebugString() : "what cannot be read";
}

std::string window(const std::string& venue, const std::string& zone, std::int64_t start,
                   std::int64_t end) {
  const auto second = [](std::int64_t us) { return std::to_string(us / 1'000'000 - kEpoch); };
  return venue + "/" + zone + " [" + second(start) + ", " + second(end) + ")";
}

std::vector<std::string> transitions_of(const LastWords& words, const std::string& alarm) {
  const auto found = words.alarms.find(alarm);
  return found == words.alarms.end() ? std::vector<std::string>{} : found->second;
}

std::string in_lines(const std::vector<std::string>& transitions) {
  std::string text;
  for (const std::string& transition : transitions)
    text += "\n    " + in_words<v1::Alert>(transition);
  return text;
}

}  // namespace

std::vector<std::int64_t> Auditor::shown(const log::PartitionId& at) const {
  const Partition& partition = broker_.partition(at);
  std::vector<std::int64_t> offsets;
  for (std::int64_t offset = 0; offset < partition.high(); ++offset) {
    if (partition.shows(offset)) offsets.push_back(offset);
  }
  return offsets;
}

void Auditor::compare(const std::string& topic, const std::vector<std::string>& expected,
                      const std::vector<std::string>& found) {
  if (expected == found) return;
  const auto [left, right] = std::ranges::mismatch(expected, found);
  problem(topic + ": " + std::to_string(found.size()) + " records, expected " +
          std::to_string(expected.size()) + "; they differ from record " +
          std::to_string(left - expected.begin()) + " on");
}

void Auditor::audit() {
  std::map<std::int32_t, std::set<Origin>> sent_home;
  std::map<std::int32_t, std::set<Origin>> came_home;
  for (std::int32_t p = 0; p < town_.partitions(); ++p) {
    PartitionAudit partition(*this, p);
    partition.run();
    for (const auto& [home, origins] : partition.sent_home())
      sent_home[home].insert(origins.begin(), origins.end());
    if (!partition.came_home().empty()) came_home[p] = partition.came_home();
    remember_last_words(p);
  }
  bool all_came = true;
  for (const auto& [home, origins] : sent_home)
    all_came = all_came && std::ranges::includes(came_home[home], origins);
  // What came home before its engine died is sent again by the next one, unless that has forgotten
  // the venue: then it is a dead letter as well.
  if (!all_came || (!some_forgot_ && sent_home != came_home)) {
    problem("what was forwarded is not what came home");
  }
  compare_alerts_current();
}

void Auditor::compare_alerts_current() {
  std::map<std::string, std::vector<std::string>> found;
  const std::int32_t partitions = broker_.partition_count(topics_.alerts_current);
  for (std::int32_t p = 0; p < partitions; ++p) {
    const log::PartitionId at{topics_.alerts_current, p};
    for (const std::int64_t offset : shown(at)) {
      const Stored& stored = broker_.partition(at).at(offset);
      found[stored.key.value_or("")].push_back(stored.value.value_or(""));
    }
  }
  if (found != current_) problem(topics_.alerts_current + " is not what `alerts` says");
}

void Auditor::remember_last_words(std::int32_t partition) {
  const log::PartitionId states{topics_.zone_states, partition};
  for (const std::int64_t offset : shown(states)) {
    v1::ZoneStateBatch batch;
    if (!wire::parse(broker_.partition(states).at(offset).value.value_or(""), batch)) {
      problem("a state that cannot be read");
    }
    remember(batch, last_words_);
  }
  const log::PartitionId alerts{topics_.alerts, partition};
  for (const std::int64_t offset : shown(alerts)) {
    v1::Alert alert;
    if (!wire::parse(broker_.partition(alerts).at(offset).value.value_or(""), alert)) {
      problem("an alert that cannot be read");
    }
    remember(alert, last_words_);
  }
}

LastWords undisturbed(const Town& town) {
  std::map<std::string, Shard> shards;
  LastWords words;
  Outputs outputs;
  wire::OutputEncoder encoder;
  wire::ReadingsDecoder decoder;
  for (const VenueVersion& known : town.venues())
    shards[known.venue->id].put_venue(known.venue, outputs);
  const auto remember_all = [&] {
    std::vector<std::string> values;
    for (const Outputs::Second& second : outputs.seconds)
      encoder.zone_states(outputs, second, values);
    for (const std::string& value : values) {
      v1::ZoneStateBatch batch;
      if (wire::parse(value, batch)) remember(batch, words);
    }
    for (const auto& [venue, alert] : outputs.alerts) {
      v1::Alert message;
      if (wire::parse(encoder.alert(*venue, alert), message)) remember(message, words);
    }
    outputs.clear();
  };
  for (const Publication& record : town.publications()) {
    if (record.fate > Publication::Fate::kCommitted) continue;
    const auto readings = decoder.decode(record.value, record.content_type);
    if (!readings) continue;
    const WallTime now{std::chrono::seconds{kEpoch} + record.when};
    for (const Reading& reading : *readings) {
      const auto shard = shards.find(std::string(reading.venue_id));
      if (shard == shards.end()) continue;
      shard->second.tick({.now = now, .proven = false}, outputs);
      static_cast<void>(shard->second.apply(reading, outputs));
    }
    remember_all();
  }
  // Revisions are said when the next second begins.
  for (std::int64_t second = 0; second < 5; ++second) {
    const WallTime now{std::chrono::seconds{kEpoch + kClosingSecond + 1 + second}};
    for (auto& [id, shard] : shards)
      shard.tick({.now = now, .proven = true}, outputs);
    remember_all();
  }
  return words;
}

Comparison compare(const Town& town, const LastWords& expected, const LastWords& found) {
  Comparison done;
  auto& problems = done.problems;
  const auto judged = [](const auto& key) {
    return std::get<3>(key) <= (kEpoch + kJudgedUntil) * 1'000'000;
  };
  for (const auto& [key, state] : expected.finals) {
    if (!judged(key)) continue;
    ++done.final_states;
    const auto other = found.finals.find(key);
    const std::string name = std::apply(window, key);
    if (other == found.finals.end()) {
      problems.push_back("no final state of " + name);
    } else if (other->second != state) {
      problems.push_back("the last word on " + name + " is\n    " +
                         in_words<v1::ZoneState>(other->second) + "\n  expected\n    " +
                         in_words<v1::ZoneState>(state));
    }
  }
  for (const auto& [key, state] : found.finals) {
    if (judged(key) && !expected.finals.contains(key)) {
      problems.push_back("a final state too many: " + std::apply(window, key));
    }
  }
  std::set<std::string> ids;
  for (const auto* side : {&expected, &found}) {
    for (const auto& [id, transitions] : side->alarms)
      ids.insert(id);
  }
  for (const std::string& id : ids) {
    if (!town.in_one_order(id.substr(0, id.find('/')))) continue;
    const auto first = transitions_of(expected, id);
    const auto second = transitions_of(found, id);
    done.transitions += first.size();
    if (!first.empty() && first == second) continue;
    problems.push_back("alarm " + id + " has other transitions:" + in_lines(second) +
                       "\n  expected:" + in_lines(first));
  }
  return done;
}

}  // namespace crowdflow::simulation
