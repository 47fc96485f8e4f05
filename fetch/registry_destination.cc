// docker://REFERENCE as a destination: distribution-spec 1.1, push.
#include "fetch/destinations.h"
#include "fetch/registry_call.h"
#include "fetch/registry_error.h"
#include "fetch/retry.h"
#include "fetch/tar_writer.h"

#include <cerrno>
#include <map>
#include <unistd.h>
#include <vector>

namespace oci::fetch {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t copy_buffer = 256u << 10;

[[noreturn]] void fail_push(const std::string& what, const RegistrySession& session, const HttpAnswer& answer) {
  const std::string text =
      cat(what, ": ", session.base().host(), " answered ", registry_error(answer).text(answer.status));
  if (may_pass(answer.status)) throw BrokenUpload(text);
  fail(text);
}

// Where an upload goes on. Another host than the registry's may be named, by the rules of a redirect.
Url upload_url(RegistrySession& session, const HttpAnswer& answer, const std::string& what) {
  const std::string location = answer.header("location");
  std::optional<Url> url = location.empty() ? std::nullopt : session.base().resolve(location);
  if (!url) fail(what, ": ", session.base().host(), " does not say where to upload to");
  if (auto why = refused_step(session.base(), *url, session.insecure())) {
    fail(what, ": upload to ", url->shown(), " refused: ", *why);
  }
  return *url;
}

// One blob: POST begins it, PATCH streams it, PUT gives it its digest.
class Upload final : public DestinationBlob, private BodySender {
public:
  // begun: where it was begun already.
  Upload(RegistrySession& session, std::optional<std::uint64_t> size, const std::optional<Url>& begun)
      : session_(session), size_(size), what_("upload a blob") {
    send_to(begun ? *begun : begin());
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() override { exchange_.reset(); }

  void write(Bytes bytes) override {
    rest_ = bytes;
    bool stuck = false;
    while (!rest_.empty()) {
      session_.progress().check();
      if (exchange_->finished()) fail_early();
      const std::size_t before = rest_.size();
      exchange_->resume();
      session_.http().step(stuck ? milliseconds(100) : milliseconds(0));
      stuck = rest_.size() == before;
    }
  }

  void restart() override {
    exchange_.reset();
    rest_ = {};
    ended_ = false;
    send_to(begin());
  }

  void commit(const spec::Descriptor& content) override {
    what_ = cat("upload blob ", content.digest.text());
    ended_ = true;
    exchange_->resume();
    while (!exchange_->finished()) {
      session_.progress().check();
      session_.http().step(milliseconds(100));
    }
    exchange_->rethrow();
    if (exchange_->failure()) fail_transfer();
    const HttpAnswer& sent = exchange_->answer();
    if (sent.status < 200 || sent.status > 299) fail_push(what_, session_, sent);
    const Url last = upload_url(session_, sent, what_).with_query("digest", content.digest.text());
    RegistryCall call(session_, {.what = what_, .url = last, .method = "PUT"});
    const HttpAnswer& answer = call.finish();
    if (answer.status != 201 && answer.status != 204) fail_push(what_, session_, answer);
  }

private:
  Url begin() {
    RegistryCall call(session_, {.what = what_, .url = session_.repository_url("blobs/uploads/"), .method = "POST"});
    const HttpAnswer& answer = call.finish();
    if (answer.status == 401 || answer.status == 403) session_.auth().fail_denied(answer);
    if (answer.status != 202) fail_push(what_, session_, answer);
    return upload_url(session_, answer, what_);
  }

  void send_to(Url url) {
    HttpRequest request{.url = std::move(url)};
    request.method = "PATCH";
    request.headers = {"Content-Type: application/octet-stream"};
    request.sender = this;
    request.sent_size = size_;
    if (request.url.same_origin(session_.base())) {
      request.authorization = session_.auth().authorization();
      request.with_client_cert = true;
    }
    exchange_ = session_.http().start(std::move(request));
  }

  std::optional<std::size_t> read(std::span<std::byte> into) noexcept override {
    if (rest_.empty()) return ended_ ? std::optional<std::size_t>(0) : std::nullopt;
    const std::size_t count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.begin(), count, into.begin());
    rest_ = rest_.subspan(count);
    return count;
  }

  [[noreturn]] void fail_early() {
    exchange_->rethrow();
    if (exchange_->failure()) fail_transfer();
    fail_push(what_, session_, exchange_->answer());
  }

  [[noreturn]] void fail_transfer() {
    const std::string text = cat(what_, ": ", exchange_->failure()->text);
    if (exchange_->failure()->may_pass) throw BrokenUpload(text);
    fail(text);
  }

  RegistrySession& session_;
  std::optional<std::uint64_t> size_;
  std::string what_;
  Bytes rest_;
  bool ended_ = false;
  std::unique_ptr<HttpExchange> exchange_;
};

// One blob of which the digest comes last, in a nameless file until then: it is uploaded if it is not there.
class LateUpload final : public DestinationBlob {
public:
  LateUpload(ImageDestination& destination, int scratch)
      : destination_(destination), file_(nameless_file(scratch, "a layer")), sink_(file_.get(), "a temporary file") {}

  void write(Bytes bytes) override { sink_.write(bytes); }
  void restart() override {
    if (::ftruncate(file_.get(), 0) != 0) fail_errno(Errno{errno}, "begin a temporary file anew");
    rewind();
  }
  void commit(const spec::Descriptor& content) override {
    if (destination_.has_blob(content)) return;
    rewind();
    const auto upload = destination_.begin_blob(&content, ImageDestination::Kind::layer);
    FdSource source(file_.get(), "a temporary file");
    std::vector<std::byte> buffer(copy_buffer);
    while (std::size_t count = source.read(buffer)) upload->write(Bytes(buffer).first(count));
    upload->commit(content);
  }

private:
  void rewind() {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) fail_errno(Errno{errno}, "read a temporary file");
  }
  ImageDestination& destination_;
  Fd file_;
  FdSink sink_;
};

RegistryOptions for_push(RegistryOptions options) {
  options.access = Access::push;
  return options;
}

class RegistryDestination final : public ImageDestination {
public:
  RegistryDestination(const spec::ImageName& name, const CopyOptions& options, int scratch, Progress& progress)
      : reference_(*name.reference), options_(for_push(options.destination)), session_(reference_, options_, progress),
        scratch_(scratch), precompute_(options.precompute_digests) {}

  const Abilities& abilities() const override { return abilities_; }
  Digest required_digest() const override { return reference_.digest; }

  void comes_from(const spec::ImageName& name) override {
    other_repository_.clear();
    const bool same_registry =
        name.transport == spec::Transport::docker && name.reference->registry == reference_.registry;
    if (!same_registry || name.reference->repository == reference_.repository) return;
    other_repository_ = name.reference->repository;
    session_.auth().also_pull(other_repository_);
  }

  bool has_blob(const spec::Descriptor& descriptor) override { return is_there(descriptor) || mount(descriptor); }

  std::unique_ptr<DestinationBlob> begin_blob(const spec::Descriptor* known, Kind) override {
    if (known == nullptr && precompute_) return std::make_unique<LateUpload>(*this, scratch_);
    if (known == nullptr) return std::make_unique<Upload>(session_, std::nullopt, std::nullopt);
    std::optional<Url> begun;
    if (auto found = begun_.extract(known->digest)) begun = std::move(found.mapped());
    return std::make_unique<Upload>(session_, static_cast<std::uint64_t>(known->size), begun);
  }

  void put_document(const spec::Descriptor& descriptor, const std::string& bytes, Place place,
                    const std::string&) override {
    const bool tagged = place == Place::top && !reference_.tag.empty();
    const std::string name = tagged ? reference_.tag : descriptor.digest.text();
    const std::string what = cat("upload manifest ", name);
    RegistryCall call(session_, {.what = what,
                                 .url = session_.repository_url(cat("manifests/", name)),
                                 .headers = {cat("Content-Type: ", descriptor.media_type)},
                                 .method = "PUT",
                                 .sent = bytes});
    const HttpAnswer& answer = call.finish();
    if (answer.status != 201 && answer.status != 200) fail_push(what, session_, answer);
  }
  void finish() override {}

private:
  bool is_there(const spec::Descriptor& descriptor) {
    RegistryCall call(session_, {.what = cat("look for blob ", descriptor.digest.text()),
                                 .url = session_.repository_url(cat("blobs/", descriptor.digest.text())),
                                 .head = true});
    return call.finish().status == 200;
  }

  // From the repository the image comes from. A registry that cannot, or does not know the blob there, may begin an
  // upload instead, which then is gone on with.
  bool mount(const spec::Descriptor& descriptor) {
    if (other_repository_.empty()) return false;
    const std::string what = cat("mount blob ", descriptor.digest.text());
    const Url url = session_.repository_url("blobs/uploads/")
                        .with_query("mount", descriptor.digest.text())
                        .with_query("from", other_repository_);
    RegistryCall call(session_, {.what = what, .url = url, .method = "POST"});
    const HttpAnswer& answer = call.finish();
    if (answer.status == 202) begun_.insert_or_assign(descriptor.digest, upload_url(session_, answer, what));
    return answer.status == 201;
  }

  const Abilities abilities_{.transport = "docker",
                             .manifests = {spec::media::oci_manifest, spec::media::docker_manifest},
                             .layers = Layers::compressed};
  spec::Reference reference_;
  RegistryOptions options_;
  RegistrySession session_;
  std::string other_repository_; // of the same registry; "" when the image is from elsewhere
  std::map<Digest, Url> begun_;
  int scratch_;
  bool precompute_;
};

} // namespace

std::unique_ptr<ImageDestination> write_registry(const spec::ImageName& name, const CopyOptions& options, int scratch,
                                                 Progress& progress) {
  return std::make_unique<RegistryDestination>(name, options, scratch, progress);
}

} // namespace oci::fetch
