/* SPDX-License-Identifier: Apache-2.0 */
#include "git/newer.h"

#include "git/packs.h"

#include <stdlib.h>

/* All packs as they were at one time; objects may still point into them. */
struct ks_newer {
    struct ks_packs *packs;
    struct ks_pack_reader *reader;
    struct ks_newer *before;
};

void ks_newer_free(struct ks_newer *newer)
{
    while (newer != NULL) {
        struct ks_newer *before = newer->before;

        ks_pack_reader_free(newer->reader);
        ks_packs_free(newer->packs);
        free(newer);
        newer = before;
    }
}

/* A pack that cannot be opened leaves its objects missing, which is told. */
static enum ks_rc open_packs(struct ks_packs **out, const struct ks_git *git,
                             struct ks_err *err)
{
    struct ks_coverage *unused = NULL;
    enum ks_rc rc = ks_coverage_new(&unused, err);

    if (rc == KS_OK)
        rc = ks_packs_open(out, git->object_dirs, git->object_dir_count,
                           (uint8_t)git->oid_len, unused, err);
    ks_coverage_free(unused);
    return rc;
}

/* Opens the packs that are there now. */
static enum ks_rc look_again(struct ks_newer **newer, const struct ks_git *git,
                             struct ks_err *err)
{
    struct ks_newer *now = calloc(1, sizeof(*now));
    enum ks_rc rc;

    if (now == NULL)
        return ks_fail_memory(err);
    rc = open_packs(&now->packs, git, err);
    if (rc == KS_OK)
        rc = ks_pack_reader_new(&now->reader, now->packs, 0, err);
    if (rc != KS_OK) {
        ks_newer_free(now);
        return rc;
    }
    now->before = *newer;
    *newer = now;
    return KS_OK;
}

enum ks_rc ks_newer_read(struct ks_packed *out, struct ks_newer **newer,
                         const struct ks_git *git, const uint8_t *name,
                         struct ks_err *err)
{
    enum ks_rc rc = KS_ENOENT;

    if (*newer != NULL)
        rc = ks_pack_reader_read(out, (*newer)->reader, name, err);
    if (rc != KS_ENOENT ||
        !ks_packs_changed(*newer == NULL ? git->packs : (*newer)->packs))
        return rc;
    rc = look_again(newer, git, err);
    return rc == KS_OK ? ks_pack_reader_read(out, (*newer)->reader, name, err)
                       : rc;
}
