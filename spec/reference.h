// Image names: docker references with Docker's normalisation, and names with a transport (containers-transports.5).
#pragma once

#include "base/digest.h"

#include <optional>
#include <string>
#include <string_view>

namespace oci::spec {

// Ends the name of an image that is pushed under its digest alone: "docker://localhost:5000/a@@unknown-digest@@".
constexpr std::string_view unknown_digest = "@@unknown-digest@@";

// A docker reference, normalised: "alpine" is docker.io/library/alpine:latest.
struct Reference {
  std::string registry;   // "docker.io", "localhost:5000"
  std::string repository; // "library/alpine"
  std::string tag;        // "" when named by digest
  Digest digest;          // empty when named by tag; both are with unknown_digest

  // Throws Error (usage) that names the text and what is wrong with it.
  static Reference parse(std::string_view text);

  std::string name() const;     // "docker.io/library/alpine"
  std::string text() const;     // "docker.io/library/alpine:latest", "…@sha256:…"
  std::string familiar() const; // as people write it: "alpine:latest"
};

enum class Transport { docker, oci, oci_archive, docker_archive, docker_daemon, dir };

// "oci:path:tag", "docker-archive:file.tar:name", "docker://alpine"; a name without transport is docker.
struct ImageName {
  Transport transport = Transport::docker;
  std::optional<Reference> reference; // docker, docker_daemon: always; docker_archive: when one was given
  std::string path;                   // all but docker and docker_daemon
  std::string ref;                    // oci, oci_archive: the ref.name, "" when none was given
  std::optional<std::size_t> index;   // ":@N" of oci and the archives

  static ImageName parse(std::string_view text);
  std::string text() const;
};

// The distribution-spec's <reference> as a tag: at most 128 of letters, digits, `_`, `.` and `-`.
bool is_tag(std::string_view tag);

// What a name in a layout's index may be (image-spec annotations.md, org.opencontainers.image.ref.name).
bool is_ref_name(std::string_view ref);

// True when `text` begins with a transport this program knows ("oci:", "docker://", …).
bool has_transport(std::string_view text);

} // namespace oci::spec
