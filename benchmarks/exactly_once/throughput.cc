#include "exactly_once/experiments.h"
namespace crowdflow::bench { void measure_throughput(const std::string&, const ThroughputOptions&) {} }
