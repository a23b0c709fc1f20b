/* SPDX-License-Identifier: Apache-2.0 */
/* The object that HEAD names; see git/tips.h. */
#include "base/hash.h"
#include "git/map_guard.h"
#include "git/ref_files.h"
#include "git/tips.h"

#include <limits.h>
#include <stdio.h>

enum { SYMREFS_MAX = 6 }; /* refs that name refs */

/* Finds a name in packed-refs. */
static enum ks_rc find_packed(struct ks_oid *out, const struct ks_git *git,
                              struct ks_span name, struct ks_err *err)
{
    size_t len = git->oid_len;
    uint8_t oid[KS_OID_MAX];
    char path[PATH_MAX];
    struct ks_span text, line, rest;

    if (!ks_ref_map_packed(&text, path, git, err))
        return KS_OK;
    rest = text;
    while (ks_ref_line(&line, &rest))
        if (ks_span_equal(ks_span_slice(line, 2 * len + 1, line.len), name) &&
            line.len > 2 * len && ks_unhex(oid, len, (const char *)line.ptr)) {
            *out = ks_oid_from(oid, len);
            break;
        }
    ks_map_close(text);
    return KS_OK;
}

/*
 * Reads one ref: its object, or in `name` the ref that it names instead.
 * Refs of a work tree's own are beside its HEAD.
 */
static enum ks_rc follow_ref(struct ks_oid *out, char name[PATH_MAX],
                             const struct ks_git *git, struct ks_err *err)
{
    struct ks_span wanted_name = ks_span_str(name), line;
    bool own = !ks_ref_begins(wanted_name, "refs/") ||
               ks_ref_begins(wanted_name, "refs/worktree/") ||
               ks_ref_begins(wanted_name, "refs/bisect/") ||
               ks_ref_begins(wanted_name, "refs/rewritten/");
    uint8_t oid[KS_OID_MAX];
    char path[PATH_MAX];
    struct ks_buf text;
    enum ks_rc rc;

    if (ks_span_find(wanted_name, 0, ks_span_str("..")) != SIZE_MAX ||
        snprintf(path, sizeof(path), "%s%s",
                 own ? git->git_dir : git->common_dir,
                 name) >= (int)sizeof(path))
        return ks_fail(err, KS_EFORMAT, "HEAD names what is no ref");
    rc = ks_ref_read(&text, git, path, KS_REF_FILE, err);
    line = ks_span_line_at(ks_buf_span(&text), 0);
    if (rc == KS_OK && text.len == 0) {
        rc = find_packed(out, git, wanted_name, err);
        *name = '\0';
    } else if (rc == KS_OK && ks_ref_begins(line, "ref: ")) {
        (void)snprintf(name, PATH_MAX, "%.*s", (int)(line.len - 5),
                       (const char *)line.ptr + 5);
    } else if (rc == KS_OK && line.len >= 2 * git->oid_len &&
               ks_unhex(oid, git->oid_len, (const char *)line.ptr)) {
        *out = ks_oid_from(oid, git->oid_len);
        *name = '\0';
    } else if (rc == KS_OK) {
        rc = ks_fail(err, KS_EFORMAT, "%s: not a ref", path);
    }
    ks_buf_release(&text);
    return rc;
}

enum ks_rc ks_tips_head(struct ks_oid *out, const struct ks_git *git,
                        struct ks_err *err)
{
    struct ks_oid oid = {.len = 0};
    char name[PATH_MAX] = "HEAD";
    enum ks_rc rc = KS_OK;

    for (int i = 0; rc == KS_OK && i < SYMREFS_MAX && *name != '\0'; i++)
        rc = follow_ref(&oid, name, git, err);
    if (rc == KS_OK && *name != '\0')
        rc = ks_fail(err, KS_EFORMAT,
                     "HEAD names a ref that names a ref that "
                     "names a ref");
    if (rc == KS_OK)
        *out = oid;
    return rc;
}
