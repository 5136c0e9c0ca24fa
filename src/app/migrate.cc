#include "app/migrate.h"

#include <cstdio>
#include <filesystem>

#include "app/command_line.h"
#include "app/journalled_venue.h"
#include "embedded/embedded_log.h"
#include "processor/migration.h"

namespace crowdflow::app {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "crowdflow migrate: %s\n", error.message.c_str());
  return kFailed;
}

}  // namespace

int migrate(const MigrateOptions& options) {
  const auto to_config = settle_kafka(options.to, "crowdflow migrate");
  if (!to_config) return kWrongConfig;
  std::error_code not_there;
  const auto folder = std::filesystem::canonical(options.folder, not_there);
  if (not_there) {
    std::fprintf(stderr, "crowdflow migrate: %s: %s\n", options.folder.c_str(),
                 not_there.message().c_str());
    return kFailed;
  }
  const log::TopicNames names(to_config->topics.prefix);
  // To work on: so that nobody else does meanwhile.
  auto from = embedded::EmbeddedLog::open({.folder = folder, .topics = {}});
  if (!from) return complain(from.error());
  auto to = kafka::connect(connect_options(*to_config, names));
  if (!to) return complain(to.error());
  processor::MigrationOptions migration;
  migration.source = folder.string();
  migration.engine.topics = names;
  migration.engine.group = to_config->group;
  migration.engine.parse_venue = parse_journalled_venue;
  const auto migrated = processor::migrate(**from, **to, migration);
  if (!migrated) {
    complain(migrated.error());
    std::fprintf(stderr, "what was copied is noted there: the same command goes on from here\n");
    return kFailed;
  }
  if (migrated->before) {
    std::printf("%s was moved before; nothing was left to do\n", folder.c_str());
    return 0;
  }
  std::string venues;
  for (const std::string& id : migrated->venues)
    venues += (venues.empty() ? "" : ", ") + id;
  std::printf("moved %s: %llu records copied\nnext: crowdflow run --brokers %s --venue FILE\n",
              venues.empty() ? "no venue" : venues.c_str(),
              static_cast<unsigned long long>(migrated->records), to_config->brokers.c_str());
  return 0;
}

}  // namespace crowdflow::app
