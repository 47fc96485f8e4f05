// Who takes the blobs a source delivers: the store (intake.h), or a destination of a copy (copy_blobs.h). A source
// knows neither.
#pragma once

#include "base/io.h"
#include "fetch/progress.h"
#include "spec/image.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace oci::fetch {

// One blob on its way. Its bytes are counted and hashed by who takes it.
class TakenBlob : public Sink {
public:
  virtual const spec::Descriptor& descriptor() const = 0;
  virtual const std::string& name() const = 0; // "blob sha256:…", for errors
  virtual std::uint64_t size() const = 0;      // bytes that are there: where a transfer goes on
  std::uint64_t expected() const { return static_cast<std::uint64_t>(descriptor().size); }
  virtual void restart() = 0; // from byte 0
  // Of the whole blob. False when it has to be delivered once more, from byte 0. Throws when it is not what its
  // descriptor says.
  virtual bool commit() = 0;
};

class BlobTaker {
public:
  virtual ~BlobTaker() = default;
  enum class State { open, present, busy }; // busy: another process fetches it right now
  struct Admission {
    State state;
    std::unique_ptr<TakenBlob> blob; // when open
  };
  virtual Admission try_admit(const spec::Descriptor& descriptor) = 0; // never waits
  // The whole way of one blob from a file; `open` is called when it is needed.
  virtual void copy(const spec::Descriptor& descriptor, const std::function<std::unique_ptr<Source>()>& open) = 0;
  virtual Progress& progress() = 0;
  virtual void check() {} // throws when there is no use in going on
};

} // namespace oci::fetch
