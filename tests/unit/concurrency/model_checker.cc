#include "unit/concurrency/model_checker.h"

#include <algorithm>
#include <utility>

namespace crowdflow::concurrency::model {
namespace {

constexpr std::size_t kOutside = kThreads;      // the thread that sets up and looks afterwards
constexpr std::size_t kMostOperations = 1'000;  // more of one thread: it never ends

thread_local Checker* checker_here = nullptr;
thread_local std::size_t self_here = kOutside;

bool acquires(std::memory_order order) {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}

bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace

void View::join(const View& other) {
  for (std::size_t i = 0; i < kThreads; ++i)
    told[i] = std::max(told[i], other.told[i]);
  oldest.resize(std::max(oldest.size(), other.oldest.size()));
  for (std::size_t i = 0; i < other.oldest.size(); ++i)
    oldest[i] = std::max(oldest[i], other.oldest[i]);
}

Verdict explore(const std::function<Scenario()>& begin) { return Checker().explore(begin); }

void require(bool good, const char* text) {
  if (!good) Checker::here().fail(text);
}

Checker& Checker::here() { return *checker_here; }

bool Checker::outside() { return self_here == kOutside; }

Checker::Checker() {
  for (std::size_t i = 0; i < kThreads; ++i)
    threads_[i].thread = std::jthread([this, i](std::stop_token stop) { run(std::move(stop), i); });
}

Checker::~Checker() {
  for (Thread& thread : threads_) {
    thread.thread.request_stop();
    thread.turn.release();
  }
}

Verdict Checker::explore(const std::function<Scenario()>& begin) {
  Verdict verdict;
  checker_here = this;
  do {
    run_once(begin, verdict);
  } while (failure_.empty() && next_path());
  checker_here = nullptr;
  verdict.failure = failure_;
  return verdict;
}

void Checker::run_once(const std::function<Scenario()>& begin, Verdict& verdict) {
  atomics_.clear();
  plains_.clear();
  depth_ = 0;
  Scenario scenario = begin();
  for (std::size_t i = 0; i < kThreads; ++i) {
    Thread& thread = threads_[i];
    thread.body = scenario.threads[i];
    thread.view = View{.told = {}, .oldest = std::vector<std::size_t>(atomics_.size())};
    thread.view.told[i] = 1;
    thread.operations = 0;
    thread.done = false;
  }
  pass_on();
  for (std::size_t i = 0; i < kThreads; ++i) {
    verdict.most_operations[i] = std::max(verdict.most_operations[i], threads_[i].operations);
    threads_[i].body = nullptr;
  }
  if (scenario.after && failure_.empty()) scenario.after();
  ++verdict.orders;
}

void Checker::run(std::stop_token stop, std::size_t self) {
  checker_here = this;
  self_here = self;
  Thread& own = threads_[self];
  while (true) {
    own.turn.acquire();
    if (stop.stop_requested()) return;
    own.body();
    own.done = true;
    pass_on();
  }
}

// Lets one of those that can go on do so, and returns when it is the caller's turn again.
void Checker::pass_on() {
  const std::size_t self = self_here;
  const auto can_go_on = [&](std::size_t i) {
    return !threads_[i].done && !threads_[i].sleeps_on.has_value();
  };
  std::array<std::size_t, kThreads> able{};
  std::size_t count = 0;
  // Going on without a change comes first: most orders then differ late, and share their beginning.
  if (!outside() && can_go_on(self)) able[count++] = self;
  for (std::size_t i = 0; i < kThreads; ++i) {
    if (i != self && can_go_on(i)) able[count++] = i;
  }
  if (count == 0) {
    for (std::size_t i = 0; i < kThreads; ++i) {
      if (threads_[i].done) continue;
      fail("a thread sleeps and nobody will wake it");
      threads_[i].sleeps_on.reset();
      able[count++] = i;
    }
  }
  if (count == 0) {
    all_done_.release();
    return;
  }
  const std::size_t next = able[choose(count)];
  if (next == self) return;
  // Ours to wait for, as told before the other runs: it may end, and begin us anew, meanwhile.
  const bool done = !outside() && threads_[self].done;
  threads_[next].turn.release();
  if (outside()) {
    all_done_.acquire();
  } else if (!done) {
    threads_[self].turn.acquire();
  }
}

// Walks the tree of all choices depth first: `path_` says which branch to take at each.
std::size_t Checker::choose(std::size_t of) {
  if (of == 1 || !failure_.empty()) return 0;
  if (depth_ == path_.size()) path_.push_back({.taken = 0, .of = of});
  return path_[depth_++].taken;
}

bool Checker::next_path() {
  while (!path_.empty() && path_.back().taken + 1 == path_.back().of)
    path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().taken;
  return true;
}

void Checker::fail(const std::string& text) {
  if (failure_.empty()) failure_ = text;
}

Checker::Thread& Checker::begin_operation() {
  pass_on();
  Thread& own = threads_[self_here];
  if (++own.operations > kMostOperations) fail("a thread never ends");
  return own;
}

// After the operation has told how far we are: what follows it is not told by it.
void Checker::end_operation(Thread& own) { ++own.view.told[self_here]; }

std::size_t Checker::new_atomic(std::uint64_t value) {
  atomics_.push_back({Store{.value = value, .tells = {}}});
  return atomics_.size() - 1;
}

std::uint64_t Checker::load(std::size_t atomic, std::memory_order order) {
  const auto& stores = atomics_[atomic];
  if (outside()) return stores.back().value;
  Thread& own = begin_operation();
  std::size_t& oldest = own.view.oldest[atomic];
  oldest = stores.size() - 1 - choose(stores.size() - oldest);
  const Store& seen = stores[oldest];
  if (acquires(order)) own.view.join(seen.tells);
  end_operation(own);
  return seen.value;
}

void Checker::store(std::size_t atomic, std::uint64_t value, std::memory_order order) {
  auto& stores = atomics_[atomic];
  if (outside()) {
    stores.push_back({.value = value, .tells = {}});
    return;
  }
  Thread& own = begin_operation();
  own.view.oldest[atomic] = stores.size();
  stores.push_back({.value = value, .tells = releases(order) ? own.view : View{}});
  end_operation(own);
}

std::uint64_t Checker::change(std::size_t atomic, std::memory_order order,
                              const std::function<std::uint64_t(std::uint64_t)>& to) {
  auto& stores = atomics_[atomic];
  if (outside()) {
    const auto old = stores.back().value;
    stores.push_back({.value = to(old), .tells = {}});
    return old;
  }
  Thread& own = begin_operation();
  const Store before = stores.back();
  if (acquires(order)) own.view.join(before.tells);
  own.view.oldest[atomic] = stores.size();
  Store after{.value = to(before.value), .tells = before.tells};
  if (releases(order)) after.tells.join(own.view);
  stores.push_back(std::move(after));
  end_operation(own);
  return before.value;
}

// As the kernel does it: compares with the newest value, and sleeps until notified.
void Checker::sleep_if(std::size_t atomic, std::uint64_t old) {
  Thread& own = begin_operation();
  if (atomics_[atomic].back().value != old || !failure_.empty()) return;
  own.sleeps_on = atomic;
  pass_on();
}

void Checker::notify(std::size_t atomic) {
  begin_operation();
  for (Thread& thread : threads_) {
    if (thread.sleeps_on == atomic) thread.sleeps_on.reset();
  }
}

std::size_t Checker::new_plain() {
  plains_.push_back({});
  return plains_.size() - 1;
}

void Checker::read_plain(std::size_t plain) {
  if (outside()) return;
  PlainUse& use = plains_[plain];
  const View& view = threads_[self_here].view;
  if (view.told[use.writer] < use.written) fail("a race: read while written");
  use.read[self_here] = view.told[self_here];
}

void Checker::write_plain(std::size_t plain) {
  if (outside()) return;
  PlainUse& use = plains_[plain];
  const View& view = threads_[self_here].view;
  if (view.told[use.writer] < use.written) fail("a race: written while written");
  for (std::size_t i = 0; i < kThreads; ++i) {
    if (view.told[i] < use.read[i]) fail("a race: written while read");
  }
  use.writer = self_here;
  use.written = view.told[self_here];
}

}  // namespace crowdflow::concurrency::model
