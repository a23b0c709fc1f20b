/* SPDX-License-Identifier: Apache-2.0 */
#include "git/pack.h"

#include "git/bytes.h"
#include "git/map_guard.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEADER = 12, /* "PACK", version, number of objects */
    OFFSET_DELTA = 6,
    REFERENCE_DELTA = 7,
};

/* The path with `suffix` in the place of its ".idx". */
static char *sibling(const char *index_path, const char *suffix)
{
    size_t stem = strlen(index_path);
    char *path = malloc(stem + strlen(suffix) + 1);

    if (path == NULL)
        return NULL;
    if (stem > 4 && memcmp(index_path + stem - 4, ".idx", 4) == 0)
        stem -= 4;
    memcpy(path, index_path, stem);
    memcpy(path + stem, suffix, strlen(suffix) + 1);
    return path;
}

static enum ks_rc check_header(const struct ks_pack *pack, struct ks_err *err)
{
    const uint8_t *at = pack->data.ptr;

    if (pack->data.len < HEADER + (size_t)pack->index.oid_len ||
        memcmp(at, "PACK", 4) != 0)
        return ks_fail(err, KS_EFORMAT, "%s: not a pack", pack->path);
    if (ks_be32(at + 4) != 2 && ks_be32(at + 4) != 3)
        return ks_fail(err, KS_EFORMAT, "%s: pack of unknown version %u",
                       pack->path, (unsigned)ks_be32(at + 4));
    if (ks_be32(at + 8) != pack->index.count)
        return ks_fail(err, KS_EFORMAT, "%s: index and pack disagree",
                       pack->path);
    return KS_OK;
}

static bool has_promisor(const char *index_path)
{
    char *path = sibling(index_path, ".promisor");
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

enum ks_rc ks_pack_open(struct ks_pack **out, const char *index_path,
                        uint8_t oid_len, struct ks_err *err)
{
    struct ks_pack *pack = calloc(1, sizeof(*pack));
    enum ks_rc rc;

    if (pack == NULL)
        return ks_fail_memory(err);
    pack->path = sibling(index_path, ".pack");
    if (pack->path == NULL) {
        rc = ks_fail_memory(err);
        goto out;
    }
    rc = ks_map_open(&pack->index_file, index_path, err);
    if (rc == KS_OK)
        rc = ks_pack_index_parse(&pack->index, pack->index_file, oid_len, err);
    if (rc == KS_OK)
        rc = ks_map_open(&pack->data, pack->path, err);
    if (rc == KS_OK)
        rc = check_header(pack, err);
    if (rc != KS_OK)
        goto out;
    pack->end = pack->data.len - oid_len;
    pack->promisor = has_promisor(index_path);
    *out = pack;
    pack = NULL;
out:
    ks_pack_free(pack);
    return rc;
}

void ks_pack_free(struct ks_pack *pack)
{
    if (pack == NULL)
        return;
    ks_map_close(pack->data);
    ks_map_close(pack->index_file);
    free(pack->path);
    free(pack);
}

/* The distance to the base: 7 bits a byte, each but the last plus one. */
static bool read_distance(uint64_t *out, const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    uint64_t value = 0;

    do {
        if (p == end || value >> 56 != 0)
            return false;
        value = (value + (p == *at ? 0 : 1)) << 7 | (*p & 0x7f);
    } while ((*p++ & 0x80) != 0);
    *at = p;
    *out = value;
    return true;
}

static bool read_base(struct ks_pack_entry *entry, const struct ks_pack *pack,
                      uint64_t offset, unsigned kind, const uint8_t **at)
{
    const uint8_t *end = pack->data.ptr + pack->end;
    uint64_t distance;

    if (kind == REFERENCE_DELTA) {
        if (end - *at < pack->index.oid_len)
            return false;
        entry->base_name = *at;
        *at += pack->index.oid_len;
        return true;
    }
    if (!read_distance(&distance, at, end) || distance == 0 ||
        distance > offset - HEADER)
        return false;
    entry->base_at = offset - distance;
    return true;
}

bool ks_pack_entry_at(struct ks_pack_entry *out, const struct ks_pack *pack,
                      uint64_t offset)
{
    struct ks_pack_entry entry = {.base_at = UINT64_MAX};
    const uint8_t *end = pack->data.ptr + pack->end;
    const uint8_t *p;
    unsigned kind;

    if (offset < HEADER || offset >= pack->end)
        return false;
    p = pack->data.ptr + offset;
    kind = (*p >> 4) & 7;
    entry.size = *p & 15;
    for (unsigned shift = 4; (*p++ & 0x80) != 0; shift += 7) {
        if (p == end || shift > 57)
            return false;
        entry.size |= (uint64_t)(*p & 0x7f) << shift;
    }
    if (kind == OFFSET_DELTA || kind == REFERENCE_DELTA) {
        if (!read_base(&entry, pack, offset, kind, &p))
            return false;
    } else if (kind == 0 || kind == 5) {
        return false;
    } else {
        entry.type = (enum ks_object_type)kind;
    }
    if (p == end)
        return false;
    entry.data_at = (uint64_t)(p - pack->data.ptr);
    *out = entry;
    return true;
}

const char *ks_object_type_name(enum ks_object_type type)
{
    static const char *const names[] = {"none", "commit", "tree", "blob",
                                        "tag"};

    return names[type];
}
