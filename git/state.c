/* SPDX-License-Identifier: Apache-2.0 */
#include "git/state.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/record.h"

#include <stdlib.h>
#include <string.h>

static const char magic[] = "keysweep state 3\n";
static const size_t file_cap = (size_t)1024 * 1024 * 1024;

enum { MAGIC = sizeof(magic) - 1, MODE = 0600 };

void ks_state_release(struct ks_state *state)
{
    KS_VEC_RELEASE(&state->tips);
    KS_VEC_RELEASE(&state->objects);
    KS_VEC_RELEASE(&state->commits);
    KS_VEC_RELEASE(&state->places);
    ks_buf_release(&state->notes);
    ks_arena_release(&state->texts);
}

/* Writing. */

static void put_lists(struct ks_record_out *out, const struct ks_state *state)
{
    ks_record_put(out, state->tips.len, 4);
    for (size_t i = 0; i < state->tips.len; i++) {
        ks_record_put(out, state->tips.items[i].why, 1);
        ks_record_put_bytes(out, state->tips.items[i].oid.bytes,
                            state->oid_len);
    }
    ks_record_put(out, state->objects.len, 4);
    for (size_t i = 0; i < state->objects.len; i++) {
        ks_record_put(out, state->objects.items[i].kind, 1);
        ks_record_put_bytes(out, state->objects.items[i].oid.bytes,
                            state->oid_len);
    }
}

static void put_commits(struct ks_record_out *out, const struct ks_state *state)
{
    ks_record_put(out, state->commits.len, 4);
    for (size_t i = 0; i < state->commits.len; i++) {
        const struct ks_state_commit *commit = &state->commits.items[i];

        ks_record_put_bytes(out, commit->oid.bytes, state->oid_len);
        ks_record_put(out, commit->subject != NULL, 1);
        if (commit->subject == NULL)
            continue;
        ks_record_put_text(out, commit->name);
        ks_record_put_text(out, commit->email);
        ks_record_put(out, (uint64_t)commit->time, 8);
        ks_record_put(out, (uint32_t)commit->offset, 4);
        ks_record_put_text(out, commit->subject);
    }
}

static void put_places(struct ks_record_out *out, const struct ks_state *state)
{
    ks_record_put(out, state->places.len, 4);
    for (size_t i = 0; i < state->places.len; i++) {
        const struct ks_state_place *place = &state->places.items[i];

        ks_record_put(out, place->object, 4);
        ks_record_put(out, place->commit, 4);
        ks_record_put(out, place->order, 8);
        ks_record_put(out, place->at_tip, 1);
        ks_record_put_text(out, place->path);
    }
}

static void put_all(struct ks_record_out *out, const struct ks_state *state)
{
    ks_record_put_bytes(out, magic, MAGIC);
    ks_record_put_bytes(out, state->key, KS_STATE_KEY);
    ks_record_put_bytes(out, state->shallow, KS_STATE_KEY);
    ks_record_put(out, state->oid_len, 1);
    put_lists(out, state);
    put_commits(out, state);
    put_places(out, state);
    ks_record_put(out, state->notes.len, 8);
    ks_record_put_bytes(out, state->notes.ptr, state->notes.len);
}

enum ks_rc ks_state_write(const struct ks_state *state, const char *path,
                          struct ks_err *err)
{
    uint8_t digest[KS_SHA256_LEN];
    struct ks_buf file;
    struct ks_record_out out = {&file, KS_OK};
    enum ks_rc rc;

    ks_buf_init(&file, file_cap);
    put_all(&out, state);
    ks_sha256(digest, ks_buf_span(&file));
    ks_record_put_bytes(&out, digest, sizeof(digest));
    rc = out.rc == KS_OK
             ? ks_file_replace(path, ks_buf_span(&file), MODE, err)
             : ks_fail(err, out.rc, "%s: the state does not fit in memory",
                       path);
    ks_buf_release(&file);
    return rc;
}

/* Reading. Each returns false without memory; what is damaged is not `good`. */

static struct ks_oid take_oid(struct ks_record_in *in, size_t len)
{
    struct ks_span bytes = ks_record_take_bytes(in, len);

    return in->good ? ks_oid_from(bytes.ptr, len) : (struct ks_oid){0};
}

static bool take_tip(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_state_tip tip = {.why = (uint8_t)ks_record_take(in, 1)};

    tip.oid = take_oid(in, state->oid_len);
    return KS_VEC_PUSH(&state->tips, tip);
}

static bool take_object(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_state_object object = {
        .kind = (enum ks_blob_kind)ks_record_take(in, 1)};

    object.oid = take_oid(in, state->oid_len);
    return KS_VEC_PUSH(&state->objects, object);
}

static bool take_commit(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_state_commit commit = {.oid = take_oid(in, state->oid_len)};
    bool told = ks_record_take(in, 1) != 0;

    if (told) {
        if (!ks_record_keep_text(&commit.name, &state->texts, in) ||
            !ks_record_keep_text(&commit.email, &state->texts, in))
            return false;
        commit.time = (int64_t)ks_record_take(in, 8);
        commit.offset = (int32_t)(uint32_t)ks_record_take(in, 4);
        if (!ks_record_keep_text(&commit.subject, &state->texts, in))
            return false;
        if (commit.name == NULL || commit.email == NULL ||
            commit.subject == NULL)
            in->good = false;
    }
    return KS_VEC_PUSH(&state->commits, commit);
}

static bool take_place(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_state_place place = {
        .object = (uint32_t)ks_record_take_below(in, 4, state->objects.len)};

    place.commit = (uint32_t)ks_record_take_below(in, 4, state->commits.len);
    place.order = ks_record_take(in, 8);
    place.at_tip = ks_record_take(in, 1) != 0;
    return ks_record_keep_text(&place.path, &state->texts, in) &&
           KS_VEC_PUSH(&state->places, place);
}

static bool take_list(struct ks_state *state, struct ks_record_in *in,
                      bool (*take)(struct ks_state *, struct ks_record_in *))
{
    bool fits = true;

    for (uint64_t n = ks_record_take(in, 4); fits && in->good && n > 0; n--)
        fits = take(state, in);
    return fits;
}

static bool take_all(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_span notes;

    if (!take_list(state, in, take_tip) || !take_list(state, in, take_object) ||
        !take_list(state, in, take_commit) || !take_list(state, in, take_place))
        return false;
    notes = ks_record_take_bytes(in, (size_t)ks_record_take(in, 8));
    ks_buf_init(&state->notes, file_cap);
    return ks_buf_add(&state->notes, notes) == KS_OK;
}

static bool take_head(struct ks_state *state, struct ks_record_in *in)
{
    struct ks_span key = ks_record_take_bytes(in, KS_STATE_KEY);
    struct ks_span shallow = ks_record_take_bytes(in, KS_STATE_KEY);

    state->oid_len = (size_t)ks_record_take(in, 1);
    if (!in->good || (state->oid_len != 20 && state->oid_len != 32))
        return false;
    memcpy(state->key, key.ptr, KS_STATE_KEY);
    memcpy(state->shallow, shallow.ptr, KS_STATE_KEY);
    return true;
}

static enum ks_rc parse(struct ks_state *state, struct ks_span file,
                        const char *path, struct ks_err *err)
{
    struct ks_record_in in = {file, true};
    uint8_t digest[KS_SHA256_LEN];

    if (file.len < MAGIC + sizeof(digest) ||
        memcmp(file.ptr, magic, MAGIC) != 0)
        return ks_fail(err, KS_EFORMAT, "%s: not a state of this format", path);
    in.rest.len -= sizeof(digest);
    ks_sha256(digest, in.rest);
    if (memcmp(digest, file.ptr + in.rest.len, sizeof(digest)) != 0)
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    (void)ks_record_take_bytes(&in, MAGIC);
    if (!take_head(state, &in))
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    if (!take_all(state, &in))
        return ks_fail_memory(err);
    if (!in.good || in.rest.len != 0)
        return ks_fail(err, KS_EFORMAT, "%s: the state is damaged", path);
    return KS_OK;
}

/* As a state of any format does. */
static bool begins(struct ks_span file)
{
    static const char name[] = "keysweep state ";

    return file.len >= sizeof(name) - 1 &&
           memcmp(file.ptr, name, sizeof(name) - 1) == 0;
}

enum ks_rc ks_state_read(struct ks_state *out, const char *path,
                         struct ks_err *err)
{
    struct ks_state state = {0};
    struct ks_buf file;
    enum ks_rc rc;

    ks_buf_init(&file, file_cap);
    rc = ks_file_read(&file, path, err);
    if (file.len > 0 && !begins(ks_buf_span(&file)))
        rc = ks_fail(err, KS_EINVAL,
                     "%s: no state of a scan, and not overwritten; name "
                     "another file, or remove this one",
                     path);
    if (rc == KS_OK)
        rc = parse(&state, ks_buf_span(&file), path, err);
    ks_buf_release(&file);
    if (rc == KS_OK)
        *out = state;
    else
        ks_state_release(&state);
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
    if (state->objects.len > 0)
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

enum ks_rc ks_state_prune(struct ks_state *state, struct ks_err *err)
{
    uint32_t *number = calloc(state->objects.len + 1, sizeof(*number));
    uint32_t kept = 0;

    if (number == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < state->places.len; i++)
        number[state->places.items[i].object] = 1;
    for (size_t i = 0; i < state->objects.len; i++) {
        if (number[i] == 0)
            continue;
        number[i] = kept;
        state->objects.items[kept++] = state->objects.items[i];
    }
    state->objects.len = kept;
    for (size_t i = 0; i < state->places.len; i++)
        state->places.items[i].object = number[state->places.items[i].object];
    free(number);
    return KS_OK;
}
