#include "simulation/clockwork.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "simulation/fiber.h"

namespace crowdflow::simulation {

Clockwork::Clockwork() = default;
Clockwork::~Clockwork() = default;

void Clockwork::at(Time when, std::function<void()> what) {
  events_.push({.when = std::max(when, now_), .order = ++order_, .what = std::move(what)});
}

void Clockwork::start(std::function<void()> body) {
  fibers_.push_back(std::make_unique<Fiber>(std::move(body)));
  at(now_, [this, fiber = fibers_.back().get()] { resume(*fiber); });
}

void Clockwork::resume(Fiber& fiber) {
  CROWDFLOW_CHECK(running_ == nullptr, "fibers are entered from outside all of them");
  running_ = &fiber;
  fiber.enter();
  running_ = nullptr;
  if (fiber.ended()) {
    std::erase_if(fibers_, [&](const auto& known) { return known.get() == &fiber; });
  }
}

void Clockwork::wait(Time span, const std::function<bool()>& over) {
  const Time end = now_ + span;
  if (running_ == nullptr) {
    run_until(end, over);
    return;
  }
  if (over && over()) return;
  Fiber* const self = running_;
  const std::uint64_t number = ++waits_;
  waiting_.push_back({.fiber = self, .over = &over, .number = number});
  at(end, [this, number] {
    const auto found = std::ranges::find(waiting_, number, &Waiting::number);
    if (found != waiting_.end()) end_wait(static_cast<std::size_t>(found - waiting_.begin()));
  });
  self->leave();
}

void Clockwork::pass(Time span) { wait(span, nullptr); }

void Clockwork::end_wait(std::size_t index) {
  Fiber* const fiber = waiting_[index].fiber;
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  resume(*fiber);
}

void Clockwork::resume_those_whose_wait_is_over() {
  for (std::size_t i = 0; i < waiting_.size();) {
    const auto& over = *waiting_[i].over;
    if (over && over()) {
      end_wait(i);
      i = 0;  // it may have ended the wait of another
    } else {
      ++i;
    }
  }
}

void Clockwork::step() {
  // The queue gives constant references only; what is moved from is popped at once.
  Event event = std::move(const_cast<Event&>(events_.top()));
  events_.pop();
  now_ = event.when;
  event.what();
  resume_those_whose_wait_is_over();
}

void Clockwork::run_until(Time end, const std::function<bool()>& done) {
  CROWDFLOW_CHECK(running_ == nullptr, "a fiber waits");
  while (!(done && done())) {
    if (events_.empty() || events_.top().when > end) {
      now_ = std::max(now_, end);
      return;
    }
    step();
  }
}

}  // namespace crowdflow::simulation
