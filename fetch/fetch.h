// A reference or a file becomes a verified image in the store. Distribution-spec 1.1 (pull), image-spec 1.1 (layout).
// Every byte that lands in the store was checked against the digest and size that name it. Nothing is written below the
// store's blobs before it is whole; what an interrupted pull leaves is a part in .oci/partial that the next one
// resumes.
#pragma once

#include "fetch/observer.h"
#include "fetch/progress.h"
#include "spec/image.h"
#include "spec/reference.h"
#include "spec/store.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace oci::fetch {

struct Credentials {
  std::string user, password;
};

// "user:password"; "user" alone has an empty password. Throws (without the text) when the user is empty.
Credentials parse_credentials(std::string_view text);

enum class Access { pull, push, remove };

// How a place is reached. The defaults are what a user without flags wants.
struct RegistryOptions {
  std::optional<Credentials> credentials; // used instead of what the auth files hold
  std::string token;                      // a Bearer token that is sent as it is, instead
  bool anonymous = false;                 // send no credentials, whatever the auth files hold
  Access access = Access::pull;           // what a token is asked for
  std::string auth_file;                  // "": $REGISTRY_AUTH_FILE, else the files of containers-auth.json(5)
  // Unset: https with certificates checked; plain http only to a registry on loopback. True: https only. False:
  // certificates are not checked, and http is tried when the registry speaks no TLS.
  std::optional<bool> tls_verify;
  std::string cert_dir;     // *.crt are further CAs, X.cert with X.key a client certificate; "": the certs.d folders
  std::string shared_blobs; // oci: the folder that has the blobs, instead of the layout's own
  std::string daemon_host;  // docker-daemon: where it listens; "": as the docker command finds it
  unsigned retries = 3;     // of one request, after errors that may pass
  bool waits_for_registry = false;                      // one that cannot be reached is tried again, too
  std::optional<std::chrono::milliseconds> retry_delay; // between tries; unset: it grows
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds stall_timeout{60}; // a transfer slower than 256 bytes a second for so long is given up
};

// Who we say we are to registries and daemons, "oci/VERSION" unless this was called before the first request.
void set_user_agent(std::string text);
// From now on registries on loopback are asked by https as all others are.
void forbid_http_on_loopback();

// Whether an image may be taken at all: containers-policy.json(5).
struct TrustOptions {
  std::string policy_file; // "": the user's ~/.config/containers/policy.json, else /etc/containers/policy.json
  bool unchecked = false;
};

// Throws Error "Source image rejected: …" when `source` may not be taken; without a policy everything is. pull and copy
// ask it themselves; whoever makes a destination first asks before.
void check_policy(const spec::ImageName& source, const TrustOptions& options);

struct PullOptions {
  spec::Platform platform = spec::host_platform(); // chosen from an index
  RegistryOptions registry;
  TrustOptions trust;
  unsigned parallel = 6;        // blobs at the same time
  Observer* observer = nullptr; // is told of the blobs while they arrive
};

struct Pulled {
  std::string reference;                            // the name the store has it under, docker-normalised
  spec::Descriptor manifest;                        // of the one image; its platform is not set
  spec::Platform platform;                          // as the image's config says
  std::size_t blobs_fetched = 0, blobs_present = 0; // config and layers, each once
  std::uint64_t bytes_fetched = 0;                  // over the network or from the file, in this call
  std::uint64_t bytes_present = 0;                  // that were in the store, or in .oci/partial
  bool changed = false;                             // the name did not stand for this manifest before
};

// What a user's word stands for, in the order to try. Of a word without transport and registry registries.conf may say
// it: an alias, or the registries to search, of which one after the other is asked that knows no such image. Else, and
// of all other words, it is the one name docker would take it for.
std::vector<spec::ImageName> meanings(const std::string& text);

// Brings the image `name` into the store, tags it, and makes it the one pulled last. Takes docker://, oci:,
// oci-archive:, docker-archive:, docker-daemon: and dir: names. The name in the store is the reference of docker://; of
// a file the docker name it carries (RepoTags, or a ref.name such as "alpine:3.20"), else "localhost/<file
// name>:<ref.name or latest>". Throws Error "pull <name>: …": exit code 2 when there is no such image, 1 otherwise.
// Needs nothing of the environment but the auth files, the proxy variables and the CA bundle.
Pulled pull(spec::Store& store, const spec::ImageName& name, const PullOptions& options, Progress& progress);

// What `docker inspect` prints of one container, from dockerd: $DOCKER_HOST, the docker command's context, or its
// socket.
std::string inspect_docker_container(const std::string& name);

} // namespace oci::fetch

#include "fetch/copy.h" // uses the options above
#include "fetch/inspect.h"
#include "fetch/login_file.h"
#include "fetch/registry_admin.h"
#include "fetch/sync_list.h"
#include "fetch/verify.h"
