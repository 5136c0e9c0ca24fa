#pragma once

#include <cstdint>
#include <string>

#include "log/topics.h"
#include "processor/explanation.h"

namespace crowdflow::app {

// Where an explanation was found.
struct ExplanationPlace {
  const log::TopicNames& topics;
  std::int32_t partition = 0;
};

// For people; the latest levels and readings when there are very many.
[[nodiscard]] std::string in_words(const processor::Explanation& explanation,
                                   const ExplanationPlace& place);
// For machines: one line, everything.
[[nodiscard]] std::string to_json(const processor::Explanation& explanation,
                                  const ExplanationPlace& place);

}  // namespace crowdflow::app
