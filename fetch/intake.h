// Blobs on their way into the store: the one place where what a source delivers is counted, hashed and kept. A blob
// grows in .oci/partial, survives there when the process ends, and is renamed into blobs/ once size and digest are
// right.
#pragma once

#include "base/hash.h"
#include "base/io.h"
#include "fetch/blob_taker.h"
#include "fetch/observer.h"
#include "fetch/progress.h"
#include "spec/store.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace oci::fetch {

struct IntakeTotals {
  std::size_t blobs_fetched = 0, blobs_present = 0;
  std::uint64_t bytes_fetched = 0, bytes_present = 0;
};

class IncomingBlob final : public TakenBlob {
public:
  IncomingBlob(const spec::Store& store, spec::Descriptor descriptor, FileLock lock, Progress& progress,
               Observer& observer, IntakeTotals& totals);
  IncomingBlob(const IncomingBlob&) = delete;
  IncomingBlob& operator=(const IncomingBlob&) = delete;
  ~IncomingBlob() override;

  const spec::Descriptor& descriptor() const override { return descriptor_; }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }

  void write(Bytes bytes) override; // throws as soon as there are more than the descriptor says
  void restart() override;
  // Of the whole blob. False when the digest is wrong but part of it was from an earlier process: it was started over,
  // and the caller delivers once more. Throws when the digest is wrong otherwise.
  bool commit() override;

private:
  void open_part();
  void discard();

  const spec::Store& store_;
  spec::Descriptor descriptor_;
  FileLock lock_;
  Progress& progress_;
  Observer& observer_;
  IntakeTotals& totals_;
  std::string name_, shown_, file_name_;
  Fd file_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
  std::uint64_t from_before_ = 0; // of size_, written by an earlier process
};

class Intake final : public BlobTaker {
public:
  // Nobody watches when `observer` is nullptr.
  Intake(const spec::Store& store, Progress& progress, Observer* observer = nullptr)
      : store_(store), progress_(progress), observer_(observer ? *observer : nobody_) {}

  // Those of `wanted` that are not in the store yet, or are damaged there, each digest once. What is there is read.
  std::vector<spec::Descriptor> missing(std::span<const spec::Descriptor> wanted);

  Admission try_admit(const spec::Descriptor& descriptor) override;
  // The whole way of one blob from a file; waits for another process that is at it. `open` is called when it is needed.
  void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) override;

  void check() override;
  Progress& progress() override { return progress_; }
  Observer& observer() { return observer_; }
  const IntakeTotals& totals() const { return totals_; }

private:
  Admission admit(const spec::Descriptor& descriptor, FileLock lock);
  void count_present(const spec::Descriptor& descriptor);
  FileLock wait_for_lock(const Digest& digest);
  bool is_sound(const spec::Descriptor& descriptor);
  bool is_there(const spec::Descriptor& descriptor) const;

  const spec::Store& store_;
  Progress& progress_;
  Observer nobody_;
  Observer& observer_;
  IntakeTotals totals_;
  std::map<Digest, ino_t> damaged_; // files that are to be replaced
};

} // namespace oci::fetch
