#include "wire/readings_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include "unit/wire/reference_readings.h"

namespace crowdflow::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class ReadingsFile : public testing::Test {
 protected:
  ReadingsFile() {
    std::string name = (std::filesystem::temp_directory_path() / "readings-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ReadingsFile() override { std::filesystem::remove_all(folder_); }

  std::string file(std::string_view text) {
    const std::string path = folder_ / "readings.ndjson";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string gzip_file(const std::string& text) {
    std::string path = folder_ / "readings.ndjson.gz";
    const gzFile out = gzopen(path.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    return path;
  }

  // "line: what each reading says" or "line: MALFORMED ..."; a failure to read comes last.
  static std::vector<std::string> read(const std::string& path) {
    std::vector<std::string> out;
    auto opened = wire::ReadingsFile::open(path);
    if (!opened) return {opened.error().message};
    while (true) {
      const auto next = opened->next();
      if (!next) {
        out.push_back("failed: " + next.error().message);
        return out;
      }
      if (!*next) return out;
      std::string text = std::to_string((*next)->line) + ":";
      if ((*next)->readings) {
        for (const Reading& reading : *(*next)->readings)
          text += " " + std::string(reading.venue_id) + std::to_string(reading.sequence);
      } else {
        text += " " + std::string(name_of((*next)->readings.error().reason)) + " " +
                (*next)->readings.error().message;
      }
      out.push_back(text);
    }
  }

  std::filesystem::path folder_;
};

TEST_F(ReadingsFile, IsEmpty) {
  EXPECT_THAT(read(file("")), SizeIs(0));
  EXPECT_THAT(read(file(" \n\r\n\t")), SizeIs(0));
  EXPECT_THAT(read(file("\xEF\xBB\xBF")), SizeIs(0));
}

TEST_F(ReadingsFile, GivesALineAtATime) {
  EXPECT_THAT(
      read(file("{\"venue_id\":\"a\",\"sequence\":1}\n"
                "\n"
                "  {\"venue_id\":\"b\",\"readings\":[{\"sequence\":2},{\"sequence\":3}]}\r\n"
                "{\"sequence\":4}")),
      ElementsAre("1: a1", "3: b2 b3", "4: 4"));
}

TEST_F(ReadingsFile, GoesOnAfterALineThatIsWrong) {
  EXPECT_THAT(
      read(file("{\"sequence\":1}\nnonsense\n{\"sequence\":}\n{\"sequence\":4}\n")),
      ElementsAre("1: 1", "2: MALFORMED line 2 column 1: found nonsense, expected '{' or '['",
                  "3: MALFORMED line 3 column 13: found '}', expected a whole number from "
                  "0 to 18446744073709551615",
                  "4: 4"));
}

TEST_F(ReadingsFile, GoesOnAfterAFirstLineThatIsCut) {
  EXPECT_THAT(read(file("{\"venue_id\":\"a\n{\"sequence\":2}\n{\"sequence\":3}\n")),
              ElementsAre(StartsWith("1: MALFORMED line 1 column 15: found the end of the text"),
                          "2: 2", "3: 3"));
}

TEST_F(ReadingsFile, ReadsOneObjectOverSeveralLines) {
  EXPECT_THAT(read(file("{\n  \"venue_id\": \"a}\",\n  \"readings\": [\n    {\"sequence\": 1},\n"
                        "    {\"sequence\": 2}\n  ]\n}\n")),
              ElementsAre("1: a}1 a}2"));
}

TEST_F(ReadingsFile, ReadsObjectsOverSeveralLines) {
  EXPECT_THAT(read(file("{\n  \"sequence\": 1\n}\n{\n  \"sequence\": 2\n}\n")),
              ElementsAre("1: 1", "4: 2"));
}

TEST_F(ReadingsFile, ReadsTheElementsOfAnArrayOneByOne) {
  EXPECT_THAT(read(file("[\n  {\"sequence\": 1},\n  {\n    \"sequence\": 2 },\n"
                        "  {\"sequence\": x}, {\"sequence\": 4}\n]\n")),
              ElementsAre("2: 1", "3: 2",
                          "5: MALFORMED line 5 column 16: found x, expected a whole number from 0 "
                          "to 18446744073709551615",
                          "5: 4"));
  EXPECT_THAT(read(file("[{\"sequence\":1},7,{\"sequence\":y}]")),
              ElementsAre("1: 1", "1: MALFORMED line 1 column 17: found 7, expected '{' or '['",
                          "1: MALFORMED line 1 column 31: found y, expected a whole number from 0 "
                          "to 18446744073709551615"));
}

TEST_F(ReadingsFile, SaysWhenAnArrayIsCut) {
  EXPECT_THAT(read(file("[\n{\"sequence\":1},\n")),
              ElementsAre("2: 1", "3: MALFORMED line 3: found the end of the file, expected ']'"));
  EXPECT_THAT(
      read(file("[\n{\"sequence\":1},\n{\"sequen")),
      ElementsAre("2: 1", StartsWith("3: MALFORMED line 3 column 9: found the end of the")));
}

TEST_F(ReadingsFile, ReadsAnArrayThatIsLargerThanALineMayBe) {
  const std::string venue(4096, 'v');
  constexpr int kElements = 5000;
  std::string text = "[";
  for (int i = 1; i <= kElements; ++i) {
    if (i > 1) text += ',';
    text += "{\"sequence\":" + std::to_string(i) + ",\"venue_id\":\"" + venue + "\"}";
  }
  ASSERT_GT(text.size(), wire::kMaxLineBytes);
  const auto entries = read(gzip_file(text + "]"));
  ASSERT_THAT(entries, SizeIs(kElements));
  EXPECT_EQ(entries.back(), "1: " + venue + "5000");
}

TEST_F(ReadingsFile, RefusesALineThatIsTooLongAndGoesOn) {
  const std::string line(wire::kMaxLineBytes + 1'000'000, 'x');
  EXPECT_THAT(read(file("{\"sequence\":1}\n" + line + "\n{\"sequence\":3}\n")),
              ElementsAre("1: 1",
                          "2: MALFORMED line 2: the line that begins here is longer than 16777216 "
                          "bytes",
                          "3: 3"));
}

TEST_F(ReadingsFile, EndsAtAValueThatIsTooLong) {
  const std::string text(wire::kMaxLineBytes + 1'000'000, 'x');
  EXPECT_THAT(read(file("[{\"sequence\":1},\n{\"venue_id\":\"" + text + "\"},{\"sequence\":3}]")),
              ElementsAre("1: 1",
                          "2: MALFORMED line 2: the value that begins here is longer than 16777216 "
                          "bytes"));
}

TEST_F(ReadingsFile, KeepsTheLineForTheRejects) {
  auto opened = wire::ReadingsFile::open(file("  {\"sequence\": oops } \r\n"));
  ASSERT_TRUE(opened.has_value());
  const auto entry = opened->next();
  ASSERT_TRUE(entry.has_value() && entry->has_value());
  EXPECT_EQ((**entry).raw, "{\"sequence\": oops }");
}

TEST_F(ReadingsFile, ReadsGzip) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "{\"sequence\":" + std::to_string(i) + "}\n";
  const std::string path = gzip_file(text);
  EXPECT_THAT(read(path), SizeIs(20'000));

  auto opened = wire::ReadingsFile::open(path);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->size(), std::filesystem::file_size(path));
  while (*opened->next()) {
  }
  EXPECT_EQ(opened->bytes_read(), std::filesystem::file_size(path));
}

TEST_F(ReadingsFile, SaysWhenGzipIsCutOrDamaged) {
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += "{\"sequence\":" + std::to_string(i * 7919 % 104'729) + "}\n";
  const std::string path = gzip_file(text);
  const auto size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, size / 2);
  EXPECT_EQ(read(path).back(), "failed: cannot read " + path + ": the gzip file is cut off");

  std::fstream damaged(gzip_file(text), std::ios::binary | std::ios::in | std::ios::out);
  damaged.seekp(static_cast<std::streamoff>(size / 2));
  damaged << std::string(1000, 'x');
  damaged.close();
  EXPECT_THAT(read(path).back(), StartsWith("failed: cannot read " + path + ": "));
}

TEST_F(ReadingsFile, SaysWhyItCannotBeOpened) {
  const std::string missing = folder_ / "missing";
  const auto opened = wire::ReadingsFile::open(missing);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(opened.error().message, "cannot open " + missing + ": No such file or directory");
  EXPECT_THAT(read(folder_.string()).back(), HasSubstr("Is a directory"));
}

TEST_F(ReadingsFile, ReadsStandardInput) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string text = "{\"sequence\":1}\n{\"sequence\":2}\n";
  ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  close(ends[1]);
  const int saved = dup(STDIN_FILENO);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  const auto entries = read("-");
  dup2(saved, STDIN_FILENO);
  close(saved);
  EXPECT_THAT(entries, ElementsAre("1: 1", "2: 2"));
}

}  // namespace
}  // namespace crowdflow::test
