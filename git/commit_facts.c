/* SPDX-License-Identifier: Apache-2.0 */
#include "git/commit_facts.h"

#include "base/file.h"
#include "base/hash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { SHALLOW_FILE = 256 * 1024 * 1024 };

uint32_t ks_commits_number(struct ks_commits *commits, const uint8_t *oid)
{
    bool added = false;
    uint32_t number = ks_oids_put(&commits->ids, oid, &added);

    if (number == KS_OIDS_NONE || !added)
        return number;
    if (commits->ids.len > commits->tree_room) {
        size_t room = commits->ids.len * 2;
        uint8_t *grown = realloc(commits->trees, room * commits->ids.oid_len);

        if (grown == NULL)
            return KS_OIDS_NONE;
        commits->trees = grown;
        commits->tree_room = room;
    }
    return KS_VEC_PUSH(&commits->all, (struct ks_commit){0}) ? number
                                                             : KS_OIDS_NONE;
}

bool ks_commits_note_known(struct ks_commits *commits,
                           const struct ks_oids *shallow_ones, uint32_t number,
                           const struct ks_commit_facts *known)
{
    size_t oid_len = commits->ids.oid_len;
    struct ks_commit facts = {
        .time = known->time,
        .first_parent = (uint32_t)commits->parents.len,
        .flags = (uint8_t)(commits->all.items[number].flags | KS_COMMIT_READ)};
    bool shallow =
        ks_oids_find(shallow_ones, ks_oids_at(&commits->ids, number)) !=
        KS_OIDS_NONE;

    memcpy(commits->trees + number * oid_len, known->tree, oid_len);
    if (shallow && known->parent_count > 0)
        facts.flags |= KS_COMMIT_SHALLOW;
    for (uint32_t i = 0; !shallow && i < known->parent_count; i++) {
        uint32_t of = ks_commits_number(commits, known->parents + i * oid_len);

        if (of == KS_OIDS_NONE || !KS_VEC_PUSH(&commits->parents, of))
            return false;
        facts.parent_count++;
    }
    commits->all.items[number] = facts;
    return true;
}

enum ks_rc ks_commits_note(struct ks_commits *commits,
                           const struct ks_oids *shallow_ones, uint32_t number,
                           struct ks_span bytes, struct ks_err *err)
{
    size_t oid_len = commits->ids.oid_len;
    struct ks_commit_view view;
    struct ks_commit facts;
    struct ks_oid parent;

    if (!ks_commit_parse(&view, bytes, oid_len))
        return ks_fail(err, KS_EFORMAT, "not a commit");
    facts = (struct ks_commit){
        .time = view.time,
        .first_parent = (uint32_t)commits->parents.len,
        .flags = (uint8_t)(commits->all.items[number].flags | KS_COMMIT_READ)};
    memcpy(commits->trees + number * oid_len, view.tree.bytes, oid_len);
    if (ks_oids_find(shallow_ones, ks_oids_at(&commits->ids, number)) !=
        KS_OIDS_NONE) {
        if (view.parents.len > 0)
            facts.flags |= KS_COMMIT_SHALLOW;
        view.parents.len = 0;
    }
    while (ks_commit_next_parent(&parent, &view.parents, oid_len)) {
        uint32_t of = ks_commits_number(commits, parent.bytes);

        if (of == KS_OIDS_NONE || !KS_VEC_PUSH(&commits->parents, of))
            return ks_fail_memory(err);
        facts.parent_count++;
    }
    commits->all.items[number] = facts;
    return KS_OK;
}

enum ks_rc ks_commits_shallow(struct ks_oids *out, const struct ks_git *git,
                              struct ks_err *err)
{
    size_t len = git->oid_len;
    char path[PATH_MAX];
    struct ks_buf text;
    enum ks_rc rc;

    (void)snprintf(path, sizeof(path), "%sshallow", git->common_dir);
    ks_buf_init(&text, SHALLOW_FILE);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_ENOENT)
        rc = KS_OK;
    for (size_t at = 0; rc == KS_OK && at + 2 * len <= text.len;
         at += 2 * len + 1) {
        uint8_t oid[KS_OID_MAX];

        if (!ks_unhex(oid, len, (const char *)text.ptr + at))
            rc = ks_fail(err, KS_EFORMAT, "%s does not parse", path);
        else if (ks_oids_put(out, oid, NULL) == KS_OIDS_NONE)
            rc = ks_fail_memory(err);
    }
    ks_buf_release(&text);
    return rc;
}
