/* SPDX-License-Identifier: Apache-2.0 */
#include "git/state.h"

#include "base/file.h"
#include "base/hash.h"
#include "git/bytes.h"

#include <stdlib.h>
#include <string.h>

static const char magic[] = "keysweep state 1\n";
static const size_t file_cap = (size_t)1024 * 1024 * 1024;

enum { MAGIC = sizeof(magic) - 1, PATH_CAP = 1024 * 1024, MODE = 0600 };

void ks_state_release(struct ks_state *state)
{
    for (size_t i = 0; i < state->places.len; i++)
        free(state->places.items[i].path);
    KS_VEC_RELEASE(&state->tips);
    KS_VEC_RELEASE(&state->objects);
    KS_VEC_RELEASE(&state->places);
}

/* Writing. */

/* A failure stays: `rc` is looked at once, in the end. */
struct writer {
    struct ks_buf buf;
    enum ks_rc rc;
};

static void put_bytes(struct writer *writer, const void *bytes, size_t len)
{
    if (writer->rc == KS_OK)
        writer->rc = ks_buf_add(&writer->buf, (struct ks_span){bytes, len});
}

static void put(struct writer *writer, uint64_t value, unsigned width)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> 8 * (width - 1 - i));
    put_bytes(writer, bytes, width);
}

static void put_places(struct writer *writer, const struct ks_state *state)
{
    put(writer, state->places.len, 4);
    for (size_t i = 0; i < state->places.len; i++) {
        const struct ks_state_place *place = &state->places.items[i];
        size_t len = place->path == NULL ? 0 : strlen(place->path);

        put(writer, place->object, 4);
        put(writer, place->order, 8);
        put(writer, place->at_tip, 1);
        put_bytes(writer, place->commit.bytes, state->oid_len);
        put(writer, len, 4);
        put_bytes(writer, place->path, len);
    }
}

static void put_all(struct writer *writer, const struct ks_state *state)
{
    put_bytes(writer, magic, MAGIC);
    put_bytes(writer, state->key, KS_STATE_KEY);
    put_bytes(writer, state->shallow, KS_STATE_KEY);
    put(writer, state->oid_len, 1);
    put(writer, state->tips.len, 4);
    for (size_t i = 0; i < state->tips.len; i++) {
        put(writer, state->tips.items[i].why, 1);
        put_bytes(writer, state->tips.items[i].oid.bytes, state->oid_len);
    }
    put(writer, state->objects.len, 4);
    for (size_t i = 0; i < state->objects.len; i++) {
        put(writer, state->objects.items[i].kind, 1);
        put_bytes(writer, state->objects.items[i].oid.bytes, state->oid_len);
    }
    put_places(writer, state);
}

enum ks_rc ks_state_write(const struct ks_state *state, const char *path,
                          struct ks_err *err)
{
    struct writer writer = {.rc = KS_OK};
    uint8_t digest[KS_SHA256_LEN];
    enum ks_rc rc;

    ks_buf_init(&writer.buf, file_cap);
    put_all(&writer, state);
    ks_sha256(digest, ks_buf_span(&writer.buf));
    put_bytes(&writer, digest, sizeof(digest));
    rc = writer.rc;
    if (rc == KS_OK)
        rc = ks_file_replace(path, ks_buf_span(&writer.buf), MODE, err);
    else
        rc = ks_fail(err, rc, "%s: the state does not fit in memory", path);
    ks_buf_release(&writer.buf);
    return rc;
}

/* Reading. */

struct reader {
    struct ks_span rest;
    bool good;
};

static struct ks_span take_bytes(struct reader *reader, size_t len)
{
    struct ks_span taken = ks_span_slice(reader->rest, 0, len);

    if (taken.len != len)
        reader->good = false;
    reader->rest = ks_span_slice(reader->rest, len, SIZE_MAX);
    return taken;
}

static uint64_t take(struct reader *reader, unsigned width)
{
    struct ks_span bytes = take_bytes(reader, width);
    uint64_t value = 0;

    for (size_t i = 0; reader->good && i < width; i++)
        value = value << 8 | bytes.ptr[i];
    return value;
}

static struct ks_oid take_oid(struct reader *reader, size_t len)
{
    struct ks_span bytes = take_bytes(reader, len);

    return reader->good ? ks_oid_from(bytes.ptr, len) : (struct ks_oid){0};
}

static bool take_place(struct ks_state *state, struct reader *reader)
{
    struct ks_state_place place = {
        .object = (uint32_t)take(reader, 4),
        .order = take(reader, 8),
        .at_tip = take(reader, 1) != 0,
        .commit = take_oid(reader, state->oid_len),
    };
    size_t len = (size_t)take(reader, 4);
    struct ks_span path = take_bytes(reader, len > PATH_CAP ? SIZE_MAX : len);

    if (!reader->good || place.object >= state->objects.len) {
        reader->good = false;
        return true;
    }
    if (len > 0) {
        place.path = strndup((const char *)path.ptr, path.len);
        if (place.path == NULL)
            return false;
    }
    if (!KS_VEC_PUSH(&state->places, place)) {
        free(place.path);
        return false;
    }
    return true;
}

/* False without memory. */
static bool take_lists(struct ks_state *state, struct reader *reader)
{
    bool fits = true;

    for (uint64_t n = take(reader, 4); fits && reader->good && n > 0; n--) {
        struct ks_state_tip tip = {.why = (uint8_t)take(reader, 1)};

        tip.oid = take_oid(reader, state->oid_len);
        fits = KS_VEC_PUSH(&state->tips, tip);
    }
    for (uint64_t n = take(reader, 4); fits && reader->good && n > 0; n--) {
        struct ks_state_object object = {
            .kind = (enum ks_blob_kind)take(reader, 1)};

        object.oid = take_oid(reader, state->oid_len);
        fits = KS_VEC_PUSH(&state->objects, object);
    }
    for (uint64_t n = take(reader, 4); fits && reader->good && n > 0; n--)
        fits = take_place(state, reader);
    return fits;
}

static enum ks_rc parse(struct ks_state *state, struct ks_span file,
                        const char *path, struct ks_err *err)
{
    struct reader reader = {file, true};
    uint8_t digest[KS_SHA256_LEN];
    struct ks_span key, shallow;

    if (file.len < MAGIC + sizeof(digest) ||
        memcmp(file.ptr, magic, MAGIC) != 0)
        return ks_fail(err, KS_EFORMAT, "%s: not a state of this format", path);
    reader.rest.len -= sizeof(digest);
    ks_sha256(digest, reader.rest);
    if (memcmp(digest, file.ptr + reader.rest.len, sizeof(digest)) != 0)
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    (void)take_bytes(&reader, MAGIC);
    key = take_bytes(&reader, KS_STATE_KEY);
    shallow = take_bytes(&reader, KS_STATE_KEY);
    state->oid_len = (size_t)take(&reader, 1);
    if (!reader.good || (state->oid_len != 20 && state->oid_len != 32))
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    memcpy(state->key, key.ptr, KS_STATE_KEY);
    memcpy(state->shallow, shallow.ptr, KS_STATE_KEY);
    if (!take_lists(state, &reader))
        return ks_fail_memory(err);
    if (!reader.good || reader.rest.len != 0)
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    return KS_OK;
}

enum ks_rc ks_state_read(struct ks_state *out, const char *path,
                         struct ks_err *err)
{
    struct ks_state state = {0};
    struct ks_buf file;
    enum ks_rc rc;

    ks_buf_init(&file, file_cap);
    rc = ks_file_read(&file, path, err);
    if (rc == KS_OK)
        rc = parse(&state, ks_buf_span(&file), path, err);
    ks_buf_release(&file);
    if (rc == KS_OK) {
        ks_state_sort(&state);
        *out = state;
    } else {
        ks_state_release(&state);
    }
    return rc;
}

/* Order. */

static int order_tips(const void *left, const void *right)
{
    const struct ks_state_tip *a = left, *b = right;

    return ks_oid_compare(&a->oid, &b->oid);
}

static int order_objects(const void *left, const void *right)
{
    const struct ks_state_object *a = left, *b = right;
    int order = ks_oid_compare(&a->oid, &b->oid);

    return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

void ks_state_sort(struct ks_state *state)
{
    if (state->tips.len > 0)
        qsort(state->tips.items, state->tips.len, sizeof(*state->tips.items),
              order_tips);
    /* A state that was read is in order, and its places refer to it. */
    if (state->objects.len > 0 && state->places.len == 0)
        qsort(state->objects.items, state->objects.len,
              sizeof(*state->objects.items), order_objects);
}

size_t ks_state_find(const struct ks_state *state, const struct ks_oid *oid,
                     enum ks_blob_kind kind)
{
    struct ks_state_object wanted = {*oid, kind};
    const struct ks_state_object *found =
        state->objects.len == 0
            ? NULL
            : bsearch(&wanted, state->objects.items, state->objects.len,
                      sizeof(wanted), order_objects);

    return found == NULL ? SIZE_MAX : (size_t)(found - state->objects.items);
}

bool ks_state_same_tips(const struct ks_state *a, const struct ks_state *b)
{
    if (a->tips.len != b->tips.len)
        return false;
    for (size_t i = 0; i < a->tips.len; i++)
        if (a->tips.items[i].why != b->tips.items[i].why ||
            !ks_oid_equal(&a->tips.items[i].oid, &b->tips.items[i].oid))
            return false;
    return true;
}
