// libarchive, loaded by what reads an archive: it brings libraries for XML and Unicode.
#pragma once

#include "base/loaded_library.h"

#include <archive.h>
#include <archive_entry.h>

namespace oci::fetch::libarchive {

inline constinit LoadedLibrary library("libarchive.so.13");

inline constinit LoadedFunction<decltype(::archive_read_new)> read_new(library, "archive_read_new");
inline constinit LoadedFunction<decltype(::archive_read_free)> read_free(library, "archive_read_free");
inline constinit LoadedFunction<decltype(::archive_read_open1)> read_open1(library, "archive_read_open1");
inline constinit LoadedFunction<decltype(::archive_read_next_header)> read_next_header(library,
                                                                                       "archive_read_next_header");
inline constinit LoadedFunction<decltype(::archive_read_header_position)>
    read_header_position(library, "archive_read_header_position");
inline constinit LoadedFunction<decltype(::archive_read_data)> read_data(library, "archive_read_data");
inline constinit LoadedFunction<decltype(::archive_read_support_format_tar)>
    read_support_format_tar(library, "archive_read_support_format_tar");
inline constinit LoadedFunction<decltype(::archive_read_support_format_raw)>
    read_support_format_raw(library, "archive_read_support_format_raw");
inline constinit LoadedFunction<decltype(::archive_read_support_format_empty)>
    read_support_format_empty(library, "archive_read_support_format_empty");
inline constinit LoadedFunction<decltype(::archive_read_support_filter_gzip)>
    read_support_filter_gzip(library, "archive_read_support_filter_gzip");
inline constinit LoadedFunction<decltype(::archive_read_support_filter_zstd)>
    read_support_filter_zstd(library, "archive_read_support_filter_zstd");
inline constinit LoadedFunction<decltype(::archive_read_support_filter_xz)>
    read_support_filter_xz(library, "archive_read_support_filter_xz");
inline constinit LoadedFunction<decltype(::archive_read_support_filter_bzip2)>
    read_support_filter_bzip2(library, "archive_read_support_filter_bzip2");
inline constinit LoadedFunction<decltype(::archive_read_set_read_callback)>
    read_set_read_callback(library, "archive_read_set_read_callback");
inline constinit LoadedFunction<decltype(::archive_read_set_skip_callback)>
    read_set_skip_callback(library, "archive_read_set_skip_callback");
inline constinit LoadedFunction<decltype(::archive_read_set_callback_data)>
    read_set_callback_data(library, "archive_read_set_callback_data");
// Without the attributes of its declaration, which a template cannot keep.
inline constinit LoadedFunction<void(archive*, int, const char*, ...)> set_error(library, "archive_set_error");
inline constinit LoadedFunction<decltype(::archive_error_string)> error_string(library, "archive_error_string");
inline constinit LoadedFunction<decltype(::archive_filter_code)> filter_code(library, "archive_filter_code");
inline constinit LoadedFunction<decltype(::archive_entry_size)> entry_size(library, "archive_entry_size");
inline constinit LoadedFunction<decltype(::archive_entry_hardlink)> entry_hardlink(library, "archive_entry_hardlink");
inline constinit LoadedFunction<decltype(::archive_entry_symlink)> entry_symlink(library, "archive_entry_symlink");
inline constinit LoadedFunction<decltype(::archive_entry_pathname)> entry_pathname(library, "archive_entry_pathname");
inline constinit LoadedFunction<decltype(::archive_entry_filetype)> entry_filetype(library, "archive_entry_filetype");
inline constinit LoadedFunction<decltype(::archive_entry_sparse_count)>
    entry_sparse_count(library, "archive_entry_sparse_count");

} // namespace oci::fetch::libarchive
