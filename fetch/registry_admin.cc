#include "fetch/fetch.h"

#include "base/hash.h"
#include "fetch/registry_call.h"
#include "fetch/registry_error.h"

#include <set>

namespace oci::fetch {
namespace {

constexpr std::size_t max_page = 4u << 20;
constexpr std::size_t max_tags = 1'000'000, max_pages = 10'000, max_empty_pages = 100;

// `</v2/x/tags/list?last=b&n=2>; rel="next"`: where the next page is, "" when this is the last.
std::string next_page(const std::string& link) {
  const std::size_t open = link.find('<'), close = link.find('>');
  if (open == std::string::npos || close == std::string::npos || close < open) return "";
  const std::string parameters = to_lower(link.substr(close));
  const bool is_next =
      parameters.find("rel=\"next\"") != std::string::npos || parameters.find("rel=next") != std::string::npos;
  return is_next ? link.substr(open + 1, close - open - 1) : "";
}

// Tags only: what a hostile registry puts among them would reach terminals and patterns.
void add_tags(std::vector<std::string>& tags, const std::string& body) {
  const Json page = parse_json(body, "the list of tags", {.duplicates = JsonLimits::Duplicates::last_wins});
  const Json* list = page.find("tags");
  if (list == nullptr || list->is_null()) return;
  if (list->as_array() == nullptr) fail("the list of tags: \"tags\" is no array");
  for (const Json& tag : *list->as_array()) {
    const std::string* name = tag.as_string();
    if (name == nullptr || !spec::is_tag(*name)) continue;
    if (tags.size() == max_tags) fail("the list of tags: more than ", max_tags);
    tags.push_back(*name);
  }
}

[[noreturn]] void fail_answer(RegistrySession& session, const std::string& what, const HttpAnswer& answer) {
  const RegistryError error = registry_error(answer);
  if (answer.status == 401 || answer.status == 403) session.auth().fail_denied(answer);
  const bool missing = answer.status == 404 && error.code != "NAME_UNKNOWN";
  throw Error(cat(what, ": ", session.base().host(), " answered ", error.text(answer.status)), missing ? 2 : 1);
}

} // namespace

std::vector<std::string> list_tags(const spec::Reference& repository, const RegistryOptions& options) {
  const auto progress = silent_progress();
  RegistrySession session(repository, options, *progress);
  std::vector<std::string> tags;
  std::set<std::string> asked;
  std::size_t empty_pages = 0;
  Url url = session.repository_url("tags/list");
  const std::string what = cat("tags of ", repository.name());
  while (asked.insert(url.text()).second) {
    RegistryCall call(session, {.what = what, .url = url, .body_limit = max_page});
    const HttpAnswer& answer = call.finish();
    if (answer.status != 200) fail_answer(session, what, answer);
    const std::size_t before = tags.size();
    add_tags(tags, answer.body);
    empty_pages = tags.size() == before ? empty_pages + 1 : 0;
    const std::string next = next_page(answer.header("link"));
    if (next.empty()) return tags;
    if (asked.size() == max_pages) fail(what, ": more than ", max_pages, " pages");
    if (empty_pages == max_empty_pages) fail(what, ": ", max_empty_pages, " pages without a tag, one after the other");
    const std::optional<Url> following = url.resolve(next);
    if (!following || !following->same_origin(url)) fail(what, ": the next page is elsewhere: ", printable(next, 120));
    url = *following;
  }
  fail(what, ": the pages lead in a circle");
}

Digest delete_image(const spec::Reference& reference, const RegistryOptions& options) {
  RegistryOptions rights = options;
  rights.access = Access::remove;
  const auto progress = silent_progress();
  Digest digest = reference.digest;
  if (reference.digest.empty()) {
    CopyOptions looking;
    looking.source = rights;
    const spec::ImageName name{
        .transport = spec::Transport::docker, .reference = reference, .path = "", .ref = "", .index = {}};
    digest = with_context(cat("delete ", reference.text()), [&] { return look_at_top(name, looking).digest; });
  }
  RegistrySession session(reference, rights, *progress);
  const std::string what = cat("delete ", reference.text());
  RegistryCall call(
      session, {.what = what, .url = session.repository_url(cat("manifests/", digest.text())), .method = "DELETE"});
  const HttpAnswer& answer = call.finish();
  if (answer.status == 405)
    throw Error(cat(what, ": ", session.base().host(), " answered ", registry_error(answer).text(answer.status)))
        .with_hint("the registry does not allow images to be deleted");
  if (answer.status != 202 && answer.status != 200) fail_answer(session, what, answer);
  return digest;
}

void check_login(const std::string& registry, const RegistryOptions& options) {
  const auto progress = silent_progress();
  spec::Reference any;
  any.registry = registry;
  RegistrySession session(any, options, *progress);
  RegistryCall call(session, {.what = cat("log in to ", registry), .url = session.base()});
  try {
    const HttpAnswer& answer = call.finish();
    if (answer.status != 200) fail_answer(session, cat("log in to ", registry), answer);
  } catch (const DeniedError&) {
    throw Error("invalid username/password");
  }
}

} // namespace oci::fetch
