#pragma once

#include <string>

namespace crowdflow::bench {

// Our topics, as `crowdflow topics create` makes them but for the journal: it takes the files of
// 20,000 zones (6 MB), which are one record of it when they come into force together.
void create_topics(const std::string& brokers, const std::string& prefix, int partitions);

}  // namespace crowdflow::bench
