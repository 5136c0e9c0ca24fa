#include "http/router.h"

#include <gtest/gtest.h>

namespace crowdflow::http {
namespace {

Response said(std::string text) { return {.body = std::move(text)}; }

Router two_paths() {
  Router router;
  router.add("GET", "/a", [](const Request& request) { return said("got " + request.path); });
  router.add("POST", "/a", [](const Request& request) { return said("took " + request.body); });
  router.add("GET", "/b", [](const Request&) { return said("b"); });
  return router;
}

std::string allow(const Response& response) {
  for (const HeaderField& field : response.headers) {
    if (field.name == "Allow") return field.value;
  }
  return "";
}

TEST(Router, FindsAHandlerByPathAndMethod) {
  EXPECT_EQ(two_paths().answer({.method = "GET", .path = "/a"}).body, "got /a");
  EXPECT_EQ(two_paths().answer({.method = "POST", .path = "/a", .body = "x"}).body, "took x");
}

TEST(Router, GivesHeadToGet) {
  EXPECT_EQ(two_paths().answer({.method = "HEAD", .path = "/b"}).body, "b");
}

TEST(Router, TellsWhoAnswersLater) {
  Router router = two_paths();
  router.add_later("POST", "/b", [](Request, Reply) {}, {.body_limit = 7});
  ASSERT_NE(router.later("POST", "/b"), nullptr);
  EXPECT_EQ(router.later("POST", "/b")->options.body_limit, 7U);
  EXPECT_EQ(router.later("GET", "/b"), nullptr);
  EXPECT_EQ(router.later("POST", "/a"), nullptr);
  EXPECT_EQ(router.later("POST", "/c"), nullptr);
  EXPECT_EQ(allow(router.answer({.method = "PUT", .path = "/b"})), "OPTIONS, GET, HEAD, POST");
}

TEST(Router, SaysWhenThereIsNoSuchPath) {
  const Response response = two_paths().answer({.method = "GET", .path = "/a/"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const Response response = two_paths().answer({.method = "DELETE", .path = "/a"});
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(allow(response), "OPTIONS, GET, HEAD, POST");
  const Response options = two_paths().answer({.method = "OPTIONS", .path = "/b"});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(allow(options), "OPTIONS, GET, HEAD");
}

}  // namespace
}  // namespace crowdflow::http
