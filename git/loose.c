/* SPDX-License-Identifier: Apache-2.0 */
#include "git/loose.h"

#include "base/buf.h"
#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_CAP = 8192 };
static const size_t NAMES_CAP = (size_t)8 * 1024 * 1024 * 1024;

static int order20(const void *left, const void *right)
{
    return memcmp(left, right, 20);
}

static int order32(const void *left, const void *right)
{
    return memcmp(left, right, 32);
}

/* Adds the names of one of the 256 folders. */
static enum ks_rc list_folder(struct ks_buf *names, const char *folder,
                              unsigned first, uint8_t oid_len,
                              struct ks_coverage *coverage)
{
    char path[PATH_CAP];
    const struct dirent *entry;
    enum ks_rc rc = KS_OK;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%s/%02x", folder, first);
    dir = opendir(path);
    if (dir == NULL) {
        if (errno != ENOENT)
            ks_coverage_skip(coverage, KS_SKIP_UNREADABLE, path);
        return KS_OK;
    }
    while (rc == KS_OK && (entry = readdir(dir)) != NULL) {
        uint8_t name[KS_OID_MAX] = {(uint8_t)first};

        if (strlen(entry->d_name) == 2U * (oid_len - 1U) &&
            ks_unhex(name + 1, oid_len - 1U, entry->d_name))
            rc = ks_buf_add(names, (struct ks_span){name, oid_len});
    }
    (void)closedir(dir);
    return rc;
}

static enum ks_rc list_all(struct ks_buf *names, const struct ks_packs *packs,
                           struct ks_coverage *coverage, struct ks_err *err)
{
    for (size_t i = 0; i < packs->folders.len; i++)
        for (unsigned first = 0; first < 256; first++) {
            enum ks_rc rc = list_folder(names, packs->folders.items[i], first,
                                        packs->oid_len, coverage);

            if (rc != KS_OK)
                return ks_fail(err, rc, "too many loose objects");
        }
    return KS_OK;
}

/* Drops what stands twice or is packed; returns how many are left. */
static size_t thin_out(uint8_t *names, size_t count,
                       const struct ks_packs *packs)
{
    size_t len = packs->oid_len;
    struct ks_packed_at at;
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        const uint8_t *name = names + i * len;

        if ((left > 0 && memcmp(names + (left - 1) * len, name, len) == 0) ||
            ks_packs_find(&at, packs, name, NULL))
            continue;
        memmove(names + left++ * len, name, len);
    }
    return left;
}

enum ks_rc ks_loose_list(struct ks_loose *out, const struct ks_packs *packs,
                         struct ks_coverage *coverage, struct ks_err *err)
{
    struct ks_buf names;
    enum ks_rc rc;
    size_t count;

    ks_buf_init(&names, NAMES_CAP);
    rc = list_all(&names, packs, coverage, err);
    if (rc != KS_OK) {
        ks_buf_release(&names);
        return rc;
    }
    count = names.len / packs->oid_len;
    if (count > 0) {
        qsort(names.ptr, count, packs->oid_len,
              packs->oid_len == 20 ? order20 : order32);
        count = thin_out(names.ptr, count, packs);
    }
    *out = (struct ks_loose){names.ptr, count, packs->oid_len};
    return KS_OK;
}

void ks_loose_release(struct ks_loose *loose)
{
    free(loose->names);
    *loose = (struct ks_loose){0};
}

bool ks_loose_find(const struct ks_loose *loose, const uint8_t *name,
                   size_t *number)
{
    size_t from = 0;
    size_t to = loose->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = memcmp(name, loose->names + middle * loose->oid_len,
                           loose->oid_len);

        if (order == 0) {
            *number = middle;
            return true;
        }
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}

struct ks_oid ks_loose_name(const struct ks_loose *loose, size_t number)
{
    return ks_oid_from(loose->names + number * loose->oid_len, loose->oid_len);
}
