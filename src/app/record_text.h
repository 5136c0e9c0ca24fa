#pragma once

#include <string>
#include <utility>

#include "log/log.h"
#include "log/topics.h"
#include "wire/readings_decoder.h"

namespace crowdflow::app {

// Says records of our topics as JSON. Keeps its memory from record to record. Threads: one.
class RecordText {
 public:
  explicit RecordText(log::TopicNames names) : names_(std::move(names)) {}

  // Appends a record with all that is known of it, as one line without its end:
  //   {"topic":..,"partition":..,"offset":..,"timestamp":..,"key":..,"headers":[{"name":..,
  //    "value":..}],"value":..}
  // `value` is what the topic's message says; null for a tombstone. What is no such message (or no
  // text, in a key or header) is "value_base64" instead, with "error" saying what was expected. Of
  // what a gate refused, only the sum is said.
  void append_record(const log::Record& record, std::string& out);

  // Appends the messages of a record by themselves, a line each: readings one by one, as `replay`
  // and `publish` take them. False: it is not what the topic holds; `out` is as it was.
  [[nodiscard]] bool append_messages(const log::Record& record, std::string& out);

 private:
  [[nodiscard]] bool append_value(const log::Record& record, std::string& out, std::string& error);
  [[nodiscard]] bool append_readings(const log::Record& record, bool by_line, std::string& out,
                                     std::string& error);

  const log::TopicNames names_;
  wire::ReadingsDecoder decoder_;
};

}  // namespace crowdflow::app
