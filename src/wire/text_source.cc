#include "wire/text_source.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace crowdflow::wire {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

gzFile gz(void* file) { return static_cast<gzFile>(file); }

std::string words_of(int error) { return std::generic_category().message(error); }

}  // namespace

void TextSource::CloseFile::operator()(void* file) const { gzclose(gz(file)); }

TextSource::TextSource(std::string path, void* file, std::optional<std::uint64_t> size)
    : path_(std::move(path)), file_(file), size_(size) {}

Result<TextSource> TextSource::open(const std::string& path) {
  const int descriptor =
      path == "-" ? dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int error = errno;
    return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                "cannot open " + path + ": " + words_of(error));
  }
  std::optional<std::uint64_t> size;
  struct stat about{};
  if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode)) {
    size = static_cast<std::uint64_t>(about.st_size);
  }
  const gzFile file = gzdopen(descriptor, "rb");
  if (file == nullptr) {
    close(descriptor);
    return fail(ErrorCode::kIo, "cannot read " + path + ": no memory for it");
  }
  gzbuffer(file, kChunk);
  return TextSource{path, file, size};
}

Result<bool> TextSource::grow() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kChunk) buffer_.resize(end_ + kChunk);
  const int got = gzread(gz(file_.get()), buffer_.data() + end_, kChunk);
  if (got > 0) {
    end_ += static_cast<std::size_t>(got);
    return true;
  }
  int problem = Z_OK;
  const char* text = gzerror(gz(file_.get()), &problem);
  if (problem == Z_ERRNO) {
    return fail(ErrorCode::kIo, "cannot read " + path_ + ": " + words_of(errno));
  }
  if (problem == Z_BUF_ERROR) {
    return fail(ErrorCode::kIo, "cannot read " + path_ + ": the gzip file is cut off");
  }
  if (got < 0) return fail(ErrorCode::kIo, "cannot read " + path_ + ": " + text);
  return false;
}

std::uint64_t TextSource::bytes_read() const {
  const auto offset = gzoffset(gz(file_.get()));
  return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

}  // namespace crowdflow::wire
