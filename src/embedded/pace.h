#pragma once

#include <chrono>

namespace crowdflow::embedded {

// How the writer thread spends its time.
struct Pace {
  // How often what need not be kept any more is looked for.
  std::chrono::milliseconds upkeep_every{10'000};
  // How often a disk that failed is tried.
  std::chrono::milliseconds mend_every{1000};
  // Pages in the write-ahead log that are moved into the file when nobody waits; at eight times as
  // many, they are in any case.
  int checkpoint_pages = 1000;
};

}  // namespace crowdflow::embedded
