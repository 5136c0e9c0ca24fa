// New writers of a broker that knows their topics, each as an engine opens one: how long does the
// first transaction take, beside the twenty that follow it? With and without asking for the topics
// before.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "exactly_once/experiments.h"
#include "exactly_once/measured.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "log/topics.h"

namespace crowdflow::bench {
namespace {

constexpr int kPartitions = 4;
constexpr int kOthers = 20;

double commit_ms(log::Writer& writer, const std::vector<std::string>& topics) {
  const auto begun = Clock::now();
  must(writer.begin(), "beginning a transaction");
  for (const std::string& topic : topics)
    must(writer.append({.topic = topic, .partition = 0, .value = "what was said"}), topic);
  must(writer.commit(), "committing");
  return 1e3 * seconds(Clock::now() - begun);
}

}  // namespace

void measure_first_commit(const std::string& brokers, const FirstCommitOptions& options) {
  const log::TopicNames names("first-commit.");
  must(kafka::create_topics({.brokers = brokers}, kafka::topic_specs(names, kPartitions, 1)),
       "making topics");
  const std::vector<std::string> written{names.zone_states, names.alerts, names.journal};
  for (const bool warm : {false, true}) {
    Samples first;
    Samples others;
    for (int i = 0; i < options.repetitions; ++i) {
      const auto log =
          must(kafka::connect({.brokers = brokers,
                               .warm_topics = warm ? written : std::vector<std::string>{}}),
               "connecting");
      const auto writer = must(log->writer("engine-" + std::to_string(i)), "a writer");
      must(writer->open(), "opening it");
      first.add(commit_ms(*writer, written));
      for (int other = 0; other < kOthers; ++other)
        others.add(commit_ms(*writer, written));
    }
    std::printf(
        "%s: first %s ms, others %s ms, ratio of medians %.1f\n",
        warm ? "topics asked for before, as the engine does" : "topics not asked for before",
        first.in_words("%.1f").c_str(), others.in_words("%.1f").c_str(),
        first.median() / others.median());
  }
}

}  // namespace crowdflow::bench
