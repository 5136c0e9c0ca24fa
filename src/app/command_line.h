#pragma once

namespace crowdflow::app {

// Reads the command line, runs the subcommand, and returns the process's exit code: 0 done, 1 it
// failed, 2 the command line is wrong, 65 some of the input was refused and the rest was taken, 78
// a configuration file is wrong.
[[nodiscard]] int command_line(int argc, char** argv);

inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;
inline constexpr int kRefused = 65;
inline constexpr int kWrongConfig = 78;

}  // namespace crowdflow::app
