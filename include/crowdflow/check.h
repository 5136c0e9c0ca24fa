#pragma once

#include <cstdio>
#include <cstdlib>

// Stops the process when the program itself is wrong. Never for input data: those get an answer.
#define CROWDFLOW_CHECK(condition, text)                                                   \
  do {                                                                                     \
    if (!(condition)) [[unlikely]] {                                                       \
      std::fprintf(stderr, "%s:%d: bug: %s (%s)\n", __FILE__, __LINE__, text, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)
