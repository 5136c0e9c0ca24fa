#pragma once

#include <string>
#include <vector>

namespace crowdflow::log {

// The names of our topics under one prefix.
struct TopicNames {
  explicit TopicNames(const std::string& prefix = "crowdflow.")
      : readings(prefix + "readings"),
        commands(prefix + "commands"),
        zone_states(prefix + "zone-states"),
        alerts(prefix + "alerts"),
        alerts_current(prefix + "alerts-current"),
        journal(prefix + "journal"),
        snapshots(prefix + "snapshots"),
        dead_letters(prefix + "dead-letters") {}

  [[nodiscard]] std::vector<std::string> all() const {
    return {readings,       commands, zone_states, alerts,
            alerts_current, journal,  snapshots,   dead_letters};
  }

  // These have the same number of partitions, and the same partition for the same venue.
  std::string readings;
  std::string commands;
  std::string zone_states;
  std::string alerts;
  std::string alerts_current;
  std::string journal;
  std::string snapshots;
  std::string dead_letters;
};

}  // namespace crowdflow::log
