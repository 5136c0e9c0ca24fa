#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <spdlog/spdlog.h>
#include <string>
#include <string_view>

#include "simulation/run.h"

// Runs seeds of the simulation and says which of them fail.
//
// usage: simulate_commits [--first N] [--seeds COUNT] [--coverage]
//        simulate_commits --seed N [--calls] [--whole]
namespace crowdflow::simulation {
namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool one = false;
  bool calls = false;
  bool whole = false;     // does not look for the shortest story
  bool coverage = false;  // every fault must have happened, and something been audited
};

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--seed" && more) {
      out.one = true;
      out.seeds = 1;
      out.first = number(argv[++i]);
    } else if (word == "--first" && more) {
      out.first = number(argv[++i]);
    } else if (word == "--seeds" && more) {
      out.seeds = number(argv[++i]);
    } else if (word == "--calls") {
      out.calls = true;
    } else if (word == "--whole") {
      out.whole = true;
    } else if (word == "--coverage") {
      out.coverage = true;
    } else {
      std::fprintf(stderr, "%s: not known\n", argv[i]);
      return false;
    }
  }
  return true;
}

// Leaves out what the failure does not need: first the last strikes, then one after another.
RunOptions shortest(RunOptions options, std::size_t strikes) {
  const auto fails = [](const RunOptions& tried) { return !run(tried).problems.empty(); };
  std::size_t all_from = strikes;
  for (std::size_t half = strikes / 2; half > 0; half /= 2) {
    while (all_from >= half) {
      RunOptions tried = options;
      for (std::size_t i = all_from - half; i < strikes + 1000; ++i)
        tried.suppressed.insert(i);
      if (!fails(tried)) break;
      all_from -= half;
    }
  }
  for (std::size_t i = all_from; i < strikes + 1000; ++i)
    options.suppressed.insert(i);
  for (std::size_t i = 0; i < all_from; ++i) {
    RunOptions tried = options;
    tried.suppressed.insert(i);
    if (fails(tried)) options = tried;
  }
  return options;
}

void tell(const RunOptions& options, const RunResult& result) {
  for (const std::string& line : result.story)
    std::printf("%s\n", line.c_str());
  for (const std::string& problem : result.problems)
    std::printf("PROBLEM %s\n", problem.c_str());
  std::printf("seed %llu: %zu problems; again: simulate_commits --seed %llu\n",
              static_cast<unsigned long long>(options.seed), result.problems.size(),
              static_cast<unsigned long long>(options.seed));
}

bool run_one(std::uint64_t seed, const Arguments& arguments, RunResult& result) {
  RunOptions options{.seed = seed, .faults = true, .suppressed = {}, .tell_calls = false};
  result = run(options);
  if (result.problems.empty() && !arguments.one) return true;
  RunOptions told = options;
  if (!result.problems.empty() && !arguments.whole) told = shortest(options, result.strikes);
  told.tell_calls = arguments.calls;
  tell(told, run(told));
  return result.problems.empty();
}

// What must have happened at least once.
struct Sums {
  Coverage coverage{};
  Audited audited;

  void add(const RunResult& result) {
    for (std::size_t f = 0; f < kFaultCount; ++f)
      coverage[f] += result.coverage[f];
    audited.journal_pages += result.audited.journal_pages;
    audited.seeds_compared += result.audited.seeds_compared;
    audited.final_states += result.audited.final_states;
    audited.transitions += result.audited.transitions;
  }

  // How many of them are none.
  [[nodiscard]] std::uint64_t tell() const {
    std::uint64_t missing = 0;
    const auto one = [&](std::uint64_t count, std::string_view name) {
      std::printf("%9llu  %s%s\n", static_cast<unsigned long long>(count),
                  std::string(name).c_str(), count == 0 ? ": never" : "");
      if (count == 0) ++missing;
    };
    for (std::size_t f = 0; f < kFaultCount; ++f)
      one(coverage[f], name_of(static_cast<Fault>(f)));
    one(audited.journal_pages, "journal records audited");
    one(audited.seeds_compared, "seeds compared with the undisturbed run");
    one(audited.final_states, "final states compared");
    one(audited.transitions, "alarm transitions compared");
    return missing;
  }
};

int main(const Arguments& arguments) {
  const auto begun = std::chrono::steady_clock::now();
  Sums sums;
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < arguments.seeds && failed < 5; ++i) {
    RunResult result;
    if (!run_one(arguments.first + i, arguments, result)) ++failed;
    sums.add(result);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const std::uint64_t missing = sums.tell();
  std::printf("%llu seeds from %llu on: %llu failed; %.1f s, %.0f seeds/s\n",
              static_cast<unsigned long long>(arguments.seeds),
              static_cast<unsigned long long>(arguments.first),
              static_cast<unsigned long long>(failed), took.count(),
              static_cast<double>(arguments.seeds) / took.count());
  if (arguments.coverage && missing > 0) {
    std::printf("PROBLEM %llu of what has to happen never did\n",
                static_cast<unsigned long long>(missing));
    return 1;
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace crowdflow::simulation

int main(int argc, char** argv) {
  crowdflow::simulation::Arguments arguments;
  if (!crowdflow::simulation::parse(argc, argv, arguments)) return 2;
  spdlog::set_level(spdlog::level::off);
  return crowdflow::simulation::main(arguments);
}
