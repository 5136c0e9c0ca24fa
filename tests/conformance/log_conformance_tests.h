#pragma once

// Every test that holds for everything behind the log port.
#include "conformance/log_groups.h"
#include "conformance/log_holding.h"
#include "conformance/log_places.h"
#include "conformance/log_records.h"
#include "conformance/log_transactions.h"
