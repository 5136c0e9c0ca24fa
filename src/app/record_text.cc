#include "app/record_text.h"

#include <memory>
#include <string_view>

#include <crowdflow/time.h>

#include "wire/json.h"
#include "wire/readings_encoder.h"
#include "wire/record_headers.h"
#include "wire/utf8.h"

namespace crowdflow::app {
namespace {

// The message that a topic holds; nullptr: bytes of another kind.
std::unique_ptr<google::protobuf::Message> message_of(const log::TopicNames& names,
                                                      std::string_view topic) {
  if (topic == names.commands) return std::make_unique<v1::Command>();
  if (topic == names.zone_states) return std::make_unique<v1::ZoneStateBatch>();
  if (topic == names.alerts || topic == names.alerts_current) return std::make_unique<v1::Alert>();
  if (topic == names.journal) return std::make_unique<v1::JournalRecord>();
  return nullptr;
}

std::string_view content_type(const log::Record& record) {
  std::string_view found;
  for (const log::Header& header : record.headers) {
    if (header.name == wire::kContentTypeHeader) found = header.value;
  }
  return found;
}

bool is_text(std::string_view bytes) {
  return wire::find_invalid_utf8(bytes) == std::string_view::npos;
}

// A member of an object: as text or, when it is none, as NAME_base64.
void append_member(const std::string& name, std::string_view bytes, std::string& out) {
  const bool text = is_text(bytes);
  out += ",\"" + name + (text ? "\":" : "_base64\":");
  text ? wire::append_json_string(bytes, out) : wire::append_json_base64(bytes, out);
}

}  // namespace

void RecordText::append_record(const log::Record& record, std::string& out) {
  out += "{\"topic\":";
  wire::append_json_string(record.topic, out);
  out += ",\"partition\":" + std::to_string(record.partition) +
         ",\"offset\":" + std::to_string(record.offset);
  if (record.timestamp != WallTime{})
    out += ",\"timestamp\":\"" + to_rfc3339(record.timestamp) + '"';
  if (record.has_key) append_member("key", record.key, out);
  if (!record.headers.empty()) {
    out += ",\"headers\":[";
    for (const log::Header& header : record.headers) {
      if (out.back() != '[') out += ',';
      out += "{\"name\":";
      wire::append_json_string(header.name, out);
      append_member("value", header.value, out);
      out += '}';
    }
    out += ']';
  }
  const std::size_t before = out.size();
  std::string error;
  out += ",\"value\":";
  if (!append_value(record, out, error)) {
    out.resize(before);
    append_member("value", record.value, out);
    if (!error.empty()) {
      out += ",\"error\":";
      wire::append_json_string(error, out);
    }
  }
  out += '}';
}

bool RecordText::append_messages(const log::Record& record, std::string& out) {
  if (!record.has_value) return true;
  const std::size_t before = out.size();
  std::string error;
  const bool good = record.topic == names_.readings ? append_readings(record, true, out, error)
                                                    : append_value(record, out, error);
  if (!good) {
    out.resize(before);
    return false;
  }
  if (record.topic != names_.readings) out += '\n';
  return true;
}

bool RecordText::append_value(const log::Record& record, std::string& out, std::string& error) {
  if (!record.has_value) {
    out += "null";
    return true;
  }
  if (record.topic == names_.readings) return append_readings(record, false, out, error);
  const auto message = message_of(names_, record.topic);
  if (message == nullptr) return false;
  if (const auto parsed = wire::parse(record.value, *message); !parsed) {
    error = parsed.error().message;
    return false;
  }
  wire::append_json(*message, out);
  return true;
}

bool RecordText::append_readings(const log::Record& record, bool by_line, std::string& out,
                                 std::string& error) {
  const auto readings = decoder_.decode(record.value, content_type(record));
  if (!readings) {
    error = readings.error().message;
    return false;
  }
  wire::ReadingsEncoder encoder;
  encoder.begin({});
  for (const Reading& reading : *readings)
    encoder.add(reading);
  v1::ReadingBatch batch = encoder.batch();
  for (int i = 0; i < batch.readings_size(); ++i) {
    batch.mutable_readings(i)->set_venue_id(
        std::string((*readings)[static_cast<std::size_t>(i)].venue_id));
  }
  if (!by_line) {
    wire::append_json(batch, out);
    return true;
  }
  for (const v1::Reading& reading : batch.readings()) {
    wire::append_json(reading, out);
    out += '\n';
  }
  return true;
}

}  // namespace crowdflow::app
