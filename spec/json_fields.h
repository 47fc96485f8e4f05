// One list of fields a struct drives reading, writing and keeping what is not known. A mapped struct has
//     Json extra;                                       // object of the keys not listed, in order; null when there are
//     none template <class S, class V> static void fields(S& s, V& v) {
//       v.required("digest", s.digest);  // missing or null: error
//       v.size("size", s.size);          // required, a count of bytes: 0 … 2^53
//       v.always("uid", s.uid);          // may be missing; always written
//       v.optional("urls", s.urls);      // may be missing; written unless empty, false, 0 or nullopt
//     }
// The code that walks the lists is json_decode.h and json_encode.h, included by .cc files of spec only.
#pragma once

#include <string>
#include <vector>

namespace oci::spec {

// A JSON object used as a set: {"80/tcp": {}}.
struct KeySet {
  std::vector<std::string> keys; // in document order
  bool empty() const { return keys.empty(); }
  friend bool operator==(const KeySet&, const KeySet&) = default;
};

} // namespace oci::spec
