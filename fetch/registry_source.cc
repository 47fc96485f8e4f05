#include "fetch/registry_source.h"

#include "fetch/registries.h"
#include "fetch/registry_call.h"
#include "fetch/registry_error.h"

#include <algorithm>
#include <deque>
#include <set>

namespace oci::fetch {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> accepted_documents() {
  std::vector<std::string> headers;
  for (std::string_view type :
       {spec::media::oci_manifest, spec::media::docker_manifest, spec::media::docker_schema1_signed,
        spec::media::docker_schema1, spec::media::docker_list, spec::media::oci_index}) {
    headers.push_back(cat("Accept: ", type));
  }
  return headers;
}

// What the header says when that is a kind of document; "" lets the body tell.
std::string document_type(const HttpAnswer& answer) {
  std::string header = answer.header("content-type");
  std::string type = to_lower(trim(std::string_view(header).substr(0, header.find(';'))));
  bool known = spec::media::is_manifest(type) || spec::media::is_index(type) || type == spec::media::docker_schema1 ||
               type == spec::media::docker_schema1_signed;
  return known ? type : "";
}

// One blob from the first request to the rename, through failures and restarts.
class BlobTransfer final : private ResumableBody {
public:
  BlobTransfer(RegistrySession& session, std::unique_ptr<TakenBlob> blob) : session_(session), blob_(std::move(blob)) {}

  // True when the blob is in the store.
  bool advance() {
    if (blob_->size() < blob_->expected()) {
      if (!call_) start();
      if (!call_->advance()) return false;
      judge(call_->answer());
      call_.reset();
      if (blob_->size() < blob_->expected()) return false; // to be had from the start
    }
    return blob_->commit();
  }

private:
  void start() {
    Url url = session_.repository_url(cat("blobs/", blob_->descriptor().digest.text()));
    call_ = std::make_unique<RegistryCall>(session_,
                                           RegistryCall::Request{.what = blob_->name(), .url = url, .body = this});
  }

  void judge(const HttpAnswer& answer) {
    if (answer.status == 200 || answer.status == 206) return;
    bool part_is_useless = answer.status == 416 && blob_->size() > 0 && !started_over_;
    if (part_is_useless) {
      started_over_ = true;
      return blob_->restart();
    }
    if (answer.status == 403 && call_->answering_host() == session_.base().host()) session_.auth().fail_denied(answer);
    std::string why = registry_error(answer).text(answer.status);
    const spec::Descriptor& wanted = blob_->descriptor();
    if (answer.status == 404 && spec::media::is_foreign_layer(wanted.media_type)) {
      fail(blob_->name(), ": a foreign layer that ", call_->answering_host(),
           " does not have; other addresses are not asked");
    }
    fail(blob_->name(), ": ", call_->answering_host(), " answered ", why);
  }

  void begin(const HttpAnswer& answer) override {
    if (answer.status == 200) {
      if (blob_->size() > 0) blob_->restart();
      return;
    }
    std::string range = answer.header("content-range");
    if (!range.starts_with(cat("bytes ", blob_->size(), "-"))) {
      fail(blob_->name(), ": asked for the bytes from ", blob_->size(), ", got ", printable(range, 80));
    }
  }
  void write(Bytes bytes) override { blob_->write(bytes); }
  std::uint64_t offset() const override { return blob_->size(); }
  std::optional<std::string> shortcoming() const override {
    if (blob_->size() == blob_->expected()) return std::nullopt;
    return cat("the answer ends after ", blob_->size(), " of ", blob_->expected(), " bytes");
  }

  RegistrySession& session_;
  std::unique_ptr<TakenBlob> blob_;
  bool started_over_ = false;
  std::unique_ptr<RegistryCall> call_;
};

class RegistrySource final : public ImageSource {
public:
  RegistrySource(const spec::Reference& reference, const PullOptions& options, Progress& progress)
      : reference_(reference), parallel_(std::max(options.parallel, 1u)),
        session_(reference, options.registry, progress) {}

  spec::RawBlob top() override {
    return get_document(reference_.tag.empty() ? reference_.digest.text() : reference_.tag, reference_.digest);
  }

  std::string document(const spec::Descriptor& descriptor) override {
    return get_document(descriptor.digest.text(), descriptor.digest).bytes;
  }

  std::int64_t blob_size(const Digest& digest) override {
    const std::string what = cat("size of blob ", digest.text());
    RegistryCall call(session_,
                      {.what = what, .url = session_.repository_url(cat("blobs/", digest.text())), .head = true});
    const HttpAnswer& answer = call.finish();
    if (answer.status != 200) fail(what, ": ", call.answering_host(), " answered ", answer.status);
    const auto size = parse_unsigned(answer.header("content-length"));
    if (!size || *size > INT64_MAX) fail(what, ": ", call.answering_host(), " does not say");
    return static_cast<std::int64_t>(*size);
  }

  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override {
    std::deque<spec::Descriptor> waiting(wanted.begin(), wanted.end());
    std::vector<std::unique_ptr<BlobTransfer>> running;
    while (!waiting.empty() || !running.empty()) {
      taker.check();
      start_some(waiting, running, taker);
      std::erase_if(running, [](const auto& transfer) { return transfer->advance(); });
      if (!waiting.empty() || !running.empty()) session_.http().step(milliseconds(100));
    }
  }

  std::string store_name() override { return reference_.text(); }

private:
  // What another process fetches stays in the queue, behind what nobody does.
  void start_some(std::deque<spec::Descriptor>& waiting, std::vector<std::unique_ptr<BlobTransfer>>& running,
                  BlobTaker& taker) {
    for (std::size_t left = waiting.size(); left > 0 && running.size() < parallel_; --left) {
      spec::Descriptor descriptor = std::move(waiting.front());
      waiting.pop_front();
      BlobTaker::Admission admission = taker.try_admit(descriptor);
      if (admission.state == BlobTaker::State::busy) {
        say_who_is_waited_for(descriptor, taker.progress());
        waiting.push_back(std::move(descriptor));
      } else if (admission.state == BlobTaker::State::open) {
        running.push_back(std::make_unique<BlobTransfer>(session_, std::move(admission.blob)));
      }
    }
  }

  void say_who_is_waited_for(const spec::Descriptor& descriptor, Progress& progress) {
    if (!waited_for_.insert(descriptor.digest).second) return;
    progress.note(cat(descriptor.digest.short_hex(), ": another process fetches it"));
  }

  spec::RawBlob get_document(const std::string& name, const Digest& digest) {
    RegistryCall call(session_, {.what = cat("manifest ", name),
                                 .url = session_.repository_url(cat("manifests/", name)),
                                 .headers = accepted_documents(),
                                 .body_limit = spec::max_document_bytes});
    const HttpAnswer& answer = call.finish();
    judge_document(call, answer, name);
    return {document_type(answer), digest, answer.body};
  }

  void judge_document(const RegistryCall& call, const HttpAnswer& answer, const std::string& name) {
    if (answer.status == 200) {
      std::string encoding = to_lower(answer.header("content-encoding"));
      if (!encoding.empty() && encoding != "identity")
        fail("manifest ", name, ": sent with content encoding ", printable(encoding, 40));
      if (to_lower(answer.header("content-type")).starts_with("text/html"))
        fail("manifest ", name, ": ", call.answering_host(), " answered with a web page: it is no registry");
      return;
    }
    RegistryError error = registry_error(answer);
    std::string why = error.text(answer.status);
    if (answer.status == 404 && error.code == "NAME_UNKNOWN") throw Error(cat("repository not found: ", why), 2);
    if (answer.status == 404) throw Error(cat("image not found: ", why), 2);
    bool own_answer = call.answering_host() == session_.base().host();
    if (own_answer && (answer.status == 401 || answer.status == 403)) session_.auth().fail_denied(answer);
    fail("manifest ", name, ": ", call.answering_host(), " answered ", why);
  }

  spec::Reference reference_;
  std::size_t parallel_;
  std::set<Digest> waited_for_;
  RegistrySession session_;
};

// --creds are for the registry that was named.
PullOptions options_for(const RegistryPlace& place, PullOptions options) {
  if (place.insecure && !options.registry.tls_verify) options.registry.tls_verify = false;
  if (!place.is_mirror) return options;
  options.registry.credentials.reset();
  options.registry.token.clear();
  return options;
}

// Whatever place has the image first gives all of it.
class PlacedSource final : public ImageSource {
public:
  PlacedSource(spec::Reference named, std::vector<RegistryPlace> places, PullOptions options, Progress& progress)
      : named_(std::move(named)), places_(std::move(places)), options_(std::move(options)), progress_(progress) {}

  spec::RawBlob top() override {
    for (const RegistryPlace& place : std::span(places_).first(places_.size() - 1)) {
      try {
        return top_at(place);
      } catch (const Error& error) {
        progress_.check();
        progress_.note(cat("mirror ", place.reference.text(), ": ", error.message()));
      }
    }
    return with_context(places_.back().reference.text(), [&] { return top_at(places_.back()); });
  }

  std::string document(const spec::Descriptor& descriptor) override { return chosen_->document(descriptor); }
  std::int64_t blob_size(const Digest& digest) override { return chosen_->blob_size(digest); }
  void blobs(std::span<const spec::Descriptor> wanted, BlobTaker& taker) override { chosen_->blobs(wanted, taker); }
  std::string store_name() override { return named_.text(); }

private:
  spec::RawBlob top_at(const RegistryPlace& place) {
    chosen_ = std::make_unique<RegistrySource>(place.reference, options_for(place, options_), progress_);
    return chosen_->top();
  }

  spec::Reference named_;
  std::vector<RegistryPlace> places_;
  PullOptions options_;
  Progress& progress_;
  std::unique_ptr<ImageSource> chosen_;
};

} // namespace

std::unique_ptr<ImageSource> open_registry(const spec::Reference& reference, const PullOptions& options,
                                           Progress& progress) {
  if (reference.tag.empty() && reference.digest.empty())
    throw Error(cat("read ", reference.text(), ": an image of which the digest is unknown can only be written"))
        .with_hint("name it by its tag or digest");
  std::vector<RegistryPlace> places = Registries::configured().places(reference);
  if (places.size() == 1 && places.front().reference.text() == reference.text())
    return std::make_unique<RegistrySource>(reference, options_for(places.front(), options), progress);
  return std::make_unique<PlacedSource>(reference, std::move(places), options, progress);
}

} // namespace oci::fetch
