// libcurl, loaded by what speaks http: it brings thirty libraries, which is most of what a program costs to start.
#pragma once

#include "base/loaded_library.h"

#include <curl/curl.h>

namespace oci::fetch::curl {

inline constinit LoadedLibrary library("libcurl.so.4");

inline constinit LoadedFunction<decltype(::curl_easy_init)> easy_init(library, "curl_easy_init");
inline constinit LoadedFunction<decltype(::curl_easy_cleanup)> easy_cleanup(library, "curl_easy_cleanup");
inline constinit LoadedFunction<decltype(::curl_easy_setopt)> easy_setopt(library, "curl_easy_setopt");
inline constinit LoadedFunction<decltype(::curl_easy_getinfo)> easy_getinfo(library, "curl_easy_getinfo");
inline constinit LoadedFunction<decltype(::curl_easy_pause)> easy_pause(library, "curl_easy_pause");
inline constinit LoadedFunction<decltype(::curl_easy_strerror)> easy_strerror(library, "curl_easy_strerror");
inline constinit LoadedFunction<decltype(::curl_free)> free(library, "curl_free");
inline constinit LoadedFunction<decltype(::curl_global_init)> global_init(library, "curl_global_init");
inline constinit LoadedFunction<decltype(::curl_global_cleanup)> global_cleanup(library, "curl_global_cleanup");
inline constinit LoadedFunction<decltype(::curl_multi_init)> multi_init(library, "curl_multi_init");
inline constinit LoadedFunction<decltype(::curl_multi_add_handle)> multi_add_handle(library, "curl_multi_add_handle");
inline constinit LoadedFunction<decltype(::curl_multi_remove_handle)> multi_remove_handle(library,
                                                                                          "curl_multi_remove_handle");
inline constinit LoadedFunction<decltype(::curl_multi_cleanup)> multi_cleanup(library, "curl_multi_cleanup");
inline constinit LoadedFunction<decltype(::curl_multi_info_read)> multi_info_read(library, "curl_multi_info_read");
inline constinit LoadedFunction<decltype(::curl_multi_perform)> multi_perform(library, "curl_multi_perform");
inline constinit LoadedFunction<decltype(::curl_multi_poll)> multi_poll(library, "curl_multi_poll");
inline constinit LoadedFunction<decltype(::curl_multi_strerror)> multi_strerror(library, "curl_multi_strerror");
inline constinit LoadedFunction<decltype(::curl_slist_append)> slist_append(library, "curl_slist_append");
inline constinit LoadedFunction<decltype(::curl_slist_free_all)> slist_free_all(library, "curl_slist_free_all");
inline constinit LoadedFunction<decltype(::curl_url_cleanup)> url_cleanup(library, "curl_url_cleanup");
inline constinit LoadedFunction<decltype(::curl_url_get)> url_get(library, "curl_url_get");
inline constinit LoadedFunction<decltype(::curl_url_set)> url_set(library, "curl_url_set");
inline constinit LoadedFunction<decltype(::curl_version_info)> version_info(library, "curl_version_info");
inline constinit LoadedFunction<decltype(::curl_url)> url_new(library, "curl_url");

} // namespace oci::fetch::curl
