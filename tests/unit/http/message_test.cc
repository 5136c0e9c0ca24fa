#include "http/message.h"

#include <gtest/gtest.h>

namespace crowdflow::http {
namespace {

Request with(std::string name, std::string value) {
  return {.headers = {{"Other", "x"}, {std::move(name), std::move(value)}}};
}

TEST(Request, FindsAHeaderWhateverTheCaseOfItsName) {
  EXPECT_EQ(with("If-None-Match", "a").header("if-none-MATCH"), "a");
  EXPECT_EQ(with("If-None-Match", "a").header("If-None"), "");
}

TEST(Request, TakesGzipOnlyWhenItSaysSo) {
  EXPECT_FALSE(Request{}.accepts_gzip());
  EXPECT_TRUE(with("Accept-Encoding", "gzip").accepts_gzip());
  EXPECT_TRUE(with("Accept-Encoding", "br;q=1.0, GZIP;q=0.8").accepts_gzip());
  EXPECT_TRUE(with("Accept-Encoding", "deflate , gzip ; q=0.001").accepts_gzip());
  EXPECT_FALSE(with("Accept-Encoding", "gzip;q=0").accepts_gzip());
  EXPECT_FALSE(with("Accept-Encoding", "gzip; q=0.000, br").accepts_gzip());
  EXPECT_FALSE(with("Accept-Encoding", "x-gzip, identity").accepts_gzip());
}

TEST(Problem, IsJsonWhateverTheText) {
  const Response response = problem(404, "there is no \"x\"\n");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, R"({"title":"Not Found","status":404,"detail":"there is no \"x\"\n"})");
}

TEST(SameOrigin, ComparesHostAndPort) {
  EXPECT_TRUE(same_origin("", "hall:8080")) << "not a browser";
  EXPECT_TRUE(same_origin("http://hall:8080", "hall:8080"));
  EXPECT_TRUE(same_origin("http://Hall:8080", "hALL:8080"));
  EXPECT_TRUE(same_origin("https://hall", "hall:443"));
  EXPECT_TRUE(same_origin("http://[::1]:8080", "[::1]:8080"));
  EXPECT_FALSE(same_origin("http://hall:8081", "hall:8080"));
  EXPECT_FALSE(same_origin("http://evil", "hall:8080"));
  EXPECT_FALSE(same_origin("http://hall.evil:8080", "hall:8080"));
  EXPECT_FALSE(same_origin("null", "hall:8080"));
}

TEST(HttpDate, IsThatOfTheRfc) {
  using namespace std::chrono_literals;
  EXPECT_EQ(http_date(std::chrono::sys_seconds{784111777s}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(std::chrono::sys_seconds{0s}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace crowdflow::http
