#include "cli/layer_feed.h"

#include "base/sys.h"

#include <algorithm>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace oci::cli {

namespace {

constexpr std::uint64_t worth_waking = 256u << 10;

} // namespace

// A blob from its first byte, as far as it is there. Not hashed here: who pulls does that, and what is unpacked has its
// own digest.
class LayerFeed::Reader final : public Source {
public:
  Reader(LayerFeed& feed, const spec::Descriptor& layer)
      : feed_(feed), digest_(layer.digest), expected_(static_cast<std::uint64_t>(layer.size)) {}

  std::size_t read(std::span<std::byte> into) override {
    std::size_t most = wait_for_bytes(into.size());
    if (most == 0) return 0;
    std::size_t count = oci::check(sys::pread(part_, into.data(), most, static_cast<off_t>(at_)), "read what arrived");
    if (count == 0) fail("read what arrived: it ends after ", at_, " of ", expected_, " bytes");
    at_ += count;
    return count;
  }

private:
  std::size_t wait_for_bytes(std::size_t most) {
    std::unique_lock lock(feed_.mutex_);
    const Blob& blob = feed_.blobs_[digest_];
    feed_.changed_.wait(lock, [&] { return feed_.cancelled_ || blob.stored || blob.size > at_; });
    if (feed_.cancelled_) fail("cancelled");
    part_ = blob.part.get();
    std::uint64_t there = (blob.stored ? expected_ : blob.size) - at_;
    return static_cast<std::size_t>(std::min<std::uint64_t>(most, there));
  }

  LayerFeed& feed_;
  Digest digest_;
  std::uint64_t expected_, at_ = 0;
  int part_ = -1;
};

LayerFeed::LayerFeed(const spec::Store& store, std::string bundle_path, const unpack::Options& options)
    : store_(store), bundle_path_(std::move(bundle_path)), options_(options) {}

LayerFeed::~LayerFeed() {
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  if (cancel_) (void)::eventfd_write(cancel_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

// --- the side of fetch -----------------------------------------------------------------------------------------------

// Before any thread of ours: unpack forks.
void LayerFeed::begin(const spec::Manifest& manifest) {
  manifest_ = manifest;
  try {
    start();
  } catch (const Error&) {
    failure_ = std::current_exception();
    throw FeedFailed();
  }
}

void LayerFeed::start() {
  bundle_.emplace(bundle_path_);
  make_stop_fd();
  options_.stop_fd = stop_.get();
  unpacker_ = std::make_unique<unpack::Unpacker>(bundle_->fd(), options_);
  thread_ = std::thread([this] { work(); });
}

void LayerFeed::make_stop_fd() {
  cancel_ = Fd(oci::check(sys::result(::eventfd(0, EFD_CLOEXEC)), "make an eventfd"));
  stop_ = Fd(oci::check(sys::result(::epoll_create1(EPOLL_CLOEXEC)), "make an epoll descriptor"));
  for (int fd : {cancel_.get(), bundle_->stop().fd()}) {
    epoll_event event{EPOLLIN, {}};
    oci::check(sys::result_void(::epoll_ctl(stop_.get(), EPOLL_CTL_ADD, fd, &event)), "watch for signals");
  }
}

void LayerFeed::arriving(const Digest& digest, int part, std::uint64_t size) {
  Fd own(oci::check(sys::result(::fcntl(part, F_DUPFD_CLOEXEC, 0)), "duplicate a descriptor"));
  std::lock_guard lock(mutex_);
  Blob& blob = blobs_[digest];
  blob.part = std::move(own);
  blob.size = size;
  changed_.notify_all();
}

void LayerFeed::grown(const Digest& digest, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  Blob& blob = blobs_[digest];
  bool wake = size / worth_waking != blob.size / worth_waking;
  blob.size = size;
  if (wake) changed_.notify_all();
}

void LayerFeed::restarted(const Digest& digest) {
  std::lock_guard lock(mutex_);
  blobs_[digest].size = 0;
  restarted_ = true;
}

void LayerFeed::stored(const Digest& digest) {
  std::lock_guard lock(mutex_);
  blobs_[digest].stored = true;
  changed_.notify_all();
}

void LayerFeed::check() {
  if (!bundle_) return;
  bundle_->stop().check();
  std::lock_guard lock(mutex_);
  if (failed_) throw FeedFailed();
}

// --- the side of unpack ----------------------------------------------------------------------------------------------

void LayerFeed::work() {
  try {
    apply_all();
  } catch (...) {
    failure_ = std::current_exception();
    std::lock_guard lock(mutex_);
    failed_ = !restarted_; // else the pull goes on, and it is tried once more
  }
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void LayerFeed::apply_all() {
  {
    std::unique_lock lock(mutex_);
    wait_until_there(lock, manifest_.config.digest, true);
  }
  const std::string& name = manifest_.config.digest.text();
  spec::RawBlob document = spec::read_document(store_.layout(), manifest_.config);
  const spec::ImageConfig config = spec::parse_image_config(document.bytes, cat("config ", name));
  unpack::check_layers(manifest_, config);
  for (std::size_t i = 0; i < manifest_.layers.size(); ++i) {
    apply(manifest_.layers[i], config.rootfs.diff_ids[i]);
    std::lock_guard lock(mutex_);
    applied_ = i + 1;
    changed_.notify_all();
  }
  unpacker_->commit();
}

void LayerFeed::apply(const spec::Descriptor& layer, const Digest& diff_id) {
  bool arrives = false;
  {
    std::unique_lock lock(mutex_);
    wait_until_there(lock, layer.digest, false);
    arrives = static_cast<bool>(blobs_[layer.digest].part);
  }
  unpack::Progress silent;
  if (!arrives) return unpack::apply_stored(*unpacker_, store_.layout(), layer, diff_id, silent);
  try {
    Reader reader(*this, layer);
    unpacker_->apply(unpack::layer_of(layer, diff_id), reader);
  } catch (const Error&) {
    // If its digest turns out to be wrong, that is what went wrong; the pull says so.
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ || blobs_[layer.digest].stored; });
    throw;
  }
}

void LayerFeed::wait_until_there(std::unique_lock<std::mutex>& lock, const Digest& digest, bool whole) {
  const Blob& blob = blobs_[digest];
  changed_.wait(lock, [&] { return cancelled_ || blob.stored || (!whole && blob.part); });
  if (cancelled_) fail("cancelled");
}

// All has arrived; what is not unpacked yet may take a while.
void LayerFeed::show_rest(fetch::Progress& shown) {
  std::unique_lock lock(mutex_);
  std::size_t next = applied_;
  const std::vector<spec::Descriptor>& layers = manifest_.layers;
  if (ended_ || next == layers.size()) return;
  std::uint64_t bytes = 0;
  for (std::size_t i = next; i < layers.size(); ++i) bytes += static_cast<std::uint64_t>(layers[i].size);
  shown.begin(fetch::Progress::Phase::extract, layers.size() - next, bytes);
  for (; next < layers.size(); ++next) {
    const std::string name = layers[next].digest.short_hex();
    const auto size = static_cast<std::uint64_t>(layers[next].size);
    shown.start(name, size, 0);
    changed_.wait(lock, [&] { return ended_ || applied_ > next; });
    if (applied_ <= next) break;
    shown.advance(name, size);
    shown.done(name);
  }
  shown.end();
}

BundleInMaking& LayerFeed::finish(fetch::Progress& shown) {
  if (thread_.joinable()) {
    show_rest(shown);
    thread_.join();
  }
  if (failure_ && restarted_) unpack_again();
  unpacker_.reset();
  if (failure_) std::rethrow_exception(failure_);
  bundle_->has_rootfs(options_.ids);
  return *bundle_;
}

// What arrived first was wrong, then came again: now all of it is in the store.
void LayerFeed::unpack_again() {
  failure_ = nullptr;
  unpacker_.reset(); // removes its rootfs
  unpacker_ = std::make_unique<unpack::Unpacker>(bundle_->fd(), options_);
  for (auto& [digest, blob] : blobs_) blob.part.reset();
  apply_all();
}

} // namespace oci::cli
