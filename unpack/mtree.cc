// mtree(5) as go-mtree writes and reads it: each folder's files first, then its folders, each closed by "..".
#include "unpack/tree.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/text.h"
#include "unpack/names.h"

#include <array>
#include <optional>

namespace oci::unpack {

namespace {

// --- names: vis(3) with VIS_OCTAL, VIS_WHITE, VIS_GLOB ---

std::string octal(std::uint64_t number) { // as Go's %#o
  std::string digits;
  for (; number != 0; number /= 8) digits.insert(digits.begin(), static_cast<char>('0' + number % 8));
  return "0" + digits;
}

std::string vis(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte > ' ' && byte < 0x7f && std::string_view("*?[#").find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += '\\';
      for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + (byte >> shift & 7));
    }
  }
  return out;
}

// "\M-c", "\M^c", "\^c": what old programs write for the upper half and for control characters.
std::optional<char> caret(std::string_view& rest) {
  unsigned high = 0;
  if (rest.starts_with('M')) {
    high = 0x80;
    rest.remove_prefix(1);
    if (rest.starts_with('-') && rest.size() > 1) {
      const char c = static_cast<char>(static_cast<unsigned char>(rest[1]) | high);
      rest.remove_prefix(2);
      return c;
    }
  }
  if (!rest.starts_with('^') || rest.size() < 2) return std::nullopt;
  const unsigned control = rest[1] == '?' ? 0x7f : static_cast<unsigned char>(rest[1]) & 0x1f;
  rest.remove_prefix(2);
  return static_cast<char>(control | high);
}

std::optional<char> letter_escape(char c) {
  constexpr std::string_view letters = "nrbavtfs0", meanings("\n\r\b\a\v\t\f \0", 9);
  if (c == '\\') return c;
  const std::size_t at = letters.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return meanings[at];
}

std::string unvis(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      out += c;
      continue;
    }
    const auto number = text.size() >= 3 ? parse_unsigned(text.substr(0, 3), 8) : std::nullopt;
    if (number && *number < 256) {
      out += static_cast<char>(*number);
      text.remove_prefix(3);
      continue;
    }
    auto meant = text.empty() ? std::nullopt : letter_escape(text.front());
    if (meant)
      text.remove_prefix(1);
    else
      meant = caret(text);
    if (!meant) fail("a name is not well encoded");
    out += *meant;
  }
  return out;
}

// Some leave out the padding.
std::string from_base64(std::string_view text) {
  std::string padded(text);
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto decoded = base64_decode(padded);
  if (!decoded) fail("an extended attribute is not well encoded");
  return std::move(*decoded);
}

// --- writing ---

constexpr std::array<std::pair<Kind, std::string_view>, 6> type_names{{{Kind::file, "file"},
                                                                       {Kind::folder, "dir"},
                                                                       {Kind::symlink, "link"},
                                                                       {Kind::fifo, "fifo"},
                                                                       {Kind::char_device, "char"},
                                                                       {Kind::block_device, "block"}}};

std::string_view type_name(Kind kind) {
  for (const auto& [one, name] : type_names)
    if (one == kind) return name;
  return "file";
}

constexpr std::size_t buffer_bytes = 64u << 10;

struct Listing {
  std::vector<Tree::const_iterator> files, folders;
};
using Listings = std::map<std::string, Listing, std::less<>>;

class MtreeWriter {
public:
  MtreeWriter(const Tree& tree, std::string head, Sink& sink) : sink_(sink), out_(std::move(head)) {
    for (auto it = tree.begin(); it != tree.end(); ++it) {
      if (it->first.empty()) continue;
      Listing& folder = listings_[std::string(split_name(it->first).folder)];
      (it->second.kind == Kind::folder ? folder.folders : folder.files).push_back(it);
    }
    if (const auto root = tree.find(""); root != tree.end()) write_tree(root);
    flush();
  }

private:
  void flush() {
    sink_.write(as_bytes(out_));
    out_.clear();
  }

  // Depth first, without recursion: an image chooses how deep.
  void write_tree(Tree::const_iterator root) {
    std::vector<std::pair<const Listing*, std::size_t>> open;
    open.emplace_back(begin_folder(*root), 0);
    while (!open.empty()) {
      auto& [folder, next] = open.back();
      if (folder && next < folder->folders.size()) {
        const Tree::const_iterator child = folder->folders[next++];
        open.emplace_back(begin_folder(*child), 0);
      } else {
        out_ += "..\n";
        open.pop_back();
      }
    }
  }

  const Listing* begin_folder(const Tree::value_type& entry) {
    const auto& [path, node] = entry;
    out_ += cat("\n# ", path.empty() ? "." : vis(path), '\n');
    if (uid_ != node.uid || gid_ != node.gid) {
      uid_ = node.uid;
      gid_ = node.gid;
      out_ += cat("/set type=file nlink=1 mode=0664 uid=", node.uid, " gid=", node.gid, '\n');
    }
    write_entry(path.empty() ? "." : vis(split_name(path).leaf), node);
    const auto found = listings_.find(path);
    if (found == listings_.end()) return nullptr;
    for (const Tree::const_iterator file : found->second.files)
      write_entry("    " + vis(split_name(file->first).leaf), file->second);
    return &found->second;
  }

  void write_entry(const std::string& name, const Node& node) {
    if (out_.size() > buffer_bytes) flush();
    out_ += cat(name, " size=", node.size);
    if (node.kind != Kind::file) out_ += cat(" type=", type_name(node.kind));
    if (node.uid != uid_) out_ += cat(" uid=", node.uid);
    if (node.gid != gid_) out_ += cat(" gid=", node.gid);
    if (node.mode != 0664) out_ += cat(" mode=", octal(node.mode));
    if (node.kind == Kind::symlink) out_ += cat(" link=", vis(node.target));
    if (node.links != 1) out_ += cat(" nlink=", node.links);
    out_ += cat(" tar_time=", node.mtime, ".000000000");
    if (!node.sha256.empty()) out_ += cat(" sha256digest=", node.sha256);
    for (const Xattr& xattr : node.xattrs) out_ += cat(" xattr.", vis(xattr.name), '=', base64_encode(xattr.value));
    out_ += '\n';
  }

  Sink& sink_;
  Listings listings_;
  std::string out_;
  std::optional<std::uint32_t> uid_, gid_;
};

// --- reading ---

// Lines of a stream, with their continuations.
class Lines {
public:
  explicit Lines(Source& source) : source_(source), buffer_(buffer_bytes) {}

  // False at the end.
  bool next(std::string& line) {
    line.clear();
    for (bool any = false;; any = true) {
      if (!take_part(line)) return any;
      if (!line.ends_with('\\') || line.ends_with("\\\\")) return true;
      line.pop_back();
    }
  }

private:
  bool take_part(std::string& line) {
    constexpr std::size_t longest = 64u << 20;
    for (bool any = false;; any = true) {
      if (rest_.empty()) rest_ = as_text(Bytes(buffer_).first(source_.read(buffer_)));
      if (rest_.empty()) return any;
      const std::size_t end = rest_.find('\n');
      line += rest_.substr(0, end);
      if (line.size() > longest) fail("a line is longer than ", human_bytes(longest));
      rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
      if (end != rest_.npos) return true;
    }
  }

  Source& source_;
  std::vector<std::byte> buffer_;
  std::string_view rest_;
};

class MtreeReader {
public:
  Tree read(Source& text) {
    Lines lines(text);
    for (std::string line; lines.next(line);) {
      ++number_;
      try {
        read_line(trim(line));
      } catch (Error& error) {
        throw std::move(error).within(cat("line ", number_));
      }
    }
    return std::move(tree_);
  }

private:
  void read_line(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return;
    std::vector<std::string> words = split(line, ' ');
    std::erase(words, "");
    const std::string& name = words.front();
    if (name == "..") {
      folder_ = std::string(split_name(folder_).folder);
    } else if (name == "/set") {
      for (std::size_t i = 1; i < words.size(); ++i) apply(words[i], defaults_);
    } else if (name == "/unset") {
      defaults_ = Node();
    } else {
      read_entry(words);
    }
  }

  void read_entry(const std::vector<std::string>& words) {
    Node node = defaults_;
    for (std::size_t i = 1; i < words.size(); ++i) apply(words[i], node);
    const std::string name = unvis(words.front());
    const bool full_path = words.front().find('/') != std::string::npos;
    std::string path = name == "." ? "" : full_path ? clean_name(name) : join_name(folder_, name);
    if (node.kind == Kind::folder && !full_path) folder_ = path;
    tree_.insert_or_assign(std::move(path), std::move(node));
  }

  static std::uint64_t number(std::string_view text, int base, std::uint64_t most) {
    const auto value = parse_unsigned(text, base);
    if (!value || *value > most) fail("\"", printable(text, 40), "\" is not a number in range");
    return *value;
  }

  static void apply(const std::string& word, Node& node) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view key = std::string_view(word).substr(0, equals);
    const std::string_view value = std::string_view(word).substr(std::min(equals + 1, word.size()));
    if (key == "size") {
      node.size = number(value, 10, INT64_MAX);
    } else if (key == "type") {
      node.kind = type_of(value);
    } else if (key == "uid") {
      node.uid = static_cast<std::uint32_t>(number(value, 10, UINT32_MAX));
    } else if (key == "gid") {
      node.gid = static_cast<std::uint32_t>(number(value, 10, UINT32_MAX));
    } else if (key == "mode") {
      node.mode = static_cast<mode_t>(number(value, 8, 07777));
    } else if (key == "link") {
      node.target = unvis(value);
    } else if (key == "nlink") {
      node.links = number(value, 10, INT64_MAX);
    } else if (key == "tar_time" || key == "time") {
      const auto seconds = parse_signed(value.substr(0, value.find('.')));
      if (!seconds) fail("\"", printable(value, 40), "\" is not a time");
      node.mtime = *seconds;
    } else if (key == "sha256digest" || key == "sha256") {
      node.sha256 = value;
    } else if (key.starts_with("xattr.") || key.starts_with("xattrs.")) {
      node.xattrs.push_back({unvis(key.substr(key.find('.') + 1)), from_base64(value)});
      node.xattrs = layer_xattrs(std::move(node.xattrs));
    }
  }

  static Kind type_of(std::string_view value) {
    for (const auto& [kind, name] : type_names)
      if (name == value) return kind;
    fail("type \"", printable(value, 40), "\" is not known");
  }

  Tree tree_;
  Node defaults_;
  std::string folder_;
  std::size_t number_ = 0;
};

} // namespace

void write_mtree(const Tree& tree, const std::string& title, Sink& out) {
  MtreeWriter(tree,
              cat("#          tree: ", vis(title),
                  "\n#      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr\n"),
              out);
}

Tree parse_mtree(Source& text, std::string_view name) {
  return with_context(name, [&] { return MtreeReader().read(text); });
}

} // namespace oci::unpack
