#include "http/asset.h"

#include <gtest/gtest.h>

namespace crowdflow::http {
namespace {

constexpr Asset kScript{.path = "/assets/a-1.js",
                        .content_type = "text/javascript; charset=utf-8",
                        .etag = "W/\"1f\"",
                        .bytes = "plain plain plain",
                        .gzip = "packed"};

Request with(std::string name, std::string value) {
  return {.headers = {{std::move(name), std::move(value)}}};
}

std::string header(const Response& response, std::string_view name) {
  for (const HeaderField& field : response.headers) {
    if (field.name == name) return field.value;
  }
  return "";
}

TEST(Asset, IsSentPlainToAClientThatTakesNothingElse) {
  const Response response = answer(kScript, Request{});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content(), kScript.bytes);
  EXPECT_EQ(response.content_type, kScript.content_type);
  EXPECT_EQ(header(response, "Content-Encoding"), "");
  EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
}

TEST(Asset, IsSentPackedToAClientThatTakesGzip) {
  const Response response = answer(kScript, with("Accept-Encoding", "gzip, br"));
  EXPECT_EQ(response.content(), "packed");
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
}

TEST(Asset, IsSentPlainWhenPackingDidNotMakeItSmaller) {
  Asset picture = kScript;
  picture.gzip = {};
  const Response response = answer(picture, with("Accept-Encoding", "gzip"));
  EXPECT_EQ(response.content(), picture.bytes);
  EXPECT_EQ(header(response, "Content-Encoding"), "");
}

TEST(Asset, IsNotSentToAClientThatHasIt) {
  for (const char* known : {"W/\"1f\"", "\"1f\"", "\"0\", W/\"1f\"", "*", " \"1f\" "}) {
    const Response response = answer(kScript, with("If-None-Match", known));
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.content(), "") << known;
    EXPECT_EQ(header(response, "ETag"), kScript.etag) << known;
  }
  for (const char* other : {"\"1\"", "W/\"1f", "1f", "", " ", ","}) {
    EXPECT_EQ(answer(kScript, with("If-None-Match", other)).status, 200) << other;
  }
}

TEST(Asset, IsAskedForEachTime) {
  EXPECT_EQ(header(answer(kScript, {}), "Cache-Control"), "no-cache");
}

}  // namespace
}  // namespace crowdflow::http
