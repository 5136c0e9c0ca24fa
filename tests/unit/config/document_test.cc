#include "config/document.h"

#include <gmock/gmock.h>

namespace crowdflow::config {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const Node* child(const Node* node, std::string_view key) {
  for (const Node* entry = node->first_child; entry != nullptr; entry = entry->next) {
    if (entry->key == key) return entry;
  }
  return nullptr;
}

TEST(Document, KnowsPlaceAndPathOfEveryValue) {
  const Document document{
      "zones:\n"
      "  - { id: hall, area: 220 }\n"
      "  - id: foyer\n"
      "    polygon: [[0, 0], [4, 0]]\n"};
  ASSERT_THAT(document.errors(), IsEmpty());
  const Node* foyer = child(document.root(), "zones")->first_child->next;
  const Node* x = child(foyer, "polygon")->first_child->next->first_child;
  EXPECT_EQ(x->path(), "zones[1].polygon[1][0]");
  EXPECT_EQ(x->text, "4");
  EXPECT_EQ(x->at.line, 4U);
  EXPECT_EQ(x->at.bytes, 23U);
  EXPECT_EQ(foyer->key_at.line, 3U);
  EXPECT_EQ(child(foyer, "polygon")->key_at.bytes, 4U);
  EXPECT_EQ(document.root()->path(), "");
}

TEST(Document, TellsTextInQuotesFromWords) {
  const Document document{"{a: 1, b: '1', c: \"1\", d: , e: ~}"};
  ASSERT_THAT(document.errors(), IsEmpty());
  EXPECT_FALSE(child(document.root(), "a")->quoted);
  EXPECT_TRUE(child(document.root(), "b")->quoted);
  EXPECT_TRUE(child(document.root(), "c")->quoted);
  EXPECT_EQ(child(document.root(), "d")->kind, NodeKind::kNothing);
  EXPECT_EQ(child(document.root(), "e")->kind, NodeKind::kNothing);
}

TEST(Document, PlacesAMissingValueAtItsKey) {
  const Document document{"a: 1\nb:\nc: 3\n"};
  EXPECT_EQ(child(document.root(), "b")->at.line, 2U);
}

TEST(Document, ReadsJson) {
  const Document document{R"({"zones": [{"id": "hall", "area": 220, "open": true}], "x": null})"};
  ASSERT_THAT(document.errors(), IsEmpty());
  EXPECT_EQ(child(child(document.root(), "zones")->first_child, "id")->text, "hall");
}

TEST(Document, CountsLinesThatEndInCrLf) {
  const Document document{"a: 1\r\nb:\r\n  c: 2\r\n"};
  const Node* c = child(child(document.root(), "b"), "c");
  EXPECT_EQ(c->text, "2");
  EXPECT_EQ(c->at.line, 3U);
  EXPECT_EQ(c->at.bytes, 5U);
}

TEST(Document, FindsRepeatedKeysInNestedMaps) {
  const Document document{"a: { b: 1, c: { d: 1, d: 2, d: 3 } }\n"};
  ASSERT_THAT(document.errors(), SizeIs(2));
  EXPECT_EQ(document.errors()[0].path, "a.c.d");
}

TEST(Document, KnowsAClosedQuoteFromOneThatSwallowsTheFile) {
  for (const char* good : {R"(a: "b")", R"(a: "b\"c\\")", R"(a: 'it''s')", "a: 'b'", "a: ''",
                           "a: \"b\n  c\"", "a: |\n  \"b\n", "\"a\": '\"'"}) {
    EXPECT_THAT(Document{good}.errors(), IsEmpty()) << good;
  }
  for (const char* bad : {"a: \"b\n", "a: 'b\n", "a: 'it''\n", "a: \"b\\\"\n"}) {
    const Document document{bad};
    EXPECT_EQ(document.root(), nullptr) << bad;
    EXPECT_THAT(document.errors(), SizeIs(1)) << bad;
  }
}

TEST(Document, SkipsWhatItRefusesAndReadsOn) {
  const Document document{"{ [a, {b: c}]: {d: e}, ~: [f], g: *h }"};
  EXPECT_THAT(document.errors(), SizeIs(1));  // an alias of nothing is wrong syntax

  const Document other{"{ [a, {b: c}]: {d: e}, ~: [f], g: h }"};
  EXPECT_THAT(other.errors(), SizeIs(2));
  ASSERT_NE(other.root(), nullptr);
  EXPECT_EQ(other.root()->first_child->key, "g");
  EXPECT_EQ(other.root()->first_child->next, nullptr);
}

}  // namespace
}  // namespace crowdflow::config
