#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <crowdflow/result.h>
#include <crowdflow/venue.h>

#include "app/publish.h"
#include "wire/readings_csv.h"
#include "wire/readings_file.h"

namespace crowdflow::app {

// The file that is published: JSON or a table. One thread.
class PublishInput {
 public:
  // `venue`: nullptr when there is no venue file. kInvalid: the options or the table are not as
  // they should be; kNotFound, kIo.
  [[nodiscard]] static Result<PublishInput> open(const PublishOptions& options, const Venue* venue);

  [[nodiscard]] Result<std::optional<wire::ReadingsFile::Entry>> next();
  // The readings at `indices` of the last entry with all that it said of them (ReadingsFile). Not
  // of a table, whose readings say no more than a Reading does.
  [[nodiscard]] wire::Excerpt excerpt(std::span<const std::uint32_t> indices,
                                      std::string_view venue_id) const;
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::optional<std::uint64_t> size() const;

 private:
  std::unique_ptr<wire::ReadingsFile> json_;
  std::unique_ptr<wire::ReadingsCsv> table_;
};

}  // namespace crowdflow::app
