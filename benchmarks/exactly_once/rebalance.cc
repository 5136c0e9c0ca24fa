#include "exactly_once/experiments.h"
namespace crowdflow::bench { void measure_rebalance(const std::string&, const RebalanceOptions&) {} }
