#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "conformance/log_conformance_tests.h"
#include "simulation/simulated_log.h"

namespace crowdflow::test {
namespace {

using simulation::Broker;
using simulation::Clockwork;
using simulation::Faults;
using simulation::Process;
using simulation::SimulatedLog;

class SimulatedSide final : public LogSide {
 public:
  std::unique_ptr<log::Log> connect() override {
    return std::make_unique<SimulatedLog>(broker_, std::make_shared<Process>());
  }
  void make_topic(const std::string& name, std::int32_t partitions) override {
    broker_->make_topic(name, partitions);
  }
  std::chrono::steady_clock::time_point now() override {
    return std::chrono::steady_clock::time_point{clockwork_.now()};
  }
  void pass(std::chrono::milliseconds span) override { clockwork_.pass(span); }
  std::shared_ptr<void> beside(std::function<void()> what) override {
    auto happened = std::make_shared<bool>(false);
    clockwork_.after(simulation::Time{faults_.chance.between(0, 1000)},
                     [happened, what = std::move(what)] {
                       what();
                       *happened = true;
                     });
    return {nullptr, [this, happened](void*) {
              clockwork_.run_until(simulation::Time::max(), [&] { return *happened; });
            }};
  }

 private:
  Clockwork clockwork_;
  Faults faults_{1, {}};
  std::shared_ptr<Broker> broker_ =
      std::make_shared<Broker>(clockwork_, faults_, WallTime{std::chrono::hours{400'000}});
};

std::unique_ptr<LogSide> make_side() { return std::make_unique<SimulatedSide>(); }

INSTANTIATE_TEST_SUITE_P(Simulated, LogConformance, testing::Values(&make_side));

}  // namespace
}  // namespace crowdflow::test
