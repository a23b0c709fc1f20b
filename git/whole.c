/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine that reads every object whole through libgit2: the reference for
 * the other one, and its way out.
 */
#include "base/hash.h"
#include "base/vec.h"
#include "git/commits.h"
#include "git/names.h"
#include "git/reach.h"
#include "git/strays.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 16 }; /* blobs that a worker takes at a time */

/*
 * A blob to read. Versions of one file lie near each other in packs and share
 * their bases: blobs are read by name, and in the order of their discovery.
 */
struct wanted {
    uint8_t oid[KS_OID_MAX];
    uint32_t name; /* hash */
    uint32_t order;
};

KS_VEC(wanted_list, struct wanted);

struct whole {
    struct ks_git *git;
    const struct ks_blob_sink *sink;
    struct wanted_list *found; /* one for each worker */
    struct wanted_list all;
    bool any_type;          /* `all` may hold other objects than blobs */
    struct ks_names *names; /* handed over, where any type is wanted */
    atomic_size_t next;
    atomic_bool failed;
};

static enum ks_rc hand_over(struct whole *whole, unsigned worker,
                            enum ks_blob_kind kind, const struct ks_oid *oid,
                            struct ks_span bytes, struct ks_err *err)
{
    struct ks_blob blob = ks_blob_whole(bytes, kind, NULL);
    void *memo = NULL;
    enum ks_rc rc;

    if (oid != NULL)
        blob.oid = *oid;
    rc = whole->sink->take(whole->sink->ctx, worker, &blob, &memo, err);
    ks_progress_done(whole->git->options.progress, 1, bytes.len);
    return rc;
}

static enum ks_rc take_message(void *ctx, unsigned worker,
                               enum ks_blob_kind kind, const struct ks_oid *oid,
                               struct ks_span message, struct ks_err *err)
{
    return hand_over(ctx, worker, kind, oid, message, err);
}

static enum ks_rc take_name(void *ctx, unsigned worker, struct ks_span name,
                            struct ks_err *err)
{
    struct whole *whole = ctx;
    bool first = true;

    if (whole->names != NULL &&
        ks_names_take(whole->names, name, &first) == KS_NAME_NONE)
        return ks_fail_memory(err);
    return first ? hand_over(ctx, worker, KS_BLOB_PATH_NAME, NULL, name, err)
                 : KS_OK;
}

static enum ks_rc want_blob(void *ctx, unsigned worker,
                            const struct ks_oid *oid, struct ks_span name,
                            struct ks_err *err)
{
    struct whole *whole = ctx;
    struct wanted_list *list = &whole->found[worker];
    struct wanted wanted = {.name = (uint32_t)ks_hash64(name, 0),
                            .order = (uint32_t)list->len};

    memcpy(wanted.oid, oid->bytes, oid->len);
    return KS_VEC_PUSH(list, wanted) ? KS_OK : ks_fail_memory(err);
}

static int by_name(const void *left, const void *right)
{
    const struct wanted *a = left, *b = right;

    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* One list of what the workers found. */
static enum ks_rc gather(struct whole *whole, struct ks_err *err)
{
    for (unsigned i = 0; i < whole->git->jobs; i++) {
        for (size_t j = 0; j < whole->found[i].len; j++)
            if (!KS_VEC_PUSH(&whole->all, whole->found[i].items[j]))
                return ks_fail_memory(err);
        KS_VEC_RELEASE(&whole->found[i]);
    }
    if (whole->all.len > 0)
        qsort(whole->all.items, whole->all.len, sizeof(*whole->all.items),
              by_name);
    return KS_OK;
}

/* An object that nothing reaches may be of any type. */
static enum ks_rc take_stray(struct whole *whole, unsigned worker,
                             const struct ks_oid *oid,
                             const struct ks_object *object, struct ks_err *err)
{
    struct ks_commit_view commit;
    struct ks_tree_entry entry;
    struct ks_tag_view tag;
    struct ks_span rest = object->bytes;
    enum ks_rc rc = KS_OK;

    switch (object->type) {
    case KS_OBJECT_BLOB:
        return hand_over(whole, worker, KS_BLOB_GIT_BLOB, oid, object->bytes,
                         err);
    case KS_OBJECT_COMMIT:
        return ks_commit_parse(&commit, object->bytes, oid->len)
                   ? hand_over(whole, worker, KS_BLOB_COMMIT_MESSAGE, oid,
                               commit.message, err)
                   : KS_EFORMAT;
    case KS_OBJECT_TAG:
        return ks_tag_parse(&tag, object->bytes, oid->len)
                   ? hand_over(whole, worker, KS_BLOB_TAG_MESSAGE, oid,
                               tag.message, err)
                   : KS_EFORMAT;
    case KS_OBJECT_TREE:
        while (rc == KS_OK && ks_tree_next(&entry, &rest, oid->len) == 1)
            rc = take_name(whole, worker, entry.name, err);
        return rc;
    case KS_OBJECT_NONE:
        break;
    }
    return KS_EFORMAT;
}

static enum ks_rc take_wanted(struct whole *whole, unsigned worker,
                              struct ks_objects *objects,
                              const struct wanted *wanted, struct ks_err *err)
{
    struct ks_oid oid = ks_oid_from(wanted->oid, whole->git->oid_len);
    struct ks_object object;
    enum ks_rc rc = ks_objects_read(&object, objects, &oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc == KS_OK && object.type != KS_OBJECT_BLOB && !whole->any_type) {
        ks_object_release(&object);
        rc = KS_EFORMAT;
    }
    if (rc != KS_OK) {
        ks_git_skip(whole->git, rc, "blob", &oid);
        return KS_OK;
    }
    rc = take_stray(whole, worker, &oid, &object, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc take_steps(struct whole *whole, unsigned worker,
                             struct ks_objects *objects, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !atomic_load(&whole->failed)) {
        size_t at = atomic_fetch_add(&whole->next, STEP);

        if (at >= whole->all.len)
            break;
        for (size_t i = at; rc == KS_OK && i < at + STEP && i < whole->all.len;
             i++)
            rc = ks_git_stopped(whole->git)
                     ? ks_fail(err, KS_ECANCELED, "stopped")
                     : take_wanted(whole, worker, objects, &whole->all.items[i],
                                   err);
    }
    return rc;
}

static enum ks_rc read_blobs(void *ctx, unsigned worker, struct ks_err *err)
{
    struct whole *whole = ctx;
    struct ks_objects *objects = NULL;
    enum ks_rc rc = ks_objects_open(&objects, whole->git,
                                    whole->git->oid_len == GIT_OID_RAWSZ
                                        ? KS_OBJECTS_LIBGIT2
                                        : KS_OBJECTS_FAST,
                                    err);

    if (rc == KS_OK)
        rc = take_steps(whole, worker, objects, err);
    if (rc != KS_OK)
        atomic_store(&whole->failed, true);
    ks_objects_free(objects);
    return rc;
}

static enum ks_rc read_all(struct whole *whole, struct ks_err *err)
{
    ks_progress_expect(whole->git->options.progress, whole->all.len, 0);
    atomic_store(&whole->next, 0);
    return ks_pool_run(whole->git->jobs, read_blobs, whole, err);
}

/* What the object database holds beside the chosen history. */
struct strays {
    struct whole *whole;
    struct ks_oids seen;
    enum ks_rc rc;
};

static enum ks_rc add_stray(struct strays *strays, const uint8_t *oid)
{
    struct wanted wanted = {.name = 0};
    bool added = false;

    if (ks_oids_put(&strays->seen, oid, &added) == KS_OIDS_NONE)
        return KS_ENOMEM;
    if (!added)
        return KS_OK;
    memcpy(wanted.oid, oid, strays->seen.oid_len);
    return KS_VEC_PUSH(&strays->whole->all, wanted) ? KS_OK : KS_ENOMEM;
}

static int add_listed(const git_oid *id, void *ctx)
{
    struct strays *strays = ctx;

    strays->rc = add_stray(strays, id->id);
    return strays->rc == KS_OK ? 0 : GIT_EUSER;
}

/* For names that libgit2 does not know. */
static enum ks_rc add_each(void *ctx, const uint8_t *oid,
                           enum ks_object_type type, struct ks_err *err)
{
    (void)type;
    return add_stray(ctx, oid) == KS_OK ? KS_OK : ks_fail_memory(err);
}

static enum ks_rc list_all(struct strays *strays, struct ks_err *err)
{
    struct ks_git *git = strays->whole->git;
    git_odb *odb = NULL;
    enum ks_rc rc;
    int code;

    if (git->oid_len != GIT_OID_RAWSZ)
        return ks_strays_each(git, add_each, strays, err);
    rc = ks_git_need_libgit2(git, err);
    if (rc != KS_OK)
        return rc;
    code = git_repository_odb(&odb, git->repo);
    if (code == 0)
        code = git_odb_foreach(odb, add_listed, strays);
    git_odb_free(odb);
    if (strays->rc != KS_OK)
        return ks_fail_memory(err);
    return code == 0 ? KS_OK : ks_git_fail(err, code, "list the objects");
}

/* Notes what was handed over already; trees are read again for their names. */
static enum ks_rc note_seen(struct strays *strays)
{
    const struct ks_commits *commits = strays->whole->git->commits;
    const struct wanted_list *all = &strays->whole->all;
    uint32_t put = 0;

    for (size_t i = 0; put != KS_OIDS_NONE && i < all->len; i++)
        put = ks_oids_put(&strays->seen, all->items[i].oid, NULL);
    for (size_t i = 0; put != KS_OIDS_NONE && i < commits->chosen.len; i++)
        put = ks_oids_put(&strays->seen,
                          ks_oids_at(&commits->ids, commits->chosen.items[i]),
                          NULL);
    for (size_t i = 0; put != KS_OIDS_NONE && i < commits->roots.len; i++)
        if (commits->roots.items[i].type == KS_OBJECT_TAG)
            put = ks_oids_put(&strays->seen, commits->roots.items[i].oid.bytes,
                              NULL);
    return put == KS_OIDS_NONE ? KS_ENOMEM : KS_OK;
}

static enum ks_rc find_strays(struct whole *whole, struct ks_err *err)
{
    struct strays strays = {.whole = whole};
    enum ks_rc rc;

    ks_oids_init(&strays.seen, whole->git->oid_len);
    rc = note_seen(&strays) == KS_OK ? KS_OK : ks_fail_memory(err);
    KS_VEC_RELEASE(&whole->all);
    if (rc == KS_OK)
        rc = list_all(&strays, err);
    ks_oids_release(&strays.seen);
    return rc;
}

static enum ks_rc scan(struct whole *whole, struct ks_err *err)
{
    const struct ks_reach_visitor visitor = {.ctx = whole,
                                             .message = take_message,
                                             .blob = want_blob,
                                             .name = take_name};
    enum ks_rc rc = ks_git_start_libgit2(whole->git, err);

    if (rc == KS_OK)
        rc = ks_reach(whole->git, &visitor, err);

    if (rc == KS_OK)
        rc = gather(whole, err);
    if (rc == KS_OK)
        rc = read_all(whole, err);
    if (rc == KS_OK && whole->git->options.all_objects) {
        whole->any_type = true;
        rc = find_strays(whole, err);
        if (rc == KS_OK)
            rc = read_all(whole, err);
    }
    return rc;
}

enum ks_rc ks_whole_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err)
{
    struct whole whole = {.git = git, .sink = sink};
    enum ks_rc rc;

    whole.found = calloc(git->jobs, sizeof(*whole.found));
    if (git->options.all_objects)
        whole.names = ks_names_new();
    rc =
        whole.found == NULL || (git->options.all_objects && whole.names == NULL)
            ? ks_fail_memory(err)
            : scan(&whole, err);
    for (unsigned i = 0; whole.found != NULL && i < git->jobs; i++)
        KS_VEC_RELEASE(&whole.found[i]);
    free(whole.found);
    ks_names_free(whole.names);
    KS_VEC_RELEASE(&whole.all);
    return rc;
}
