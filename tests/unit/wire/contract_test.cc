#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <regex>

#include "unit/wire/decode.h"
#include "unit/wire/golden.h"
#include "wire/json.h"
#include "wire/messages.h"

// The contract is what others have built on: names, numbers and types of its fields do not change
// unnoticed.
namespace crowdflow::test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

std::string type_of(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "map<" + type_of(*field.message_type()->map_key()) + ", " +
           type_of(*field.message_type()->map_value()) + ">";
  }
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

std::string label_of(const FieldDescriptor& field) {
  if (field.is_map()) return "";
  if (field.is_repeated()) return "repeated ";
  if (const auto* oneof = field.real_containing_oneof()) return "oneof " + oneof->name() + " ";
  return field.has_presence() && field.message_type() == nullptr ? "optional " : "";
}

void list(const Descriptor& message, std::string& out) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    out += message.full_name() + "." + field.name() + " = " + std::to_string(field.number()) + " " +
           label_of(field) + type_of(field) + "\n";
  }
  if (message.field_count() == 0) out += message.full_name() + "\n";
}

void list(const EnumDescriptor& type, std::string& out) {
  for (int i = 0; i < type.value_count(); ++i) {
    out += type.full_name() + " " + type.value(i)->name() + " = " +
           std::to_string(type.value(i)->number()) + "\n";
  }
}

TEST(Contract, ChangesOnlyOnPurpose) {
  std::string out;
  for (const FileDescriptor* file :
       {v1::Reading::descriptor()->file(), v1::ZoneState::descriptor()->file(),
        v1::Alert::descriptor()->file(), v1::Command::descriptor()->file(),
        v1::JournalRecord::descriptor()->file()}) {
    out += file->name() + "\n";
    for (int i = 0; i < file->enum_type_count(); ++i)
      list(*file->enum_type(i), out);
    for (int i = 0; i < file->message_type_count(); ++i)
      list(*file->message_type(i), out);
    out += "\n";
  }
  EXPECT_TRUE(is_golden("contract.txt", out));
}

// The blocks of JSON in docs/contract.md.
std::vector<std::string> examples() {
  std::ifstream in(source_dir() / "docs/contract.md");
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = line == "```json";
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + '\n';
    }
  }
  return blocks;
}

TEST(Contract, IsExplainedByExamplesThatAreRight) {
  const std::vector<std::string> blocks = examples();
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_THAT(decoded(blocks[0]),
              testing::ElementsAre("hall|door-1|17|0|1518174001000000|1000000|count_delta 3 1",
                                   "hall|door-1|18|0|1518174002000000|1000000|count_delta 0 2"));
  using google::protobuf::util::JsonStringToMessage;
  v1::ZoneState state;
  EXPECT_TRUE(JsonStringToMessage(blocks[1], &state).ok());
  EXPECT_EQ(state.density().at_end(), 2.5);
  v1::Alert alert;
  EXPECT_TRUE(JsonStringToMessage(blocks[2], &alert).ok());
  EXPECT_EQ(wire::to_json(alert) + '\n',
            std::regex_replace(blocks[2], std::regex("\n *"), "") + '\n');
}

// Confluent's serializers name the message by its place in the file (wire/framing.h).
TEST(Contract, HasReadingBatchAndReadingFirstInTheirFile) {
  EXPECT_EQ(v1::ReadingBatch::descriptor()->index(), 0);
  EXPECT_EQ(v1::Reading::descriptor()->index(), 1);
}

}  // namespace
}  // namespace crowdflow::test
