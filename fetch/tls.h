// What TLS needs to know for one registry: CAs and a client certificate, from --cert-dir or the certs.d folders
// (containers-certs.d(5)).
#pragma once

#include <string>

namespace oci::fetch {

struct TlsSetup {
  bool verify = true;
  std::string ca_bundle;               // PEM text of the system's and the further CAs; "": libcurl's own default
  std::string client_cert, client_key; // paths of PEM files, both or none
};

// `host` as the reference writes it ("registry.example:5000"). Throws naming the file that lacks its other half.
TlsSetup tls_setup(const std::string& host, const std::string& cert_dir, bool verify);

} // namespace oci::fetch
