/* SPDX-License-Identifier: Apache-2.0 */
#include "git/reach.h"

#include "base/vec.h"
#include "git/added.h"
#include "git/choice.h"
#include "git/commits.h"
#include "git/names.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 32 }; /* commits that a worker takes at a time */

/* Shared by all workers. */
struct reach {
    struct ks_git *git;
    const struct ks_reach_visitor *visitor;
    const struct ks_commits *commits;
    bool part; /* only what commits add */
    struct ks_claims *trees, *blobs, *lost;
    struct ks_names *names;
    atomic_size_t next; /* commit by rank, then root */
    atomic_bool failed; /* a worker did: the others need not go on */
};

/* One worker. */
struct reacher {
    struct reach *reach;
    struct ks_objects *objects;
    unsigned worker;
    KS_VEC(, struct ks_oid) stack;
};

bool ks_reach_is_all(const struct ks_git *git)
{
    return !ks_choice_is_part(git) && git->options.range == NULL &&
           git->options.include_count == 0 && git->options.branch_count == 0;
}

static enum ks_rc give_blob(struct reacher *reacher, const uint8_t *oid,
                            struct ks_span name, struct ks_err *err)
{
    const struct ks_reach_visitor *visitor = reacher->reach->visitor;
    struct ks_oid id = ks_oid_from(oid, reacher->reach->git->oid_len);
    int first = ks_claims_take(reacher->reach->blobs, oid);

    if (first < 0)
        return ks_fail_memory(err);
    if (first == 0 || visitor->blob == NULL)
        return KS_OK;
    return visitor->blob(visitor->ctx, reacher->worker, &id, name, err);
}

static enum ks_rc give_name(struct reacher *reacher, struct ks_span name,
                            struct ks_err *err)
{
    const struct ks_reach_visitor *visitor = reacher->reach->visitor;
    bool first;

    if (visitor->name == NULL)
        return KS_OK;
    if (ks_names_take(reacher->reach->names, name, &first) == KS_NAME_NONE)
        return ks_fail_memory(err);
    return first ? visitor->name(visitor->ctx, reacher->worker, name, err)
                 : KS_OK;
}

/* Counts what cannot be read. */
static enum ks_rc lost(const struct reacher *reacher, enum ks_rc rc,
                       const char *what, const struct ks_oid *oid)
{
    if (rc == KS_ENOMEM)
        return rc;
    ks_git_skip(reacher->reach->git, rc, what, oid);
    return KS_OK;
}

/* Puts a tree that nobody has opened yet on the stack. */
static enum ks_rc push_tree(struct reacher *reacher, const uint8_t *oid,
                            struct ks_err *err)
{
    int first = ks_claims_take(reacher->reach->trees, oid);

    if (first < 0 ||
        (first == 1 &&
         !KS_VEC_PUSH(&reacher->stack,
                      ks_oid_from(oid, reacher->reach->git->oid_len))))
        return ks_fail_memory(err);
    return KS_OK;
}

static enum ks_rc take_entry(struct reacher *reacher,
                             const struct ks_tree_entry *entry,
                             struct ks_err *err)
{
    enum ks_rc rc = give_name(reacher, entry->name, err);

    if (rc != KS_OK)
        return rc;
    switch (entry->kind) {
    case KS_ENTRY_BLOB:
        return give_blob(reacher, entry->oid, entry->name, err);
    case KS_ENTRY_TREE:
        return push_tree(reacher, entry->oid, err);
    case KS_ENTRY_COMMIT:
        break;
    }
    return KS_OK;
}

static enum ks_rc open_tree(struct reacher *reacher, const struct ks_oid *oid,
                            struct ks_err *err)
{
    struct ks_object object;
    struct ks_tree_entry entry;
    struct ks_span rest;
    enum ks_rc rc = ks_objects_read(&object, reacher->objects, oid, err);
    int found = 1;

    if (rc != KS_OK)
        return lost(reacher, rc, "tree", oid);
    rest = object.bytes;
    if (object.type != KS_OBJECT_TREE)
        found = -1;
    while (rc == KS_OK && found == 1 &&
           (found = ks_tree_next(&entry, &rest, oid->len)) == 1)
        rc = take_entry(reacher, &entry, err);
    ks_object_release(&object);
    return rc == KS_OK && found < 0 ? lost(reacher, KS_EFORMAT, "tree", oid)
                                    : rc;
}

/* All that is below a tree and was not seen yet. */
static enum ks_rc reach_tree(struct reacher *reacher, const struct ks_oid *oid,
                             struct ks_err *err)
{
    enum ks_rc rc = push_tree(reacher, oid->bytes, err);

    while (rc == KS_OK && reacher->stack.len > 0) {
        struct ks_oid tree = reacher->stack.items[--reacher->stack.len];

        rc = open_tree(reacher, &tree, err);
    }
    return rc;
}

static enum ks_rc added_entry(void *ctx, const struct ks_added_entry *entry,
                              struct ks_err *err)
{
    struct reacher *reacher = ctx;
    enum ks_rc rc =
        entry->new_name ? give_name(reacher, entry->name, err) : KS_OK;

    if (rc == KS_OK && entry->kind == KS_ENTRY_BLOB)
        rc = give_blob(reacher, entry->oid, entry->name, err);
    return rc;
}

/* All of a fresh tree is added wherever it stands: once is enough. */
static bool enter_added(void *ctx, const uint8_t *tree, bool fresh)
{
    struct reacher *reacher = ctx;

    return !fresh || ks_claims_take(reacher->reach->trees, tree) != 0;
}

/* What the commit adds against those of its parents that are there. */
static enum ks_rc reach_added(struct reacher *reacher, uint32_t number,
                              struct ks_err *err)
{
    struct ks_added_visitor visitor = {.ctx = reacher,
                                       .entry = added_entry,
                                       .enter = enter_added,
                                       .lost = reacher->reach->lost};

    return ks_added_by_commit(reacher->reach->git, reacher->objects, &visitor,
                              number, err);
}

static enum ks_rc give_message(struct reacher *reacher, enum ks_blob_kind kind,
                               const struct ks_oid *oid, struct ks_span message,
                               struct ks_err *err)
{
    const struct ks_reach_visitor *visitor = reacher->reach->visitor;

    return visitor->message == NULL
               ? KS_OK
               : visitor->message(visitor->ctx, reacher->worker, kind, oid,
                                  message, err);
}

static enum ks_rc reach_commit(struct reacher *reacher, uint32_t number,
                               struct ks_err *err)
{
    const struct ks_commits *commits = reacher->reach->commits;
    struct ks_oid oid = ks_oids_get(&commits->ids, number);
    struct ks_oid tree = ks_commits_tree(commits, number);
    struct ks_object object;
    struct ks_commit_view view;
    enum ks_rc rc = KS_OK;

    if (reacher->reach->visitor->message != NULL) {
        rc = ks_objects_read(&object, reacher->objects, &oid, err);
        if (rc != KS_OK)
            rc = lost(reacher, rc, "commit", &oid);
        else {
            if (ks_commit_parse(&view, object.bytes, oid.len))
                rc = give_message(reacher, KS_BLOB_COMMIT_MESSAGE, &oid,
                                  view.message, err);
            ks_object_release(&object);
        }
    }
    if (rc != KS_OK)
        return rc;
    return reacher->reach->part ? reach_added(reacher, number, err)
                                : reach_tree(reacher, &tree, err);
}

static enum ks_rc reach_tag(struct reacher *reacher, const struct ks_oid *oid,
                            struct ks_err *err)
{
    int64_t since = reacher->reach->git->options.since;
    struct ks_object object;
    struct ks_tag_view tag;
    enum ks_rc rc = ks_objects_read(&object, reacher->objects, oid, err);

    if (rc != KS_OK)
        return lost(reacher, rc, "tag", oid);
    if (ks_tag_parse(&tag, object.bytes, oid->len) &&
        (since == 0 || ks_person_parse(tag.tagger).time >= since))
        rc = give_message(reacher, KS_BLOB_TAG_MESSAGE, oid, tag.message, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc reach_root(struct reacher *reacher,
                             const struct ks_root *root, struct ks_err *err)
{
    switch (root->type) {
    case KS_OBJECT_TAG:
        return reach_tag(reacher, &root->oid, err);
    case KS_OBJECT_TREE:
        return reach_tree(reacher, &root->oid, err);
    case KS_OBJECT_BLOB:
        return give_blob(reacher, root->oid.bytes, (struct ks_span){0}, err);
    case KS_OBJECT_NONE:
    case KS_OBJECT_COMMIT:
        break;
    }
    return KS_OK;
}

static enum ks_rc take_steps(struct reacher *reacher, struct ks_err *err)
{
    struct reach *reach = reacher->reach;
    size_t commits = reach->commits->chosen.len;
    size_t end = commits + reach->commits->roots.len;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !atomic_load(&reach->failed)) {
        size_t at = atomic_fetch_add(&reach->next, STEP);

        if (at >= end)
            break;
        for (size_t i = at; rc == KS_OK && i < at + STEP && i < end; i++) {
            if (ks_git_stopped(reach->git))
                return ks_fail(err, KS_ECANCELED, "stopped");
            rc = i < commits
                     ? reach_commit(reacher, reach->commits->chosen.items[i],
                                    err)
                     : reach_root(reacher,
                                  &reach->commits->roots.items[i - commits],
                                  err);
        }
    }
    return rc;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct reacher reacher = {.reach = ctx, .worker = worker};
    enum ks_rc rc = ks_objects_open(&reacher.objects, reacher.reach->git,
                                    KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = take_steps(&reacher, err);
    if (rc != KS_OK)
        atomic_store(&reacher.reach->failed, true);
    KS_VEC_RELEASE(&reacher.stack);
    ks_objects_free(reacher.objects);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}

enum ks_rc ks_reach(struct ks_git *git, const struct ks_reach_visitor *visitor,
                    struct ks_err *err)
{
    struct reach reach = {
        .git = git, .visitor = visitor, .part = ks_choice_is_part(git)};
    enum ks_rc rc = ks_commits_load(git, err);

    if (rc != KS_OK)
        return rc;
    reach.commits = git->commits;
    reach.trees = ks_claims_new(git->oid_len);
    reach.blobs = ks_claims_new(git->oid_len);
    reach.lost = ks_claims_new(git->oid_len);
    reach.names = ks_names_new();
    if (reach.trees == NULL || reach.blobs == NULL || reach.lost == NULL ||
        reach.names == NULL)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_pool_run(git->jobs, work, &reach, err);
    if (rc == KS_OK)
        ks_coverage_add(
            git->options.coverage,
            (struct ks_amounts){.commits = git->commits->chosen.len});
    ks_claims_free(reach.trees);
    ks_claims_free(reach.blobs);
    ks_claims_free(reach.lost);
    ks_names_free(reach.names);
    return rc;
}
