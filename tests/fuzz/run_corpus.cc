#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

// Stands in for libFuzzer: gives a fuzz target each file of the folders named on the command line
// (and each file named there), then mutations of them: as many that there are -runs=N inputs in
// all. The same -seed=S gives the same. Other options, as libFuzzer takes them, are passed over.
//
// -failed=FILE is where a mutation is written that ends the program.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// There in a program with a sanitizer.
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

constexpr std::size_t kMostBytes = 4096;

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The mutation that is being tried, and where it is written when it fails.
std::string tried;
std::string failed;

void keep_what_failed() {
  const int file = open(failed.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (file < 0) return;
  const ssize_t written = write(file, tried.data(), tried.size());
  static_cast<void>(written);
  close(file);
}

// For a failed check, and for what a sanitizer found.
void keep_what_fails() {
  std::signal(SIGABRT, [](int) {
    keep_what_failed();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  });
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_what_failed);
}

void try_input(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed)
      : corpus_(corpus), random_(seed) {}

  std::string next() {
    std::string bytes = any_of_corpus();
    for (std::size_t n = below(below(6) + 1) + 1; n > 0; --n)
      mutate(bytes);
    if (bytes.size() > kMostBytes) bytes.resize(kMostBytes);
    return bytes;
  }

 private:
  // Not std::uniform_int_distribution, which differs between libraries.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& any_of_corpus() { return corpus_[below(corpus_.size())]; }
  std::string part_of(const std::string& bytes) {
    const std::size_t from = below(bytes.size());
    return bytes.substr(from, below(std::min<std::size_t>(bytes.size() - from, 64)) + 1);
  }

  void mutate(std::string& bytes) {
    static constexpr std::string_view kOdd("\0\x01\x7F\x80\xFF\"\\{[,:-.9\n", 15);
    const std::size_t at = below(bytes.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = kOdd[below(kOdd.size())];
        break;
      case 2:
        bytes.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 3:
        bytes.erase(at, below(8) + 1);
        break;
      case 4:
        bytes.insert(at, part_of(bytes));
        break;
      default:
        bytes.replace(at, below(16), part_of(any_of_corpus()));
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

// The value of an option such as -runs=N.
template <typename T>
void read_option(std::string_view argument, std::string_view name, T& value) {
  if (!argument.starts_with(name)) return;
  argument.remove_prefix(name.size());
  std::from_chars(argument.data(), argument.data() + argument.size(), value);
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t runs = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    read_option(argument, "-runs=", runs);
    read_option(argument, "-seed=", seed);
    if (argument.starts_with("-failed=")) failed = argument.substr(8);
    if (argument.starts_with('-')) continue;
    for (const std::filesystem::path& file : files_of(argument)) {
      std::ifstream in(file, std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      if (!in) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return 1;
      }
      std::printf("%s\n", file.c_str());  // the last one named is the one that failed
      std::fflush(stdout);
      try_input(corpus.back());
    }
  }
  if (corpus.empty()) return 1;
  std::printf("%zu inputs\n", corpus.size());
  if (runs <= corpus.size()) return 0;

  std::printf("and %zu mutations of them, seed %llu\n", runs - corpus.size(),
              static_cast<unsigned long long>(seed));
  if (!failed.empty()) {
    std::printf("one that fails is kept in %s\n", failed.c_str());
    keep_what_fails();
  }
  std::fflush(stdout);
  Mutator mutator(corpus, seed);
  for (std::size_t run = corpus.size(); run < runs; ++run) {
    tried = mutator.next();
    try_input(tried);
  }
  return 0;
}
