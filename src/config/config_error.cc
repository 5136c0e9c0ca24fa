#include "config/config_error.h"

#include "config/source_text.h"

namespace crowdflow::config {
namespace {

void append(std::string& out, const ConfigError& error, std::string_view severity) {
  out += error.file;
  if (error.line > 0) {
    out += ':' + std::to_string(error.line) + ':' + std::to_string(error.column);
  }
  out += ": ";
  out += severity;
  out += message(error);
  out += '\n';
  if (error.line == 0) return;
  std::string number = std::to_string(error.line);
  if (number.size() < 4) number.insert(0, 4 - number.size(), ' ');
  out += number + " | " + error.excerpt + '\n';
  // The byte of the excerpt at which its column begins.
  std::size_t at = 0;
  for (std::size_t column = 0; at < error.excerpt.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(error.excerpt[at]) & 0xC0U) != 0x80U;
    if (begins && column++ == error.excerpt_column) break;
  }
  out.append(number.size(), ' ');
  out += " | " + blanks_like(std::string_view{error.excerpt}.substr(0, at)) + "^\n";
}

}  // namespace

std::string message(const ConfigError& error) {
  std::string text;
  if (!error.path.empty()) text += error.path + ": ";
  text += error.found.empty() ? error.expected : "found " + error.found;
  if (!error.found.empty() && !error.expected.empty()) text += ", expected " + error.expected;
  if (!error.hint.empty()) text += "; " + error.hint;
  return text;
}

std::string format_errors(std::span<const ConfigError> errors) {
  std::string out;
  for (const ConfigError& error : errors)
    append(out, error, "");
  return out;
}

std::string format_warnings(std::span<const ConfigError> warnings) {
  std::string out;
  for (const ConfigError& warning : warnings)
    append(out, warning, "warning: ");
  return out;
}

}  // namespace crowdflow::config
