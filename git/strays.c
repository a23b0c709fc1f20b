/* SPDX-License-Identifier: Apache-2.0 */
#include "git/strays.h"

#include "git/loose.h"

#include <stdlib.h>

enum {
    CHAIN_MAX = 100000, /* deltas on deltas; references may form a circle */
    TAG_DEPTH = 64,     /* tags of tags */
};

/* The type of an entry: of the end of its chain of deltas. */
static enum ks_object_type type_at(const struct ks_pack *pack, uint64_t offset)
{
    for (unsigned depth = 0; depth < CHAIN_MAX; depth++) {
        struct ks_pack_entry entry;
        uint32_t position;

        if (!ks_pack_entry_at(&entry, pack, offset))
            return KS_OBJECT_NONE;
        if (entry.type != KS_OBJECT_NONE)
            return entry.type;
        if (entry.base_name == NULL) {
            offset = entry.base_at;
        } else {
            if (!ks_pack_index_find(&pack->index, entry.base_name, &position))
                return KS_OBJECT_NONE;
            offset = ks_pack_index_offset(&pack->index, position);
        }
    }
    return KS_OBJECT_NONE;
}

static enum ks_rc each_packed(const struct ks_packs *packs, ks_stray_fn *take,
                              void *ctx, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t p = 0; p < packs->all.len; p++) {
        const struct ks_pack *pack = packs->all.items[p];

        for (uint32_t i = 0; rc == KS_OK && i < pack->index.count; i++)
            rc =
                take(ctx, ks_pack_index_name(&pack->index, i),
                     type_at(pack, ks_pack_index_offset(&pack->index, i)), err);
    }
    return rc;
}

static enum ks_rc each_loose(const struct ks_git *git,
                             struct ks_objects *objects, ks_stray_fn *take,
                             void *ctx, struct ks_err *err)
{
    struct ks_loose loose = {0};
    enum ks_rc rc =
        ks_loose_list(&loose, git->packs, git->options.coverage, err);

    for (size_t i = 0; rc == KS_OK && i < loose.count; i++) {
        struct ks_oid oid = ks_loose_name(&loose, i);
        struct ks_object object;
        enum ks_object_type type = KS_OBJECT_NONE;

        rc = ks_objects_read(&object, objects, &oid, err);
        if (rc == KS_OK) {
            type = object.type;
            ks_object_release(&object);
        }
        if (rc != KS_ENOMEM)
            rc = take(ctx, oid.bytes, type, err);
    }
    ks_loose_release(&loose);
    return rc;
}

enum ks_rc ks_strays_each(const struct ks_git *git, ks_stray_fn *take,
                          void *ctx, struct ks_err *err)
{
    struct ks_objects *objects = NULL;
    enum ks_rc rc = ks_objects_open(&objects, git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = each_packed(git->packs, take, ctx, err);
    if (rc == KS_OK)
        rc = each_loose(git, objects, take, ctx, err);
    ks_objects_free(objects);
    return rc;
}

/* Marking goes on from here; each commit is on the stack once. */
struct marking {
    const struct ks_commits *commits;
    uint8_t *kept;
    KS_VEC(, uint32_t) stack;
};

static bool push(struct marking *marking, uint32_t number)
{
    if (number == KS_OIDS_NONE || marking->kept[number])
        return true;
    marking->kept[number] = 1;
    return KS_VEC_PUSH(&marking->stack, number);
}

/* The commit behind a tip's tags, or KS_OIDS_NONE. */
static uint32_t commit_behind(const struct ks_commits *commits,
                              struct ks_objects *objects, struct ks_oid oid)
{
    for (unsigned depth = 0; depth < TAG_DEPTH; depth++) {
        uint32_t number = ks_oids_find(&commits->ids, oid.bytes);
        struct ks_object object;
        struct ks_tag_view tag;
        bool goes_on;

        if (number != KS_OIDS_NONE ||
            ks_objects_read(&object, objects, &oid, NULL) != KS_OK)
            return number;
        goes_on = object.type == KS_OBJECT_TAG &&
                  ks_tag_parse(&tag, object.bytes, oid.len);
        ks_object_release(&object);
        if (!goes_on)
            break;
        oid = tag.target;
    }
    return KS_OIDS_NONE;
}

static bool mark(struct marking *marking, struct ks_objects *objects)
{
    const struct ks_commits *commits = marking->commits;
    const struct ks_tips *tips = &commits->tips;
    bool memory = true;

    for (uint32_t i = 0; memory && i < tips->oids.len; i++)
        if ((tips->why[i] & ~(unsigned)KS_TIP_STRAY) != 0)
            memory = push(marking, commit_behind(commits, objects,
                                                 ks_oids_get(&tips->oids, i)));
    while (memory && marking->stack.len > 0) {
        uint32_t at = marking->stack.items[--marking->stack.len];
        const struct ks_commit *commit = &commits->all.items[at];

        for (uint32_t i = 0; memory && i < commit->parent_count; i++)
            memory =
                push(marking, commits->parents.items[commit->first_parent + i]);
    }
    return memory;
}

enum ks_rc ks_strays_mark_kept(uint8_t **out, const struct ks_git *git,
                               struct ks_err *err)
{
    struct marking marking = {.commits = git->commits};
    struct ks_objects *objects = NULL;
    enum ks_rc rc = ks_objects_open(&objects, git, KS_OBJECTS_FAST, err);

    marking.kept = calloc(git->commits->all.len + 1, 1);
    if (rc == KS_OK && (marking.kept == NULL || !mark(&marking, objects)))
        rc = ks_fail_memory(err);
    ks_objects_free(objects);
    KS_VEC_RELEASE(&marking.stack);
    if (rc != KS_OK) {
        free(marking.kept);
        marking.kept = NULL;
    }
    *out = marking.kept;
    return rc;
}
