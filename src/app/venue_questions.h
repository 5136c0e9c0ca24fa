#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>

#include "config/venue_answers.h"
#include "config/venue_sketch.h"

namespace crowdflow::app {

// Asks a person for a venue, one question at a time: each answer is checked at once, and asked for
// again with what was expected. An empty line takes what stands in brackets.
//
// `in` and `out` are a terminal, or a script and whatever it makes of the questions. Threads: one.
class VenueQuestions {
 public:
  // `id_is_good` says whether a file for a venue of this id may be written.
  using IdCheck = std::function<config::Answer<void>(const std::string& id)>;

  VenueQuestions(std::istream& in, std::ostream& out, IdCheck id_is_good)
      : in_(in), out_(out), id_is_good_(std::move(id_is_good)) {}

  // Nothing when the input ends before the last answer, or goes on being none.
  [[nodiscard]] std::optional<config::VenueSketch> ask();

 private:
  // The next line; nothing at the end of the input.
  std::optional<std::string> answer_to(const std::string& question, const std::string& usual);
  // Asks until `check` takes the answer.
  template <typename Check>
  auto ask_until_good(const std::string& question, const std::string& usual, const Check& check)
      -> std::optional<typename decltype(check(std::string()))::value_type>;

  // These add to the sketch; false at the end of the input.
  bool ask_identity();
  bool ask_zones();
  bool ask_zone(const std::string& name);
  bool ask_doors();
  bool ask_door(const std::string& name);
  bool ask_gauges();
  bool ask_counter(config::VenueSketch::Counter counter, const std::string& usual_id);

  std::istream& in_;
  std::ostream& out_;
  const IdCheck id_is_good_;
  config::VenueSketch sketch_;
};

}  // namespace crowdflow::app
