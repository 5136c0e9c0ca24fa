#include "exactly_once/experiments.h"
namespace crowdflow::bench { void measure_restart(const std::string&, const RestartOptions&) {} }
