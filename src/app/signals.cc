#include "app/signals.h"

#include <csignal>
#include <ctime>

namespace crowdflow::app {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A reader of our output or a client that goes away is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
}

bool Signals::wait(std::chrono::milliseconds at_most) {
  const sigset_t set = ending_signals();
  const timespec time{.tv_sec = at_most.count() / 1000,
                      .tv_nsec = (at_most.count() % 1000) * 1'000'000};
  return sigtimedwait(&set, nullptr, &time) > 0;
}

}  // namespace crowdflow::app
