/* SPDX-License-Identifier: Apache-2.0 */
#include "git/ref_files.h"

#include "base/file.h"
#include "git/map_guard.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void ks_ref_unreadable(const struct ks_git *git, const char *path)
{
    ks_coverage_skip(git->options.coverage, KS_SKIP_UNREADABLE, path);
}

enum ks_rc ks_ref_read(struct ks_buf *text, const struct ks_git *git,
                       const char *path, size_t cap, struct ks_err *err)
{
    struct stat st;
    enum ks_rc rc;

    ks_buf_init(text, cap);
    if (stat(path, &st) != 0)
        return KS_OK;
    rc = S_ISREG(st.st_mode) ? ks_file_read(text, path, err) : KS_EIO;
    if (rc == KS_OK || rc == KS_ENOMEM)
        return rc;
    ks_buf_clear(text);
    if (rc != KS_ENOENT)
        ks_ref_unreadable(git, path);
    return KS_OK;
}

bool ks_ref_map_packed(struct ks_span *text, char *path,
                       const struct ks_git *git, struct ks_err *err)
{
    enum ks_rc rc;

    (void)snprintf(path, PATH_MAX, "%spacked-refs", git->common_dir);
    rc = ks_map_open(text, path, err);
    if (rc != KS_OK && rc != KS_ENOENT)
        ks_ref_unreadable(git, path);
    return rc == KS_OK;
}

bool ks_ref_line(struct ks_span *line, struct ks_span *text)
{
    const uint8_t *end;

    if (text->len == 0)
        return false;
    end = memchr(text->ptr, '\n', text->len);
    *line = ks_span_slice(*text, 0,
                          end == NULL ? text->len : (size_t)(end - text->ptr));
    *text = ks_span_slice(*text, line->len + 1, text->len);
    return true;
}

bool ks_ref_begins(struct ks_span text, const char *with)
{
    return ks_span_equal(ks_span_slice(text, 0, strlen(with)),
                         ks_span_str(with));
}
