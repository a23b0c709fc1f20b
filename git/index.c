/* SPDX-License-Identifier: Apache-2.0 */
#include "git/index.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 12,
    STAT_BYTES = 40, /* times to size, of which the mode is one */
    MODE_AT = 24,
    FLAG_EXTENDED = 0x4000,
    FLAG2_INTENT = 0x2000,
    TREE_DEPTH = 2048,
};

static const size_t index_max = (size_t)2 << 30;

static uint32_t be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static enum ks_rc damaged(const char *path, struct ks_err *err)
{
    return ks_fail(err, KS_EFORMAT,
                   "%s: the index does not parse (git status tells more)",
                   path);
}

/* git's offset varint, as in OFS deltas; false at the end of the bytes. */
static bool take_varint(size_t *out, struct ks_span *rest)
{
    size_t value = 0;
    uint8_t byte;

    do {
        if (rest->len == 0 || value > SIZE_MAX >> 8)
            return false;
        byte = rest->ptr[0];
        *rest = ks_span_slice(*rest, 1, rest->len);
        value = (value << 7) + (byte & 0x7f);
        if ((byte & 0x80) != 0)
            value++;
    } while ((byte & 0x80) != 0);
    *out = value;
    return true;
}

/* The path of an entry: whole, or (version 4) the change to the one before. */
static enum ks_rc take_path(struct ks_index *index, struct ks_span *path,
                            struct ks_span *rest, uint32_t version)
{
    struct ks_span before = {0};
    const uint8_t *end;
    size_t strip = 0, len;
    char *text;

    if (index->entries.len > 0)
        before = index->entries.items[index->entries.len - 1].path;
    if (version == 4 && (!take_varint(&strip, rest) || strip > before.len))
        return KS_EFORMAT;
    end = rest->len == 0 ? NULL : memchr(rest->ptr, '\0', rest->len);
    if (end == NULL)
        return KS_EFORMAT;
    len = (size_t)(end - rest->ptr);
    *path = ks_span_slice(*rest, 0, len);
    if (version != 4)
        return KS_OK;
    *rest = ks_span_slice(*rest, len + 1, rest->len);
    text = ks_arena_alloc(&index->paths, before.len - strip + len + 1);
    if (text == NULL)
        return KS_ENOMEM;
    if (before.len > strip)
        memcpy(text, before.ptr, before.len - strip);
    memcpy(text + before.len - strip, path->ptr, len);
    *path = (struct ks_span){(uint8_t *)text, before.len - strip + len};
    return KS_OK;
}

static enum ks_entry_kind kind_of(uint32_t mode)
{
    return (mode & 0170000) == 0160000   ? KS_ENTRY_COMMIT
           : (mode & 0170000) == 0040000 ? KS_ENTRY_TREE
                                         : KS_ENTRY_BLOB;
}

/* Takes one entry off `rest`. */
static enum ks_rc take_entry(struct ks_index *index, struct ks_span *rest,
                             uint32_t version, size_t oid_len)
{
    struct ks_index_entry entry = {0};
    const uint8_t *start = rest->ptr;
    size_t fixed = STAT_BYTES + oid_len + 2, size;
    unsigned flags;
    uint32_t mode;
    enum ks_rc rc;

    if (rest->len < fixed + 2)
        return KS_EFORMAT;
    mode = be32(start + MODE_AT);
    flags = (unsigned)(start[fixed - 2] << 8 | start[fixed - 1]);
    if ((flags & FLAG_EXTENDED) != 0) {
        entry.intent =
            ((start[fixed] << 8 | start[fixed + 1]) & FLAG2_INTENT) != 0;
        fixed += 2;
    }
    entry.kind = kind_of(mode);
    entry.link = (mode & 0170000) == 0120000;
    entry.oid = start + STAT_BYTES;
    entry.stage = (uint8_t)(flags >> 12 & 3);
    *rest = ks_span_slice(*rest, fixed, rest->len);
    rc = take_path(index, &entry.path, rest, version);
    if (rc != KS_OK)
        return rc;
    if (version != 4) {
        /* One to eight NULs up to a multiple of eight. */
        size = (fixed + entry.path.len + 8) / 8 * 8 - fixed;
        if (size > rest->len)
            return KS_EFORMAT;
        *rest = ks_span_slice(*rest, size, rest->len);
    }
    return KS_VEC_PUSH(&index->entries, entry) ? KS_OK : KS_ENOMEM;
}

/* Takes a decimal number and the byte that ends it. */
static bool take_number(int64_t *out, struct ks_span *rest, uint8_t end)
{
    bool minus = rest->len > 0 && rest->ptr[0] == '-';
    int64_t value = 0;
    size_t at = minus;

    while (at < rest->len && at < 12 && rest->ptr[at] >= '0' &&
           rest->ptr[at] <= '9')
        value = value * 10 + (rest->ptr[at++] - '0');
    if (at == minus || at >= rest->len || rest->ptr[at] != end)
        return false;
    *rest = ks_span_slice(*rest, at + 1, rest->len);
    *out = minus ? -value : value;
    return true;
}

/* Takes one folder and those below it. */
static enum ks_rc take_tree(struct ks_index *index, struct ks_span *rest,
                            size_t oid_len, unsigned depth)
{
    struct ks_index_tree tree = {0};
    size_t number = index->trees.len;
    const uint8_t *end =
        rest->len == 0 ? NULL : memchr(rest->ptr, '\0', rest->len);
    int64_t children;
    enum ks_rc rc = KS_OK;

    if (end == NULL || depth > TREE_DEPTH)
        return KS_EFORMAT;
    tree.name = ks_span_slice(*rest, 0, (size_t)(end - rest->ptr));
    *rest = ks_span_slice(*rest, tree.name.len + 1, rest->len);
    if (!take_number(&tree.entries, rest, ' ') ||
        !take_number(&children, rest, '\n') || children < 0)
        return KS_EFORMAT;
    if (tree.entries >= 0) {
        if (rest->len < oid_len)
            return KS_EFORMAT;
        tree.oid = rest->ptr;
        *rest = ks_span_slice(*rest, oid_len, rest->len);
    }
    tree.children = (uint32_t)children;
    if (!KS_VEC_PUSH(&index->trees, tree))
        return KS_ENOMEM;
    for (int64_t i = 0; i < children && rc == KS_OK; i++)
        rc = take_tree(index, rest, oid_len, depth + 1);
    index->trees.items[number].end = (uint32_t)index->trees.len;
    return rc;
}

/* Extensions with a lower-case first letter change what the entries mean. */
static enum ks_rc take_extensions(struct ks_index *index, struct ks_span rest,
                                  size_t oid_len, const char *path,
                                  struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && rest.len >= oid_len + 8) {
        struct ks_span name = ks_span_slice(rest, 0, 4);
        size_t size = be32(rest.ptr + 4);
        struct ks_span body = ks_span_slice(rest, 8, 8 + size);

        if (size > rest.len - 8 - oid_len)
            return damaged(path, err);
        if (ks_span_equal(name, ks_span_str("TREE")))
            rc = take_tree(index, &body, oid_len, 0);
        else if (ks_span_equal(name, ks_span_str("link")))
            return ks_fail(err, KS_EFORMAT,
                           "%s: split indexes are not supported (git "
                           "update-index --no-split-index joins it)",
                           path);
        else if (name.ptr[0] >= 'a' &&
                 !ks_span_equal(name, ks_span_str("sdir")))
            return ks_fail(err, KS_EFORMAT,
                           "%s: the index has an extension that is not known",
                           path);
        rest = ks_span_slice(rest, 8 + size, rest.len);
    }
    /* The cached trees only save time. */
    if (rc == KS_EFORMAT) {
        index->trees.len = 0;
        rc = KS_OK;
    }
    return rc;
}

static enum ks_rc parse(struct ks_index *index, const char *path,
                        size_t oid_len, struct ks_err *err)
{
    struct ks_span rest = ks_buf_span(&index->bytes);
    uint32_t version, count;
    enum ks_rc rc = KS_OK;

    if (rest.len < HEADER + oid_len || memcmp(rest.ptr, "DIRC", 4) != 0)
        return damaged(path, err);
    version = be32(rest.ptr + 4);
    count = be32(rest.ptr + 8);
    if (version < 2 || version > 4)
        return ks_fail(err, KS_EFORMAT,
                       "%s: version %u of the index is not "
                       "known",
                       path, version);
    rest = ks_span_slice(rest, HEADER, rest.len);
    for (uint32_t i = 0; rc == KS_OK && i < count; i++)
        rc = take_entry(index, &rest, version, oid_len);
    if (rc == KS_EFORMAT)
        return damaged(path, err);
    if (rc == KS_OK)
        rc = take_extensions(index, rest, oid_len, path, err);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}

enum ks_rc ks_index_read(struct ks_index *index, const char *path,
                         size_t oid_len, struct ks_err *err)
{
    enum ks_rc rc;

    *index = (struct ks_index){0};
    ks_buf_init(&index->bytes, index_max);
    rc = ks_file_read(&index->bytes, path, err);
    if (rc == KS_ENOENT)
        return KS_OK;
    if (rc == KS_OK)
        rc = parse(index, path, oid_len, err);
    if (rc != KS_OK)
        ks_index_release(index);
    return rc;
}

void ks_index_release(struct ks_index *index)
{
    ks_buf_release(&index->bytes);
    ks_arena_release(&index->paths);
    KS_VEC_RELEASE(&index->entries);
    KS_VEC_RELEASE(&index->trees);
}
