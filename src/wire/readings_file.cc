#include "wire/readings_file.h"

#include <algorithm>
#include <utility>

#include "wire/json_splitter.h"
#include "wire/text_source.h"

namespace crowdflow::wire {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::size_t kLongestRefused = 4096;  // what is shown of a line that is too long

}  // namespace

class ReadingsFile::Impl {
 public:
  explicit Impl(TextSource source) : source_(std::move(source)) {}

  Result<std::optional<Entry>> next() {
    advance(std::exchange(taken_, 0));
    if (layout_ == Layout::kNotSeen) {
      if (auto seen = see_layout(); !seen) return tl::unexpected(seen.error());
    }
    return layout_ == Layout::kLines ? next_line() : next_value();
  }

  [[nodiscard]] Excerpt excerpt(std::span<const std::uint32_t> indices,
                                std::string_view venue_id) const {
    return decoder_.excerpt(indices, venue_id);
  }
  [[nodiscard]] const TextSource& source() const { return source_; }

 private:
  enum class Layout { kNotSeen, kLines, kDocuments };

  // Documents are laid out over lines, or begin with an array. Everything else is taken line by
  // line: so is a first line that is cut, when the second begins a value of its own.
  Result<void> see_layout() {
    layout_ = Layout::kLines;
    if (const auto more = source_.grow(); !more) return tl::unexpected(more.error());
    if (source_.text().starts_with("\xEF\xBB\xBF")) source_.drop(3);  // a byte order mark
    auto found = skip_white_space();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    if (source_.text().front() == '[') layout_ = Layout::kDocuments;
    if (source_.text().front() != '{') return {};

    const Result<std::size_t> line = line_length();
    if (!line) return tl::unexpected(line.error());
    if (JsonSplitter{}.end_of_value(source_.text().substr(0, *line))) return {};
    while (source_.text().size() <= kMaxLineBytes) {
      const std::size_t next = source_.text().find_first_not_of(kWhiteSpace, *line);
      if (next != std::string_view::npos) {
        if (source_.text()[next] != '{') layout_ = Layout::kDocuments;
        break;
      }
      const Result<bool> more = source_.grow();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
    }
    return {};
  }

  Result<std::optional<Entry>> next_line() {
    const Result<bool> found = skip_white_space();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return std::nullopt;
    const Result<std::size_t> end = line_length();
    if (!end) return tl::unexpected(end.error());
    if (*end > kMaxLineBytes) return skip_long_line();
    std::string_view line = source_.text().substr(0, *end);
    line = line.substr(0, line.find_last_not_of(kWhiteSpace) + 1);
    return entry(line);
  }

  Result<std::optional<Entry>> next_value() {
    while (true) {
      const Result<bool> found = skip_white_space();
      if (!found) return tl::unexpected(found.error());
      if (!*found) return end_of_documents();
      const char c = source_.text().front();
      if (c == '[' && !in_array_) {
        in_array_ = true;
      } else if (c == ']' && in_array_) {
        in_array_ = false;
      } else if (c != ',' || !in_array_) {
        break;
      }
      advance(1);
    }
    // What is no object is taken up to the next comma or line, for its refusal.
    JsonSplitter splitter;
    const bool object = source_.text().front() == '{';
    while (true) {
      const std::string_view text = source_.text();
      const std::size_t other = object ? std::string_view::npos : text.find_first_of(",\n]", 1);
      const auto end = object                            ? splitter.end_of_value(text)
                       : other == std::string_view::npos ? std::nullopt
                                                         : std::optional{other};
      if (end && *end <= kMaxLineBytes) return entry(text.substr(0, *end));
      if (text.size() > kMaxLineBytes) return give_up();
      const Result<bool> more = source_.grow();
      if (!more) return tl::unexpected(more.error());
      if (!*more) {
        in_array_ = false;
        return entry(source_.text());
      }
    }
  }

  Entry entry(std::string_view text) {
    taken_ = text.size();
    return {line_, text, decoder_.decode_json(text, line_, column_)};
  }

  std::optional<Entry> end_of_documents() {
    if (!std::exchange(in_array_, false)) return std::nullopt;
    return refused(line_, "",
                   "line " + std::to_string(line_) + ": found the end of the file, expected ']'");
  }

  Result<std::optional<Entry>> skip_long_line() {
    Entry out = too_long("the line");
    while (true) {
      const std::string_view text = source_.text();
      const std::size_t end = text.find('\n');
      advance(std::min(end, text.size()));
      if (end != std::string_view::npos) return out;
      const Result<bool> more = source_.grow();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return out;
    }
  }

  // Without the end of this value there is no telling where another one begins.
  Result<std::optional<Entry>> give_up() {
    Entry out = too_long("the value");
    in_array_ = false;
    while (true) {
      source_.drop(source_.text().size());
      const Result<bool> more = source_.grow();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return out;
    }
  }

  Entry too_long(std::string_view what) {
    beginning_ = source_.text().substr(0, kLongestRefused);
    return refused(line_, beginning_,
                   "line " + std::to_string(line_) + ": " + std::string(what) +
                       " that begins here is longer than " + std::to_string(kMaxLineBytes) +
                       " bytes");
  }

  static Entry refused(std::uint64_t line, std::string_view raw, std::string message) {
    return {line, raw, tl::unexpected(Refusal{Outcome::kMalformed, 1, std::move(message)})};
  }

  // Whether there is anything but white space, to which the window is moved.
  Result<bool> skip_white_space() {
    while (true) {
      const std::size_t begin = source_.text().find_first_not_of(kWhiteSpace);
      advance(std::min(begin, source_.text().size()));
      if (begin != std::string_view::npos) return true;
      const Result<bool> more = source_.grow();
      if (!more || !*more) return more;
    }
  }

  // Of the line that the window begins with, or what was read of it so far when that is more than a
  // line may have.
  Result<std::size_t> line_length() {
    std::size_t from = 0;
    while (true) {
      const std::string_view text = source_.text();
      const std::size_t end = text.find('\n', from);
      if (end != std::string_view::npos) return end;
      if (text.size() > kMaxLineBytes) return text.size();
      from = text.size();
      const Result<bool> more = source_.grow();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return source_.text().size();
    }
  }

  // Drops text, and counts its lines and columns.
  void advance(std::size_t bytes) {
    for (const char c : source_.text().substr(0, bytes)) {
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++column_;
      }
    }
    source_.drop(bytes);
  }

  TextSource source_;
  ReadingsDecoder decoder_;
  Layout layout_ = Layout::kNotSeen;
  bool in_array_ = false;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
  std::size_t taken_ = 0;  // by the entry that was given last, which is still in the window
  std::string beginning_;  // of what was too long
};

ReadingsFile::ReadingsFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReadingsFile::~ReadingsFile() = default;
ReadingsFile::ReadingsFile(ReadingsFile&&) noexcept = default;
ReadingsFile& ReadingsFile::operator=(ReadingsFile&&) noexcept = default;

Result<ReadingsFile> ReadingsFile::open(const std::string& path) {
  Result<TextSource> source = TextSource::open(path);
  if (!source) return tl::unexpected(source.error());
  return ReadingsFile{std::make_unique<Impl>(std::move(*source))};
}

Result<std::optional<ReadingsFile::Entry>> ReadingsFile::next() { return impl_->next(); }
Excerpt ReadingsFile::excerpt(std::span<const std::uint32_t> indices,
                              std::string_view venue_id) const {
  return impl_->excerpt(indices, venue_id);
}
const std::string& ReadingsFile::path() const { return impl_->source().path(); }
std::uint64_t ReadingsFile::bytes_read() const { return impl_->source().bytes_read(); }
std::optional<std::uint64_t> ReadingsFile::size() const { return impl_->source().size(); }

}  // namespace crowdflow::wire
