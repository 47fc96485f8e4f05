#include "fetch/archive_reader.h"

#include "fetch/archive_functions.h"

#include <cerrno>
#include <new>
#include <optional>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::size_t input_buffer = 256u << 10;

struct FreeArchive {
  void operator()(archive* handle) const { libarchive::read_free(handle); }
};

class DecompressedSource final : public Source {
public:
  DecompressedSource(std::unique_ptr<ArchiveInput> input, std::string name)
      : reader_(std::move(input), ArchiveReader::Kind::compressed, std::move(name)) {
    has_member_ = reader_.next() != nullptr;
  }
  std::size_t read(std::span<std::byte> into) override { return has_member_ ? reader_.read(into) : 0; }

private:
  ArchiveReader reader_;
  bool has_member_ = false;
};

} // namespace

struct ArchiveReader::State {
  std::unique_ptr<ArchiveInput> input;
  std::string name;
  std::vector<std::byte> buffer = std::vector<std::byte>(input_buffer);
  std::optional<Error> error;
  std::unique_ptr<archive, FreeArchive> handle;

  template <class F>
  la_int64_t keep_error(F&& body) noexcept {
    try {
      return body();
    } catch (Error& caught) {
      error = std::move(caught);
    } catch (const std::exception& caught) {
      error = Error(caught.what());
    }
    libarchive::set_error(handle.get(), EIO, "input failed");
    return ARCHIVE_FATAL;
  }

  static la_ssize_t on_read(archive*, void* self, const void** bytes) noexcept {
    auto* state = static_cast<State*>(self);
    *bytes = state->buffer.data();
    return state->keep_error([&] { return static_cast<la_int64_t>(state->input->read(state->buffer)); });
  }

  static la_int64_t on_skip(archive*, void* self, la_int64_t bytes) noexcept {
    auto* state = static_cast<State*>(self);
    return state->keep_error(
        [&] { return static_cast<la_int64_t>(state->input->skip(static_cast<std::uint64_t>(bytes))); });
  }
};

ArchiveReader::ArchiveReader(std::unique_ptr<ArchiveInput> input, Kind kind, std::string name)
    : state_(std::make_unique<State>()) {
  state_->input = std::move(input);
  state_->name = std::move(name);
  state_->handle.reset(libarchive::read_new());
  archive* handle = state_->handle.get();
  if (!handle) throw std::bad_alloc();
  if (kind == Kind::tar) {
    libarchive::read_support_format_tar(handle);
  } else {
    libarchive::read_support_format_raw(handle);
    libarchive::read_support_format_empty(handle);
    libarchive::read_support_filter_gzip(handle);
    libarchive::read_support_filter_zstd(handle);
    libarchive::read_support_filter_xz(handle);
    libarchive::read_support_filter_bzip2(handle);
  }
  libarchive::read_set_read_callback(handle, &State::on_read);
  libarchive::read_set_skip_callback(handle, &State::on_skip);
  libarchive::read_set_callback_data(handle, state_.get());
  if (libarchive::read_open1(handle) != ARCHIVE_OK) fail_here();
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::fail_here() const {
  if (state_->error) throw *state_->error;
  const char* theirs = libarchive::error_string(state_->handle.get());
  std::string text = theirs ? to_lower(printable(theirs)) : "damaged";
  fail("read ", state_->name, ": ", text == "unrecognized archive format" ? "not a tar archive" : text);
}

archive_entry* ArchiveReader::next() {
  archive_entry* entry = nullptr;
  int result = libarchive::read_next_header(state_->handle.get(), &entry);
  if (result == ARCHIVE_EOF) return nullptr;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) fail_here();
  return entry;
}

std::uint64_t ArchiveReader::member_position() const {
  return static_cast<std::uint64_t>(libarchive::read_header_position(state_->handle.get()));
}

std::size_t ArchiveReader::read(std::span<std::byte> into) {
  la_ssize_t count = libarchive::read_data(state_->handle.get(), into.data(), into.size());
  if (count < 0) fail_here();
  return static_cast<std::size_t>(count);
}

bool ArchiveReader::is_compressed() const {
  return libarchive::filter_code(state_->handle.get(), 0) != ARCHIVE_FILTER_NONE;
}

std::unique_ptr<Source> decompress(std::unique_ptr<ArchiveInput> input, std::string name) {
  return std::make_unique<DecompressedSource>(std::move(input), std::move(name));
}

} // namespace oci::fetch
