// Unpacks an image while it is pulled: fetch tells what arrives, a thread hands that to unpack, layer by layer in
// order, reading along in the store's own files. Layers that are ahead wait there; those that are in the store already
// are read from it.
#pragma once

#include "cli/bundle_in_making.h"
#include "fetch/fetch.h"
#include "spec/store.h"
#include "unpack/unpack.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace oci::cli {

// Ends a pull whose image cannot be unpacked. Not an Error: what went wrong is not the pull's; finish() tells.
struct FeedFailed {};

class LayerFeed final : public fetch::Observer {
public:
  LayerFeed(const spec::Store& store, std::string bundle_path, const unpack::Options& options);
  LayerFeed(const LayerFeed&) = delete;
  LayerFeed& operator=(const LayerFeed&) = delete;
  ~LayerFeed() override; // stops what is under way

  // The bundle with its whole rootfs; waits for it and shows the layers that are left. To be called after the pull, and
  // after FeedFailed. Throws what went wrong.
  BundleInMaking& finish(fetch::Progress& shown);

  void begin(const spec::Manifest& manifest) override;
  void arriving(const Digest& digest, int part, std::uint64_t size) override;
  void grown(const Digest& digest, std::uint64_t size) override;
  void restarted(const Digest& digest) override;
  void stored(const Digest& digest) override;
  void check() override;

private:
  class Reader;
  struct Blob {
    Fd part; // while and after it arrived in this pull
    std::uint64_t size = 0;
    bool stored = false;
  };

  void start();
  void make_stop_fd();
  void work();
  void apply_all();
  void apply(const spec::Descriptor& layer, const Digest& diff_id);
  void wait_until_there(std::unique_lock<std::mutex>& lock, const Digest& digest, bool whole);
  void show_rest(fetch::Progress& shown);
  void unpack_again();

  const spec::Store& store_;
  std::string bundle_path_;
  unpack::Options options_;
  spec::Manifest manifest_;
  std::optional<BundleInMaking> bundle_;
  Fd cancel_, stop_; // stop_ is readable on a signal and once cancel_ is written to
  std::unique_ptr<unpack::Unpacker> unpacker_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Digest, Blob> blobs_;
  bool cancelled_ = false, restarted_ = false, failed_ = false;
  std::size_t applied_ = 0; // layers
  bool ended_ = false;      // the thread's work
  std::exception_ptr failure_;
  std::thread thread_;
};

} // namespace oci::cli
