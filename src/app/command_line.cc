// The only file that includes CLI11.
#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "app/backup.h"
#include "app/demo.h"
#include "app/examples.h"
#include "app/explain.h"
#include "app/log_contents.h"
#include "app/log_replay.h"
#include "app/migrate.h"
#include "app/publish.h"
#include "app/replay.h"
#include "app/run.h"
#include "app/topics.h"
#include "app/validate.h"
#include "app/venue_new.h"
#include "build_info.h"

namespace crowdflow::app {
namespace {

std::string version_line() {
  const BuildInfo& info = build_info();
  return "crowdflow " + std::string(info.version) + " (" + std::string(info.commit) +
         (info.dirty ? ", modified" : "") + ", " + std::string(info.compiler) + ")";
}

// Which log, and which topics on it.
std::vector<CLI::Option*> add_log(CLI::App& command, LogOptions& options) {
  CLI::Option* brokers = command.add_option("--brokers", options.brokers,
                                            "host:port,... (instead of a configuration file)");
  return {command.add_option("--config", options.config_file, "configuration file (YAML)"), brokers,
          command
              .add_option("--embedded", options.folder,
                          "folder of the embedded log (instead of brokers)")
              ->excludes(brokers),
          command.add_option("--prefix", options.prefix, "of the topics' names")};
}

void add_run(CLI::App& app, RunOptions& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "run", "all roles in one process: on your Kafka, or on a log of its own in a folder");
  command->add_option("--config", options.config_file, "configuration file (YAML)");
  CLI::Option* brokers =
      command->add_option("--brokers", options.brokers, "of Kafka: host:port,...");
  command->add_option("--embedded", options.folder, "folder that the log is in; made when missing")
      ->excludes(brokers);
  command->add_option("--venue", options.venue_files, "venue file (YAML); again for each venue");
  command->add_option("--address", options.address,
                      "IP address that the page and the API listen on (default: 127.0.0.1, this "
                      "machine only)");
  command->add_option("--port", options.port, "of the page and the API; 0 is any (default: 8080)");
  command->callback([&] { status = run(options); });
}

void add_log_commands(CLI::App& app, LogOptions& listed, LogDumpOptions& dumped,
                      LogExportOptions& exported, int& status) {
  CLI::App* command = app.add_subcommand("log", "what is in the log: on Kafka, or embedded");
  command->require_subcommand(1);
  CLI::App* list = command->add_subcommand("list", "the topics, and what each partition holds");
  add_log(*list, listed);
  list->callback([&] { status = list_log(listed); });

  CLI::App* dump = command->add_subcommand("dump", "records as JSON, one a line");
  dump->add_option("topic", dumped.topic, "readings, alerts, zone-states, journal, ...")
      ->required();
  dump->add_option("--partition", dumped.partition, "only this one")->check(CLI::NonNegativeNumber);
  dump->add_option("--offset", dumped.offset, "begin here; -10: with the last ten");
  dump->add_option("--from", dumped.from, "begin with the first stamped so or later (RFC 3339)");
  dump->add_option("--count", dumped.count, "at most so many of each partition")
      ->check(CLI::NonNegativeNumber);
  add_log(*dump, dumped.log);
  dump->callback([&] { status = dump_log(dumped); });

  CLI::App* write = command->add_subcommand(
      "export", "readings, states, alerts, commands and dead letters as NDJSON files");
  write->add_option("--out", exported.out, "folder for the files")->required();
  add_log(*write, exported.log);
  write->callback([&] { status = export_log(exported); });
}

void add_replay(CLI::App& app, ReplayOptions& recorded, LogReplayOptions& logged, int& status) {
  CLI::App* command = app.add_subcommand(
      "replay",
      "recorded readings through the engine, without Kafka, into files (--venue, --readings); or "
      "what an engine committed to Kafka, again, from its journal (--brokers, --venue-id)");
  CLI::Option* venue = command->add_option("--venue", recorded.venue_file, "venue file");
  CLI::Option* readings = command->add_option(
      "--readings", recorded.readings, "NDJSON or JSON files, plain or gzip; - is standard input");
  venue->needs(readings);
  readings->needs(venue);
  std::vector<CLI::Option*> of_log = add_log(*command, logged.log);
  CLI::Option* venue_id =
      command->add_option("--venue-id", logged.venue_id, "venue whose journal is followed");
  for (CLI::Option* option : of_log)
    option->needs(venue_id);
  of_log.push_back(venue_id);
  of_log.push_back(command->add_option("--from", logged.from,
                                       "what was said at this venue time "
                                       "or later (RFC 3339)"));
  of_log.push_back(command->add_option("--to", logged.to, "what was said before this venue time"));
  of_log.push_back(command->add_flag(
      "--verify", logged.verify,
      "compare with what the topics hold, byte for byte; exit status 1 when it differs"));
  for (CLI::Option* option : of_log)
    option->excludes(readings);
  CLI::Option* out = command->add_option("--out", recorded.out, "folder for the results");
  readings->needs(out);
  command->callback([venue_id, out, &recorded, &logged, &status] {
    if (!recorded.readings.empty()) {
      status = replay(recorded);
      return;
    }
    if (venue_id->count() == 0) {
      std::fputs(
          "crowdflow replay: of what? Give --venue FILE --readings FILE --out DIR, or "
          "--brokers HOST:PORT --venue-id ID and --out DIR or --verify\n",
          stderr);
      status = kWrongUsage;
      return;
    }
    if (out->count() == 0 && !logged.verify) {
      std::fputs("crowdflow replay: what for? Give --out DIR, --verify or both\n", stderr);
      status = kWrongUsage;
      return;
    }
    logged.out = recorded.out;
    status = replay_log(logged);
  });
}

void add_venue(CLI::App& app, VenueNewOptions& options, int& status) {
  CLI::App* venue = app.add_subcommand("venue", "venue files");
  venue->require_subcommand(1);
  CLI::App* command = venue->add_subcommand(
      "new",
      "writes a venue file, with comments: asks for what it needs, or takes it from these options");
  command->add_option("--name", options.name, "what people call the venue");
  command->add_option("--id", options.id, "what readings call it (default: from its name)");
  command->add_option("--time-zone", options.time_zone, "IANA name (default: this machine's)");
  const auto add_parts = [command](const char* flag, std::vector<std::string>& parts,
                                   const char* what) {
    command->add_option(flag, parts, what)->allow_extra_args(false);
  };
  add_parts("--zone", options.zones,
            "a place: NAME,AREA[,CAPACITY,KIND,LIMIT], such as hall,220m2,400,standing; as often "
            "as there are places, like the next two");
  add_parts("--door", options.doors, "a door: NAME,WIDTH,TO[,FROM], such as front,1.8m,hall");
  add_parts("--counter", options.counters,
            "a counter: ID,PLACE[,COUNTS,EVERY], such as door-1,front,delta,1m; it counts delta or "
            "total at a door, occupancy in a place");
  command->add_option("--output", options.output, "the file (default: ID.yaml)");
  command->add_flag("--force", options.force, "replace the file that is there");
  command->callback([&options, &status] { status = venue_new(options); });
}

void add_publish(CLI::App& app, PublishOptions& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "publish", "readings from a file (NDJSON, or CSV with --columns) to a running crowdflow");
  command
      ->add_option("file", options.file, "NDJSON, JSON or CSV, plain or gzip; - is standard input")
      ->required();
  CLI::Option* url =
      command->add_option("--url", options.url, "of a running crowdflow: http://HOST:PORT");
  for (CLI::Option* option : add_log(*command, options.log))
    option->excludes(url);
  command->add_option("--venue", options.venue_file,
                      "venue file: readings are checked with it before they are sent, are of this "
                      "venue when they name none, and their local times are its");
  command->add_option("--venue-id", options.venue_id, "venue of readings that name none");
  command->add_flag("--strict", options.strict, "end at the first reading that is refused");
  command->add_option("--batch", options.batch, "readings in a record")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();

  constexpr const char* kTable = "CSV";
  command->add_flag("--csv", options.csv, "the file is CSV (also when its name ends in .csv)")
      ->group(kTable);
  command
      ->add_option("--columns", options.columns,
                   "FIELD=COLUMN,...: fields are event_time, entries, exits, people, sensor_id, "
                   "sequence, interval (seconds), zone_id; a column is called as in the first row, "
                   "or #1, #2, ...; Date+Time joins two")
      ->group(kTable);
  command
      ->add_option("--counts", options.counts,
                   "what the numbers are: delta (default), total, occupancy or anchor")
      ->group(kTable);
  command->add_option("--sensor", options.sensor, "sensor that counted")->group(kTable);
  command
      ->add_option("--sensors", options.sensors,
                   "what the sensor_id column calls them: \"Main door=door-1,Side=door-2\"")
      ->group(kTable);
  command->add_option("--interval", options.interval, "how long each row speaks of: 15m")
      ->group(kTable);
  command
      ->add_option("--stamped", options.stamped,
                   "whether a row's time is the start or the end of its interval")
      ->capture_default_str()
      ->group(kTable);
  command
      ->add_option("--time-format", options.time_format,
                   "as strftime has it: \"%d/%m/%Y %H:%M\" (default: 2018-02-09 11:00, RFC 3339)")
      ->group(kTable);
  command
      ->add_option("--time-zone", options.time_zone,
                   "of times without one: Europe/London (default: the venue's)")
      ->group(kTable);
  command
      ->add_option("--delimiter", options.delimiter, "one character, or tab (default: found out)")
      ->group(kTable);
  command->callback([&options, &status] { status = publish(options); });
}

}  // namespace

int command_line(int argc, char** argv) {
  CLI::App app("A stream processor that watches crowds: counts in, densities and alarms out.",
               "crowdflow");
  app.set_version_flag("--version", version_line());
  app.require_subcommand(1);
  app.footer("First time: crowdflow demo. Your own venue: crowdflow venue new");
  int status = 0;

  DemoOptions demo_options;
  CLI::App* demo_command = app.add_subcommand(
      "demo", "a simulated venue, a broker inside the process, and the operators' page");
  CLI::Option* demo_venue =
      demo_command->add_option("--venue", demo_options.venue_file, "venue file to simulate");
  std::vector<std::string> example_names;
  for (const Example& example : examples())
    example_names.emplace_back(example.name);
  demo_command
      ->add_option("--example", demo_options.example,
                   "venue that is built in (default: " + example_names.front() + ")")
      ->check(CLI::IsMember(example_names))
      ->excludes(demo_venue);
  demo_command->add_option("--address", demo_options.address, "address that the page listens on")
      ->capture_default_str();
  demo_command->add_option("--port", demo_options.port,
                           "port of the page; 0 is any free one (default: 8080, or a free one)");
  demo_command->add_option("--seed", demo_options.seed, "of the simulated crowd")
      ->capture_default_str();
  demo_command->callback([&] { status = demo(demo_options); });

  RunOptions run_options;
  add_run(app, run_options, status);

  ReplayOptions replay_options;
  LogReplayOptions log_replay_options;
  add_replay(app, replay_options, log_replay_options, status);

  ExplainOptions explain_options;
  CLI::App* explain_command = app.add_subcommand(
      "explain", "why an alarm was raised: its rule, the levels and the readings that decided it");
  explain_command->add_option("alert", explain_options.alert_id, "alert id: VENUE/RULE/ZONE")
      ->required();
  explain_command->add_option("--occurrence", explain_options.occurrence,
                              "which time that it was raised, from 1 (default: the latest)");
  explain_command->add_flag("--json", explain_options.json, "for machines, on one line");
  add_log(*explain_command, explain_options.log);
  explain_command->callback([&] { status = explain(explain_options); });

  PublishOptions publish_options;
  add_publish(app, publish_options, status);

  CLI::App* validate_command = app.add_subcommand("validate", "checks a file, whole");
  validate_command->require_subcommand(1);
  std::string venue_file;
  CLI::App* validate_venue_command = validate_command->add_subcommand("venue", "a venue file");
  validate_venue_command->add_option("file", venue_file, "venue file (YAML)")->required();
  validate_venue_command->callback([&] { status = validate_venue(venue_file); });
  std::string config_file;
  CLI::App* validate_config_command =
      validate_command->add_subcommand("config", "a configuration file, and its venue files");
  validate_config_command->add_option("file", config_file, "configuration file (YAML)")->required();
  validate_config_command->callback([&] { status = validate_config(config_file); });

  VenueNewOptions venue_new_options;
  add_venue(app, venue_new_options, status);

  LogOptions log_list_options;
  LogDumpOptions log_dump_options;
  LogExportOptions log_export_options;
  add_log_commands(app, log_list_options, log_dump_options, log_export_options, status);

  BackupOptions backup_options;
  CLI::App* backup_command =
      app.add_subcommand("backup", "copies an embedded log to a file, also while it is worked on");
  backup_command->add_option("--embedded", backup_options.folder, "folder of the embedded log")
      ->required();
  backup_command->add_option("--to", backup_options.to, "the new file")->required();
  backup_command->callback([&] { status = back_up(backup_options); });

  MigrateOptions migrate_options;
  CLI::App* migrate_command =
      app.add_subcommand("migrate", "moves the venues of an embedded log to Kafka, once");
  migrate_command->add_option("--embedded", migrate_options.folder, "folder of the embedded log")
      ->required();
  migrate_command->add_option("--config", migrate_options.to.config_file,
                              "configuration file (YAML) that names the brokers");
  migrate_command->add_option("--brokers", migrate_options.to.brokers,
                              "host:port,... (instead of a configuration file)");
  migrate_command->add_option("--prefix", migrate_options.to.prefix,
                              "of the topics' names, on both");
  migrate_command->callback([&] { status = migrate(migrate_options); });

  CLI::App* topics_command = app.add_subcommand("topics", "the Kafka topics that crowdflow uses");
  topics_command->require_subcommand(1);
  TopicsOptions topics_options;
  const auto add_topics = [&](const char* name, const char* what,
                              int (*run_it)(const TopicsOptions&)) {
    CLI::App* command = topics_command->add_subcommand(name, what);
    add_log(*command, topics_options.log);
    command->add_option("--partitions", topics_options.partitions, "of readings and what follows")
        ->check(CLI::Range(1, 10000));
    command->add_option("--replication", topics_options.replication, "copies of each partition")
        ->check(CLI::Range(1, 15));
    command->callback([&, run_it] { status = run_it(topics_options); });
  };
  add_topics("create", "makes those that are missing", create_topics);
  add_topics("check", "says what is wrong with those that are there", check_topics);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return status;
}

}  // namespace crowdflow::app
