#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>

namespace crowdflow::testing {

// A venue with every kind of counter, in whose every second something happens: people come and go,
// readings are repeated, revised, late and refused, zones fill and empty. What it says repeats
// itself every quarter of an hour, but for the register, which goes on.
class BusyVenue {
 public:
  BusyVenue();

  [[nodiscard]] const std::shared_ptr<const Venue>& venue() const { return venue_; }
  // Ticks and applies each second of [from, until), and forgets what was said. Nothing of its own
  // allocates.
  void pass(std::int64_t from, std::int64_t until, Shard& shard);

  [[nodiscard]] const Accounting& accounting() const { return accounting_; }
  [[nodiscard]] std::uint64_t alerts() const { return alerts_; }
  [[nodiscard]] std::uint64_t finals() const { return finals_; }

 private:
  void fill(std::int64_t second);
  void add(std::string_view sensor, std::int64_t second, const Statement& statement,
           Span interval = Span{0}, std::uint64_t sequence = 0);

  std::shared_ptr<const Venue> venue_;
  std::vector<Reading> readings_;
  std::vector<Outcome> outcomes_;
  Outputs out_;
  Accounting accounting_;
  std::uint64_t alerts_ = 0;
  std::uint64_t finals_ = 0;
};

}  // namespace crowdflow::testing
