#include "processor/engine_thread.h"

#include <utility>

namespace crowdflow::processor {

void EngineThread::start(std::vector<Lane*> lanes) {
  lanes_ = std::move(lanes);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void EngineThread::run(const std::stop_token& stop) {
  const std::stop_callback ring(stop, [this] { bell_.ring(); });
  while (!stop.stop_requested()) {
    const auto heard = bell_.heard();
    bool worked = false;
    for (Lane* lane : lanes_) {
      if (stop.stop_requested()) return;
      worked |= lane->step(wake_);
    }
    if (!worked) bell_.wait(heard);
  }
}

}  // namespace crowdflow::processor
