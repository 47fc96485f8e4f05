#include "runtime/init/init.h"

namespace {
// Or the compiler would see a loop that copies, and make it a call of memcpy.
inline void keep_loop() { asm volatile("" ::: "memory"); }
} // namespace

void* memcpy(void* into, const void* from, size_t size) {
  for (size_t i = 0; i < size; ++i, keep_loop()) static_cast<char*>(into)[i] = static_cast<const char*>(from)[i];
  return into;
}

void* memset(void* into, int value, size_t size) {
  for (size_t i = 0; i < size; ++i, keep_loop()) static_cast<char*>(into)[i] = static_cast<char>(value);
  return into;
}

namespace init {

size_t length(const char* text) {
  size_t n = 0;
  while (text[n] != 0) ++n;
  return n;
}

bool same(const char* a, const char* b) {
  for (; *a != 0 && *a == *b; ++a) ++b;
  return *a == *b;
}

bool starts_with(const char* text, const char* prefix) {
  for (; *prefix != 0; ++prefix)
    if (*text++ != *prefix) return false;
  return true;
}

const char* find(const char* text, char c) {
  for (; *text != 0; ++text)
    if (*text == c) return text;
  return nullptr;
}

bool join(char* into, size_t size, const char* a, const char* b, const char* c, const char* d) {
  const char* parts[] = {a, b, c, d};
  for (const char* part : parts) {
    size_t n = length(part);
    if (n >= size) return false;
    memcpy(into, part, n);
    into += n;
    size -= n;
  }
  *into = 0;
  return true;
}

} // namespace init
