// Huge pages, and where the container's cgroup stands.
#include "specgen/draft.h"

namespace oci::specgen {

namespace {

// "2MB", "1GB": as the kernel names hugetlb's files.
bool is_page_size(std::string_view text) {
  return text.size() > 2 && parse_unsigned(text.substr(0, text.size() - 2)) &&
         (text.ends_with("KB") || text.ends_with("MB") || text.ends_with("GB"));
}

void add_huge_pages(Draft& draft) {
  const char* flag = "--hugetlb-limit";
  for (const std::string& text : draft.request.hugetlb_limit) {
    const auto [size, bytes] = parse_pair(flag, text, "PAGESIZE=BYTES (2MB=64m)");
    if (!is_page_size(size)) refuse(flag, text, "not a page size such as 64KB, 2MB or 1GB");
    spec::HugepageLimit limit;
    limit.page_size = size;
    limit.limit = static_cast<std::uint64_t>(parse_bytes(flag, bytes));
    auto& all = draft.resources().hugepage_limits;
    draft.note(cat("linux.resources.hugepageLimits[", all.size(), "]"), from_flag(flag));
    all.push_back(std::move(limit));
  }
}

} // namespace

void apply_cgroup(Draft& draft) {
  add_huge_pages(draft);
  if (!draft.request.cgroup_parent) return;
  const std::string& parent = *draft.request.cgroup_parent;
  if (parent.empty() || has_nul(parent) || cat("/", parent, "/").find("/../") != std::string::npos)
    refuse("--cgroup-parent", parent, "not a cgroup's path, nor a systemd slice such as user.slice");
  const std::string id = draft.request.container_id.empty() ? "oci" : draft.request.container_id;
  const bool is_slice = parent.ends_with(".slice") && parent.find('/') == std::string::npos;
  draft.set("linux.cgroupsPath", draft.linux_part().cgroups_path,
            is_slice ? cat(parent, ":oci:", id) : cat(parent, parent.ends_with('/') ? "" : "/", id),
            from_flag("--cgroup-parent"));
}

} // namespace oci::specgen
