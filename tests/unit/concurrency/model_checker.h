#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

// Runs two threads in every order of their atomic operations, and lets every load give every value
// that the memory model allows, so that a wrong or missing order shows on any machine. What is
// checked is the real code, with model::Atomic in place of std::atomic and values of model::Plain:
//
//   Verdict verdict = explore([] {
//     auto ring = std::make_shared<SpscRing<Plain<int>, model::Atomic>>(2);
//     return Scenario{{[ring] { ... }, [ring] { ... }}};
//   });
//
// What it knows of the memory model (after Rust's loom and relacy): a load may give any store that
// is not older, in the order in which the stores were made, than one that the thread has seen, made
// or been told of; release and acquire tell; a read-modify-write takes the newest and goes on
// telling what that one told. A plain value that two threads use without one having been told of
// the other's use is a race. Sequential consistency counts as acquire and release, so what passes
// is right with less. Each thread's operations stay in the order of its program.
namespace crowdflow::concurrency::model {

inline constexpr std::size_t kThreads = 2;

struct Scenario {
  // They share what they captured. Each must end; the one after, alone, may look at the result.
  std::array<std::function<void()>, kThreads> threads;
  std::function<void()> after;
};

struct Verdict {
  std::uint64_t orders = 0;  // that were run
  std::string failure;       // the first; empty: none in any order
  // The most atomic operations that each thread made in one order.
  std::array<std::size_t, kThreads> most_operations{};
};

// `begin` makes everything anew for each order. Ends with the first failure.
[[nodiscard]] Verdict explore(const std::function<Scenario()>& begin);

// A failure of the order that is being run, unless `good`.
void require(bool good, const char* text);

// What one thread knows of all: how far it has been told what each thread did, and for each atomic
// the oldest store that it may still see.
struct View {
  std::array<std::uint32_t, kThreads> told{};
  std::vector<std::size_t> oldest;

  void join(const View& other);
};

class Checker {
 public:
  Checker();
  ~Checker();
  [[nodiscard]] Verdict explore(const std::function<Scenario()>& begin);

  // For Atomic and Plain, on the thread that runs the scenario.
  [[nodiscard]] static Checker& here();
  std::size_t new_atomic(std::uint64_t value);
  [[nodiscard]] std::uint64_t load(std::size_t atomic, std::memory_order order);
  void store(std::size_t atomic, std::uint64_t value, std::memory_order order);
  std::uint64_t change(std::size_t atomic, std::memory_order order,
                       const std::function<std::uint64_t(std::uint64_t)>& to);
  void sleep_if(std::size_t atomic, std::uint64_t old);
  void notify(std::size_t atomic);
  std::size_t new_plain();
  void read_plain(std::size_t plain);
  void write_plain(std::size_t plain);
  void fail(const std::string& text);

 private:
  struct Store {
    std::uint64_t value = 0;
    View tells;  // to who acquires it
  };
  struct PlainUse {
    std::size_t writer = 0;
    std::uint32_t written = 0;  // the writer's step; 0: before the threads began
    std::array<std::uint32_t, kThreads> read{};
  };
  struct Thread {
    std::binary_semaphore turn{0};
    std::function<void()> body;
    View view;
    std::size_t operations = 0;
    bool done = false;
    std::optional<std::size_t> sleeps_on;
    std::jthread thread;
  };
  struct Choice {
    std::size_t taken = 0;
    std::size_t of = 0;
  };

  void run(std::stop_token stop, std::size_t self);
  void run_once(const std::function<Scenario()>& begin, Verdict& verdict);
  [[nodiscard]] std::size_t choose(std::size_t of);
  [[nodiscard]] bool next_path();
  void pass_on();
  Thread& begin_operation();
  void end_operation(Thread& own);
  [[nodiscard]] static bool outside();

  std::array<Thread, kThreads> threads_;
  std::binary_semaphore all_done_{0};
  std::vector<std::vector<Store>> atomics_;
  std::vector<PlainUse> plains_;
  std::vector<Choice> path_;
  std::size_t depth_ = 0;
  std::string failure_;
};

template <typename T>
class Atomic {
 public:
  static constexpr bool is_always_lock_free = true;

  Atomic(T value = T{}) : id_(Checker::here().new_atomic(static_cast<std::uint64_t>(value))) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  [[nodiscard]] T load(std::memory_order order) const {
    return static_cast<T>(Checker::here().load(id_, order));
  }
  void store(T value, std::memory_order order) {
    Checker::here().store(id_, static_cast<std::uint64_t>(value), order);
  }
  T exchange(T value, std::memory_order order) {
    return static_cast<T>(Checker::here().change(
        id_, order, [&](std::uint64_t) { return static_cast<std::uint64_t>(value); }));
  }
  T fetch_add(T value, std::memory_order order) {
    return static_cast<T>(Checker::here().change(id_, order, [&](std::uint64_t old) {
      return static_cast<std::uint64_t>(static_cast<T>(static_cast<T>(old) + value));
    }));
  }
  T fetch_or(T bits, std::memory_order order) {
    return static_cast<T>(Checker::here().change(id_, order, [&](std::uint64_t old) {
      return static_cast<std::uint64_t>(static_cast<T>(static_cast<T>(old) | bits));
    }));
  }
  T fetch_and(T bits, std::memory_order order) {
    return static_cast<T>(Checker::here().change(id_, order, [&](std::uint64_t old) {
      return static_cast<std::uint64_t>(static_cast<T>(static_cast<T>(old) & bits));
    }));
  }
  // As FutexAtomic.
  void sleep_if(T old) const { Checker::here().sleep_if(id_, static_cast<std::uint64_t>(old)); }
  void notify() { Checker::here().notify(id_); }

 private:
  const std::size_t id_;
};

// A value without any order of its own, whose every use is checked. Moving from it writes it.
template <typename T>
class Plain {
 public:
  Plain(T value = T{}) : value_(value) {}
  Plain(Plain&& other) noexcept : value_(other.take()) {}
  Plain& operator=(Plain&& other) noexcept {
    set(other.take());
    return *this;
  }

  void set(T value) {
    Checker::here().write_plain(id_);
    value_ = value;
  }
  [[nodiscard]] T get() const {
    Checker::here().read_plain(id_);
    return value_;
  }

 private:
  T take() {
    Checker::here().write_plain(id_);
    return value_;
  }

  const std::size_t id_ = Checker::here().new_plain();
  T value_;
};

}  // namespace crowdflow::concurrency::model
