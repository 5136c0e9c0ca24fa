// write_diary FOLDER [COMMITS]: writes a diary into the embedded log there, from where it stands,
// until it is killed or has made so many commits, and says each one that was acknowledged.
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "embedded/diary.h"
#include "embedded/embedded_log.h"

int main(int argc, char** argv) {
  using crowdflow::test::Diary;
  if (argc < 2) return 2;
  const int commits = argc > 2 ? std::atoi(argv[2]) : std::numeric_limits<int>::max();
  auto log = crowdflow::embedded::EmbeddedLog::open(Diary::options(argv[1]));
  if (!log) {
    std::fprintf(stderr, "%s\n", log.error().message.c_str());
    return 1;
  }
  Diary diary;
  if (!diary.learn_what_is_there(**log)) return 1;
  while (diary.written().commits < commits) {
    const int next = diary.written().commits + 1;
    if (!diary.write_until_it_fails(**log, next)) return 1;
    std::printf("commit %d\n", next);
    std::fflush(stdout);
  }
}
