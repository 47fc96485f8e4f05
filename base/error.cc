#include "base/error.h"

#include <cstring>

namespace oci {

std::string errno_text(int error_number) {
  const char* known = strerrordesc_np(error_number);
  if (known == nullptr) return cat("error ", error_number);
  std::string text = known;
  bool acronym = text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z'; // "RFS specific error"
  if (!acronym && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

void fail_errno(Errno error, std::string context) {
  throw Error(cat(context, ": ", errno_text(error.value))).with_errno(error.value);
}

} // namespace oci
