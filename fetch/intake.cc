#include "fetch/intake.h"

#include "base/sys.h"
#include "spec/verified_blob.h"

#include <ctime>
#include <set>
#include <vector>

namespace oci::fetch {
namespace {

constexpr std::size_t copy_buffer = 256u << 10;

} // namespace

IncomingBlob::IncomingBlob(const spec::Store& store, spec::Descriptor descriptor, FileLock lock, Progress& progress,
                           Observer& observer, IntakeTotals& totals)
    : store_(store), descriptor_(std::move(descriptor)), lock_(std::move(lock)), progress_(progress),
      observer_(observer), totals_(totals), name_(cat("blob ", descriptor_.digest.text())),
      shown_(descriptor_.digest.short_hex()),
      file_name_(cat(descriptor_.digest.algorithm(), "-", descriptor_.digest.hex())),
      hasher_(descriptor_.digest.algorithm()) {
  open_part();
  progress_.start(shown_, expected(), size_);
  observer_.arriving(descriptor_.digest, file_.get(), size_);
}

IncomingBlob::~IncomingBlob() {
  if (file_ && size_ == 0) (void)sys::unlinkat(store_.partial(), file_name_);
}

// Whatever an earlier process left is hashed again, so that the digest is over all that is handed on.
void IncomingBlob::open_part() {
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  file_ =
      check(sys::openat(store_.partial(), file_name_, flags, 0600), "open the part of ", name_, " in ", store_.path());
  struct stat info = check(sys::fstat(file_.get()), "stat the part of ", name_);
  if (!S_ISREG(info.st_mode)) fail("part of ", name_, " in ", store_.path(), ": not a regular file");
  if (static_cast<std::uint64_t>(info.st_size) > expected()) {
    check(sys::ftruncate(file_.get(), 0), "empty the part of ", name_);
  }
  std::vector<std::byte> buffer(copy_buffer);
  while (std::size_t count = check(sys::read(file_.get(), buffer.data(), buffer.size()), "read the part of ", name_)) {
    hasher_.update(Bytes(buffer).first(count));
    size_ += count;
  }
  from_before_ = size_;
}

void IncomingBlob::write(Bytes bytes) {
  if (bytes.size() > expected() - size_) {
    discard();
    fail(name_, ": larger than the ", expected(), " bytes its descriptor says");
  }
  check(write_all(file_.get(), as_text(bytes)), "write ", name_, " to ", store_.path());
  hasher_.update(bytes);
  size_ += bytes.size();
  totals_.bytes_fetched += bytes.size();
  progress_.advance(shown_, bytes.size());
  observer_.grown(descriptor_.digest, size_);
}

void IncomingBlob::restart() {
  check(sys::ftruncate(file_.get(), 0), "empty the part of ", name_);
  check(sys::lseek(file_.get(), 0, SEEK_SET), "rewind the part of ", name_);
  hasher_ = Hasher(descriptor_.digest.algorithm());
  size_ = from_before_ = 0;
  progress_.rewind(shown_);
  observer_.restarted(descriptor_.digest);
}

void IncomingBlob::discard() {
  (void)sys::unlinkat(store_.partial(), file_name_);
  file_.reset();
}

bool IncomingBlob::commit() {
  if (size_ != expected()) fail(name_, ": ends after ", size_, " of ", expected(), " bytes");
  Digest actual = hasher_.finish();
  if (actual != descriptor_.digest) {
    if (from_before_ > 0) {
      restart();
      return false;
    }
    discard();
    fail(name_, ": wrong digest: its content is ", actual.text());
  }
  store_.layout().adopt_blob(file_.get(), store_.partial(), file_name_, descriptor_.digest);
  file_.reset();
  totals_.blobs_fetched += 1;
  totals_.bytes_present += from_before_;
  progress_.done(shown_);
  observer_.stored(descriptor_.digest);
  return true;
}

std::vector<spec::Descriptor> Intake::missing(std::span<const spec::Descriptor> wanted) {
  std::vector<spec::Descriptor> missing;
  std::set<Digest> seen;
  for (const spec::Descriptor& descriptor : wanted) {
    if (!seen.insert(descriptor.digest).second) continue;
    if (is_sound(descriptor)) {
      count_present(descriptor);
    } else {
      missing.push_back(descriptor);
    }
  }
  return missing;
}

bool Intake::is_sound(const spec::Descriptor& descriptor) {
  const spec::Layout& layout = store_.layout();
  if (!layout.has_blob(descriptor)) return false;
  const std::string name = cat("blob ", descriptor.digest.text());
  const Fd file = layout.open_blob(descriptor);
  FdSource source(file.get(), name);
  spec::VerifyingSource verified(source, descriptor.digest, descriptor.size, name);
  std::vector<std::byte> buffer(copy_buffer);
  while (true) {
    check();
    try {
      if (verified.read(buffer) == 0) return true;
    } catch (const Error& error) {
      damaged_[descriptor.digest] = oci::check(sys::fstat(file.get()), "stat ", name).st_ino;
      progress_.note(cat(error.message(), " in the store; it is fetched again"));
      return false;
    }
  }
}

// Not the damaged one, that is: another process may have mended it meanwhile.
bool Intake::is_there(const spec::Descriptor& descriptor) const {
  if (!store_.layout().has_blob(descriptor)) return false;
  const auto damaged = damaged_.find(descriptor.digest);
  if (damaged == damaged_.end()) return true;
  const auto status = sys::fstatat(store_.layout().fd(), store_.layout().blob_path(descriptor.digest));
  return status && status->st_ino != damaged->second;
}

void Intake::count_present(const spec::Descriptor& descriptor) {
  totals_.blobs_present += 1;
  totals_.bytes_present += static_cast<std::uint64_t>(descriptor.size);
  observer_.stored(descriptor.digest);
}

// Looks once more under the lock: whoever held it before may have brought the blob.
Intake::Admission Intake::admit(const spec::Descriptor& descriptor, FileLock lock) {
  if (is_there(descriptor)) {
    count_present(descriptor);
    return {State::present, nullptr};
  }
  return {State::open,
          std::make_unique<IncomingBlob>(store_, descriptor, std::move(lock), progress_, observer_, totals_)};
}

Intake::Admission Intake::try_admit(const spec::Descriptor& descriptor) {
  std::optional<FileLock> lock = store_.try_lock_digest(descriptor.digest);
  if (!lock) return {State::busy, nullptr};
  return admit(descriptor, std::move(*lock));
}

// Another process is at this blob. In steps, so that the user can have enough of it.
FileLock Intake::wait_for_lock(const Digest& digest) {
  constexpr timespec step{0, 50'000'000};
  while (true) {
    if (auto lock = store_.try_lock_digest(digest)) return std::move(*lock);
    check();
    ::nanosleep(&step, nullptr);
  }
}

void Intake::check() {
  progress_.check();
  observer_.check();
}

void Intake::copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) {
  Admission admission = admit(descriptor, wait_for_lock(descriptor.digest));
  if (admission.state == State::present) return;
  TakenBlob& blob = *admission.blob;
  if (blob.size() > 0) blob.restart(); // a file is read again sooner than its part is trusted
  std::unique_ptr<Source> source = open();
  std::vector<std::byte> buffer(copy_buffer);
  while (std::size_t count = source->read(buffer)) {
    check();
    blob.write(Bytes(buffer).first(count));
  }
  blob.commit();
}

} // namespace oci::fetch
