#include "app/venue_new.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string_view>

#include <crowdflow/check.h>

#include "app/command_line.h"
#include "app/new_file.h"
#include "app/venue_questions.h"
#include "config/config_error.h"
#include "config/source_text.h"
#include "config/time_zone.h"
#include "config/venue_answers.h"
#include "config/venue_file.h"
#include "config/venue_parts.h"
#include "config/venue_sketch.h"

namespace crowdflow::app {
namespace {

using config::Answer;
using config::VenueSketch;

void complain(const std::string& text) {
  std::fprintf(stderr, "crowdflow venue new: %s\n", text.c_str());
}

// What flags say; each that is wrong is told.
class FlagReader {
 public:
  std::optional<VenueSketch> read(const VenueNewOptions& options) {
    take("--name", config::answer_name(options.name), sketch_.name);
    take("--id", config::answer_id(id_text(options)), sketch_.id);
    take("--time-zone",
         config::answer_time_zone(options.time_zone.empty() ? config::machine_time_zone()
                                                            : options.time_zone),
         sketch_.time_zone);
    read_all("--zone", options.zones, config::add_zone);
    read_all("--door", options.doors, config::add_door);
    read_all("--counter", options.counters, config::add_counter);
    if (!good_) return std::nullopt;
    const std::string missing = config::missing_in(sketch_);
    if (missing.empty()) return std::move(sketch_);
    complain("expected " + missing + " (--zone, --door, --counter)");
    return std::nullopt;
  }

 private:
  static std::string id_text(const VenueNewOptions& options) {
    return options.id.empty() ? config::id_from_name(options.name) : options.id;
  }

  void take(const char* flag, const Answer<std::string>& answer, std::string& into) {
    if (answer) {
      into = *answer;
    } else {
      wrong(flag, answer.error());
    }
  }

  void read_all(const char* flag, const std::vector<std::string>& texts,
                Answer<void> (*add)(VenueSketch&, std::string_view)) {
    for (const std::string& text : texts) {
      const auto added = add(sketch_, text);
      if (!added) wrong(flag + (" " + config::quote(text)), added.error());
    }
  }

  void wrong(const std::string& flag, const std::string& expected) {
    complain(flag + ": expected " + expected);
    good_ = false;
  }

  VenueSketch sketch_;
  bool good_ = true;
};

std::string output_for(const VenueNewOptions& options, const std::string& id) {
  return options.output.empty() ? id + ".yaml" : options.output;
}

// As it must be typed in a shell.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";
  const bool plain = text.find_first_not_of(kPlain) == std::string::npos && !text.starts_with('-');
  if (plain) return text;
  std::string word = text.starts_with('-') ? "'./" : "'";
  for (const char c : text)
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

std::vector<config::NextCommand> next_commands(const std::string& file, const std::string& id) {
  const std::string word = shell_word(file);
  return {
      {.command = "crowdflow validate venue " + word,
       .what = "says what is wrong in it, and where"},
      {.command = "crowdflow demo --venue " + word,
       .what = "lets a simulated crowd walk through it; the page is in your browser"},
      {.command = "crowdflow run --embedded " + id + "-log --venue " + word,
       .what = "watches it, and keeps all that it was told in the folder " + id + "-log"},
  };
}

int write(const VenueSketch& sketch, const VenueNewOptions& options) {
  const std::string file = output_for(options, sketch.id);
  if (config::find_non_text(file) || file.find_first_of("\n\t") != std::string::npos) {
    complain("--output: expected a file's name without line breaks and control characters");
    return kWrongUsage;
  }
  const std::vector<config::NextCommand> next = next_commands(file, sketch.id);
  const std::string text = config::venue_file_text(sketch, next);
  std::vector<config::ConfigError> remarks;
  const auto venue = config::parse_venue(text, file, &remarks);
  if (!venue || !remarks.empty()) {
    std::fputs(config::format_errors(venue ? remarks : venue.error()).c_str(), stderr);
    CROWDFLOW_CHECK(false, "what is asked for makes a good venue file");
  }
  const auto written = write_new_file(file, text, options.force);
  if (!written) {
    complain(written.error().message);
    return kFailed;
  }
  std::printf("\n%s: written: venue %s with %zu places, %zu doors, %zu counters, %zu rules\n",
              file.c_str(), venue->id.c_str(), venue->zones.size(), venue->openings.size(),
              venue->sensors.size(), venue->rules.size());
  std::printf("Next:\n");
  for (const config::NextCommand& command : next)
    std::printf("  %s\n      %s\n", command.command.c_str(), command.what.c_str());
  return 0;
}

}  // namespace

int venue_new(const VenueNewOptions& options) {
  const bool by_flags = !options.name.empty() || !options.id.empty() ||
                        !options.time_zone.empty() || !options.zones.empty() ||
                        !options.doors.empty() || !options.counters.empty();
  if (by_flags) {
    const auto sketch = FlagReader().read(options);
    return sketch ? write(*sketch, options) : kWrongUsage;
  }
  // What would be refused at the end is said before anything is asked.
  if (!options.output.empty() && !options.force && file_exists(options.output)) {
    complain(options.output + " is there already: choose another name, or replace it by --force");
    return kFailed;
  }
  const auto id_is_good = [&](const std::string& id) -> Answer<void> {
    const std::string file = output_for(options, id);
    if (options.force || !file_exists(file)) return {};
    return tl::unexpected("another id, or --output or --force: " + file + " is there already");
  };
  const auto sketch = VenueQuestions(std::cin, std::cout, id_is_good).ask();
  if (!sketch) {
    complain("the answers ended before the last question; nothing was written");
    return kFailed;
  }
  return write(*sketch, options);
}

}  // namespace crowdflow::app
