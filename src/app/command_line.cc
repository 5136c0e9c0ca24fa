// The only file that includes CLI11.
#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "app/demo.h"
#include "app/replay.h"
#include "app/run.h"
#include "app/topics.h"
#include "app/validate.h"
#include "build_info.h"

namespace crowdflow::app {
namespace {

std::string version_line() {
  const BuildInfo& info = build_info();
  return "crowdflow " + std::string(info.version) + " (" + std::string(info.commit) +
         (info.dirty ? ", modified" : "") + ", " + std::string(info.compiler) + ")";
}

}  // namespace

int command_line(int argc, char** argv) {
  CLI::App app("A stream processor that watches crowds: counts in, densities and alarms out.",
               "crowdflow");
  app.set_version_flag("--version", version_line());
  app.require_subcommand(1);
  app.footer("First time: crowdflow demo");
  int status = 0;

  DemoOptions demo_options;
  CLI::App* demo_command = app.add_subcommand(
      "demo", "a simulated venue, a broker inside the process, and the operators' page");
  demo_command->add_option("--venue", demo_options.venue_file,
                           "venue file to simulate (default: the built-in arena)");
  demo_command->add_option("--address", demo_options.address, "address that the page listens on")
      ->capture_default_str();
  demo_command->add_option("--port", demo_options.port,
                           "port of the page; 0 is any free one (default: 8080, or a free one)");
  demo_command->add_option("--seed", demo_options.seed, "of the simulated crowd")
      ->capture_default_str();
  demo_command->callback([&] { status = demo(demo_options); });

  RunOptions run_options;
  CLI::App* run_command =
      app.add_subcommand("run", "all roles in one process, on your Kafka and your venues");
  run_command->add_option("--config", run_options.config_file, "configuration file (YAML)")
      ->required();
  run_command->callback([&] { status = run(run_options); });

  ReplayOptions replay_options;
  CLI::App* replay_command = app.add_subcommand(
      "replay", "recorded readings through the engine, without Kafka, into files");
  replay_command->add_option("--venue", replay_options.venue_file, "venue file")->required();
  replay_command
      ->add_option("--readings", replay_options.readings,
                   "NDJSON or JSON files, plain or gzip; - is standard input")
      ->required();
  replay_command->add_option("--out", replay_options.out, "folder for the results")->required();
  replay_command->callback([&] { status = replay(replay_options); });

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

  CLI::App* topics_command = app.add_subcommand("topics", "the Kafka topics that crowdflow uses");
  topics_command->require_subcommand(1);
  TopicsOptions topics_options;
  const auto add_topics = [&](const char* name, const char* what,
                              int (*run_it)(const TopicsOptions&)) {
    CLI::App* command = topics_command->add_subcommand(name, what);
    command->add_option("--config", topics_options.config_file, "configuration file (YAML)");
    command->add_option("--brokers", topics_options.brokers,
                        "host:port,... (instead of a configuration file)");
    command->add_option("--prefix", topics_options.prefix, "of the topics' names");
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
