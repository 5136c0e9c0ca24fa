// What does it cost to hand something to another thread, and what would the obvious way cost?
//
//   a stream:   SpscRing (with a Doorbell to sleep)  ──  a mutex, a deque and a condition variable
//   the newest: LatestValue                          ──  a mutex and a copy
//
// Each beside its baseline, in one run: the ratio of the two is what to look at.
#include <array>
#include <benchmark/benchmark.h>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "concurrency/doorbell.h"
#include "concurrency/latest_value.h"
#include "concurrency/spsc_ring.h"

namespace crowdflow::concurrency {
namespace {

constexpr std::size_t kCapacity = 1024;
using Item = std::array<std::uint64_t, 4>;  // as large as a pointer with its owner and a span

class Ring {
 public:
  bool try_push(const Item& item) { return ring_.try_push(Item(item)); }
  bool try_pop(Item& item) { return ring_.try_pop(item); }
  // Sleeping when there is nothing.
  void push(const Item& item) {
    while (!try_push(item))
      std::this_thread::yield();
    filled_.ring();
  }
  void pop(Item& item) {
    while (true) {
      const auto heard = filled_.heard();
      if (try_pop(item)) return;
      filled_.wait(heard);
    }
  }

 private:
  SpscRing<Item> ring_{kCapacity};
  Doorbell<> filled_;
};

class MutexAndDeque {
 public:
  bool try_push(const Item& item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() == kCapacity) return false;
    items_.push_back(item);
    return true;
  }
  bool try_pop(Item& item) {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return false;
    take(item);
    return true;
  }
  void push(const Item& item) {
    while (!try_push(item))
      std::this_thread::yield();
    filled_.notify_one();
  }
  void pop(Item& item) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !items_.empty(); });
    take(item);
  }

 private:
  void take(Item& item) {
    item = items_.front();
    items_.pop_front();
  }

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Item> items_;
};

// What one push and one pop cost when nobody else is there.
template <typename Stream>
void StreamAlone(benchmark::State& state) {
  Stream stream;
  Item item{};
  for (auto _ : state) {
    ++item[0];
    benchmark::DoNotOptimize(stream.try_push(item));
    benchmark::DoNotOptimize(stream.try_pop(item));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(StreamAlone<Ring>);
BENCHMARK(StreamAlone<MutexAndDeque>);

// How many items a second get from one thread to another, as fast as both can.
template <typename Stream>
void StreamBetweenThreads(benchmark::State& state) {
  constexpr std::uint64_t kItems = 100'000;
  for (auto _ : state) {
    Stream stream;
    std::jthread producer([&stream] {
      for (std::uint64_t i = 0; i < kItems; ++i) {
        while (!stream.try_push({i}))
          std::this_thread::yield();
      }
    });
    Item item{};
    for (std::uint64_t i = 0; i < kItems; ++i) {
      while (!stream.try_pop(item))
        std::this_thread::yield();
      benchmark::DoNotOptimize(item);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kItems));
}
BENCHMARK(StreamBetweenThreads<Ring>)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(StreamBetweenThreads<MutexAndDeque>)->UseRealTime()->Unit(benchmark::kMillisecond);

// How long an item takes to a thread that sleeps, and its answer back.
template <typename Stream>
void ThereAndBack(benchmark::State& state) {
  Stream there;
  Stream back;
  std::jthread echo([&] {
    Item item{};
    for (there.pop(item); item[0] != 0; there.pop(item))
      back.push(item);
  });
  Item item{};
  for (auto _ : state) {
    there.push({1});
    back.pop(item);
    benchmark::DoNotOptimize(item);
  }
  there.push({0});
}
BENCHMARK(ThereAndBack<Ring>)->UseRealTime();
BENCHMARK(ThereAndBack<MutexAndDeque>)->UseRealTime();

using Value = std::array<std::uint64_t, 512>;

class Cell {
 public:
  void write(std::uint64_t i) {
    cell_.writable().fill(i);
    cell_.publish();
  }
  std::uint64_t read() { return sum_of(cell_.read()); }

  static std::uint64_t sum_of(const Value& value) {
    std::uint64_t sum = 0;
    for (const std::uint64_t word : value)
      sum += word;
    return sum;
  }

 private:
  LatestValue<Value> cell_;
};

class MutexAndCopy {
 public:
  void write(std::uint64_t i) {
    const std::lock_guard lock(mutex_);
    value_.fill(i);
  }
  std::uint64_t read() {
    Value copy;
    {
      const std::lock_guard lock(mutex_);
      copy = value_;
    }
    return Cell::sum_of(copy);
  }

 private:
  std::mutex mutex_;
  Value value_{};
};

// What it costs the writer of 4 KiB that another thread reads it all the time (1) or never (0).
template <typename Newest>
void WriterOfTheNewest(benchmark::State& state) {
  Newest newest;
  std::jthread reader;
  if (state.range(0) == 1) {
    reader = std::jthread([&newest](std::stop_token stop) {
      while (!stop.stop_requested())
        benchmark::DoNotOptimize(newest.read());
    });
  }
  std::uint64_t i = 0;
  for (auto _ : state)
    newest.write(++i);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(WriterOfTheNewest<Cell>)->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK(WriterOfTheNewest<MutexAndCopy>)->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace crowdflow::concurrency
