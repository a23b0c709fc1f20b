/* SPDX-License-Identifier: Apache-2.0 */
#include "git/packs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKS_MAX = 8000 }; /* each is mapped twice */

struct opening {
    struct ks_packs *packs;
    struct ks_coverage *coverage;
    struct ks_err *err;
};

static bool ends_with(const char *name, const char *suffix)
{
    size_t len = strlen(name);

    return len > strlen(suffix) &&
           strcmp(name + len - strlen(suffix), suffix) == 0;
}

static char *join(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static enum ks_rc add_pack(struct opening *opening, const char *path)
{
    struct ks_packs *packs = opening->packs;
    struct ks_err err = {0};
    struct ks_pack *pack;
    enum ks_rc rc;

    if (packs->all.len == PACKS_MAX) {
        ks_coverage_skip(opening->coverage, KS_SKIP_LIMIT, path);
        return KS_OK;
    }
    rc = ks_pack_open(&pack, path, packs->oid_len, &err);
    if (rc == KS_ENOMEM)
        return ks_fail_memory(opening->err);
    if (rc == KS_EIO || rc == KS_EFORMAT || rc == KS_ELIMIT)
        ks_coverage_skip(
            opening->coverage,
            rc == KS_EFORMAT ? KS_SKIP_CORRUPT : KS_SKIP_UNREADABLE, err.text);
    if (rc != KS_OK)
        return KS_OK;
    if (!KS_VEC_PUSH(&packs->all, pack)) {
        ks_pack_free(pack);
        return ks_fail_memory(opening->err);
    }
    return KS_OK;
}

static enum ks_rc open_folder(struct opening *opening, const char *folder)
{
    char *packs = join(folder, "pack");
    DIR *dir = packs == NULL ? NULL : opendir(packs);
    const struct dirent *entry;
    enum ks_rc rc = KS_OK;

    if (packs == NULL)
        return ks_fail_memory(opening->err);
    if (dir == NULL && errno != ENOENT)
        ks_coverage_skip(opening->coverage, KS_SKIP_UNREADABLE, packs);
    while (dir != NULL && rc == KS_OK && (entry = readdir(dir)) != NULL) {
        char *path;

        if (!ends_with(entry->d_name, ".idx"))
            continue;
        path = join(packs, entry->d_name);
        rc = path == NULL ? ks_fail_memory(opening->err)
                          : add_pack(opening, path);
        free(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    free(packs);
    return rc;
}

static int by_size(const void *left, const void *right)
{
    const struct ks_pack *a = *(const struct ks_pack *const *)left;
    const struct ks_pack *b = *(const struct ks_pack *const *)right;

    if (a->data.len != b->data.len)
        return a->data.len < b->data.len ? 1 : -1;
    return strcmp(a->path, b->path);
}

static enum ks_rc add_folders(struct opening *opening, char *const *folders,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *folder = strdup(folders[i]);
        size_t len = folder == NULL ? 0 : strlen(folder);

        while (len > 1 && folder[len - 1] == '/')
            folder[--len] = '\0';
        if (folder == NULL || !KS_VEC_PUSH(&opening->packs->folders, folder)) {
            free(folder);
            return ks_fail_memory(opening->err);
        }
    }
    return KS_OK;
}

/* Tells a multi-pack-index our numbers of its packs. */
static void number_packs(struct ks_midx *midx, const struct ks_packs *packs,
                         const char *folder)
{
    size_t prefix = strlen(folder);

    for (uint32_t i = 0; i < midx->pack_count; i++) {
        const char *title = ks_midx_title(midx, i);
        size_t stem;

        if (title == NULL)
            break;
        if (!ends_with(title, ".idx"))
            continue;
        stem = strlen(title) - strlen(".idx");
        for (uint32_t p = 0; p < packs->all.len; p++) {
            const char *path = packs->all.items[p]->path;

            if (strncmp(path, folder, prefix) == 0 &&
                strncmp(path + prefix, "/pack/", 6) == 0 &&
                strncmp(path + prefix + 6, title, stem) == 0 &&
                strcmp(path + prefix + 6 + stem, ".pack") == 0)
                midx->packs[i] = p;
        }
    }
}

/* One that cannot be read is not missed: packs have indexes of their own. */
static enum ks_rc open_midx(struct opening *opening, const char *folder)
{
    struct ks_packs *packs = opening->packs;
    char *path = join(folder, "pack/multi-pack-index");
    struct ks_midx midx;
    enum ks_rc rc = path == NULL
                        ? KS_ENOMEM
                        : ks_midx_open(&midx, path, packs->oid_len, NULL);

    free(path);
    if (rc == KS_ENOMEM)
        return ks_fail_memory(opening->err);
    if (rc != KS_OK)
        return KS_OK;
    number_packs(&midx, packs, folder);
    if (KS_VEC_PUSH(&packs->midxs, midx))
        return KS_OK;
    ks_midx_release(&midx);
    return ks_fail_memory(opening->err);
}

enum ks_rc ks_packs_open(struct ks_packs **out, char *const *folders,
                         size_t count, uint8_t oid_len,
                         struct ks_coverage *coverage, struct ks_err *err)
{
    struct ks_packs *packs = calloc(1, sizeof(*packs));
    struct opening opening = {packs, coverage, err};
    enum ks_rc rc;

    if (packs == NULL)
        return ks_fail_memory(err);
    packs->oid_len = oid_len;
    rc = add_folders(&opening, folders, count);
    for (size_t i = 0; i < packs->folders.len && rc == KS_OK; i++)
        rc = open_folder(&opening, packs->folders.items[i]);
    if (rc == KS_OK && packs->all.len > 1)
        qsort(packs->all.items, packs->all.len, sizeof(*packs->all.items),
              by_size);
    for (size_t i = 0; i < packs->folders.len && rc == KS_OK; i++)
        rc = open_midx(&opening, packs->folders.items[i]);
    if (rc != KS_OK) {
        ks_packs_free(packs);
        return rc;
    }
    *out = packs;
    return KS_OK;
}

void ks_packs_free(struct ks_packs *packs)
{
    if (packs == NULL)
        return;
    for (size_t i = 0; i < packs->all.len; i++)
        ks_pack_free(packs->all.items[i]);
    for (size_t i = 0; i < packs->folders.len; i++)
        free(packs->folders.items[i]);
    for (size_t i = 0; i < packs->midxs.len; i++)
        ks_midx_release(&packs->midxs.items[i]);
    KS_VEC_RELEASE(&packs->midxs);
    KS_VEC_RELEASE(&packs->all);
    KS_VEC_RELEASE(&packs->folders);
    free(packs);
}

static bool find_in(struct ks_packed_at *out, const struct ks_packs *packs,
                    uint32_t pack, const uint8_t *name)
{
    out->pack = pack;
    return pack < packs->all.len &&
           ks_pack_index_find(&packs->all.items[pack]->index, name,
                              &out->position);
}

static bool find_listed(struct ks_packed_at *out, const struct ks_packs *packs,
                        const uint8_t *name)
{
    for (size_t i = 0; i < packs->midxs.len; i++)
        if (find_in(out, packs, ks_midx_find(&packs->midxs.items[i], name),
                    name))
            return true;
    return false;
}

static bool find_anywhere(struct ks_packed_at *out,
                          const struct ks_packs *packs, const uint8_t *name)
{
    if (find_in(out, packs, 0, name) || find_listed(out, packs, name))
        return true;
    for (uint32_t i = 1; i < packs->all.len; i++)
        if (find_in(out, packs, i, name))
            return true;
    return false;
}

bool ks_packs_find(struct ks_packed_at *out, const struct ks_packs *packs,
                   const uint8_t *name, uint32_t *hint)
{
    if (hint != NULL && find_in(out, packs, *hint, name))
        return true;
    if (!find_anywhere(out, packs, name))
        return false;
    if (hint != NULL)
        *hint = out->pack;
    return true;
}

static bool is_open(const struct ks_packs *packs, const char *folder,
                    const char *index_name)
{
    size_t stem = strlen(index_name) - strlen(".idx");
    size_t prefix = strlen(folder);

    for (size_t i = 0; i < packs->all.len; i++) {
        const char *path = packs->all.items[i]->path;

        if (strncmp(path, folder, prefix) == 0 &&
            strncmp(path + prefix, "/pack/", 6) == 0 &&
            strncmp(path + prefix + 6, index_name, stem) == 0 &&
            strcmp(path + prefix + 6 + stem, ".pack") == 0)
            return true;
    }
    return false;
}

const struct ks_pack *ks_packs_promisor(const struct ks_packs *packs,
                                        size_t *count)
{
    const struct ks_pack *first = NULL;

    *count = 0;
    for (size_t i = 0; packs != NULL && i < packs->all.len; i++) {
        const struct ks_pack *pack = packs->all.items[i];

        if (!pack->promisor)
            continue;
        if (first == NULL || strcmp(pack->path, first->path) < 0)
            first = pack;
        ++*count;
    }
    return first;
}

bool ks_packs_changed(const struct ks_packs *packs)
{
    bool changed = false;
    size_t seen = 0;

    for (size_t i = 0; i < packs->folders.len && !changed; i++) {
        char *path = join(packs->folders.items[i], "pack");
        DIR *dir = path == NULL ? NULL : opendir(path);
        const struct dirent *entry;

        free(path);
        while (dir != NULL && !changed && (entry = readdir(dir)) != NULL) {
            if (!ends_with(entry->d_name, ".idx"))
                continue;
            changed = !is_open(packs, packs->folders.items[i], entry->d_name);
            seen++;
        }
        if (dir != NULL)
            (void)closedir(dir);
    }
    return changed || seen != packs->all.len;
}
