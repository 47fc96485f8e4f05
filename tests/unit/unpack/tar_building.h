// Tars by hand, and chunks out of text, for unpack's unit tests.
#pragma once

#include "base/text.h"
#include "unpack/chunks.h"
#include "unpack/tar_header.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace oci::unpack::testing {

// Gives a text out in chunks of `step` bytes.
class TextChunks final : public ChunkSource {
public:
  explicit TextChunks(std::string text, std::size_t step = 700) : text_(std::move(text)), step_(step) {}
  ChunkRef next() override {
    std::size_t size = std::min(step_, text_.size() - at_);
    if (size == 0) return nullptr;
    auto chunk = std::make_shared<Chunk>();
    chunk->bytes.reset(new std::byte[size]);
    chunk->size = size;
    std::memcpy(chunk->bytes.get(), text_.data() + at_, size);
    at_ += size;
    return chunk;
  }

private:
  std::string text_;
  std::size_t step_, at_ = 0;
};

struct HeaderFields {
  std::string name = "f";
  char type = '0';
  std::string size = "00000000000"; // the field itself, at most 12 bytes
  std::string link = {};
  std::string magic = std::string("ustar\0"
                                  "00",
                                  8);
  std::string mtime = "00000000001";
  std::string uid = "0000000", gid = "0000000", mode = "0000644";
  std::string device_major = {}, device_minor = {};
};

inline std::string octal(std::uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%011llo", static_cast<unsigned long long>(number));
  return text;
}

inline void seal(std::string& block) {
  block.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (char c : block) sum += static_cast<unsigned char>(c);
  char text[16];
  std::snprintf(text, sizeof text, "%06o", sum);
  block.replace(148, 7, text, 7);
}

inline std::string header(const HeaderFields& fields) {
  std::string block(tar_block, '\0');
  auto put = [&](std::size_t at, const std::string& text) { block.replace(at, text.size(), text); };
  put(0, fields.name);
  put(100, fields.mode);
  put(108, fields.uid);
  put(116, fields.gid);
  put(124, fields.size);
  put(136, fields.mtime);
  block[156] = fields.type;
  put(157, fields.link);
  put(257, fields.magic);
  put(329, fields.device_major);
  put(337, fields.device_minor);
  seal(block);
  return block;
}

inline std::string padded(std::string content) {
  content.resize((content.size() + tar_block - 1) / tar_block * tar_block, '\0');
  return content;
}

inline std::string member(HeaderFields fields, const std::string& content) {
  fields.size = octal(content.size());
  return header(fields) + padded(content);
}

inline std::string pax_record(std::string_view key, std::string_view value) {
  std::size_t size = key.size() + value.size() + 3;
  std::size_t digits = std::to_string(size + std::to_string(size).size()).size();
  return cat(size + digits, ' ', key, '=', value, '\n');
}

inline std::string pax(const std::string& records, char type = 'x') {
  HeaderFields fields;
  fields.name = "pax";
  fields.type = type;
  return member(fields, records);
}

} // namespace oci::unpack::testing
