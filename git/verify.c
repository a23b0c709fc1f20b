/* SPDX-License-Identifier: Apache-2.0 */
#include "git/verify.h"

#include "base/hash.h"
#include "git/loose.h"
#include "git/object.h"
#include "git/walk.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 32, STEP = 16 /* loose objects at a time */ };

static const unsigned all_types = 1U << KS_OBJECT_COMMIT |
                                  1U << KS_OBJECT_TREE | 1U << KS_OBJECT_BLOB |
                                  1U << KS_OBJECT_TAG;

struct verify {
    const struct ks_git *git;
    struct ks_loose loose;
    atomic_size_t next; /* loose object */
};

/* A name is the hash of "type size", a NUL and the bytes. */
static enum ks_rc check(const struct verify *verify, const struct ks_oid *oid,
                        enum ks_object_type type, struct ks_span bytes,
                        struct ks_err *err)
{
    uint8_t name[KS_OID_MAX];
    char head[HEAD_MAX];
    int len = snprintf(head, sizeof(head), "%s %zu", ks_object_type_name(type),
                       bytes.len);
    struct ks_span before = {(const uint8_t *)head, (size_t)len + 1};

    if (!ks_hash_name(name, oid->len, before, bytes))
        return ks_fail_memory(err);
    if (memcmp(name, oid->bytes, oid->len) != 0)
        ks_git_skip(verify->git, KS_EFORMAT, "object with a wrong hash", oid);
    return KS_OK;
}

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    (void)worker;
    *memo = NULL;
    return check(ctx, &object->oid, object->type, object->bytes, err);
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    (void)memo;
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    const struct verify *verify = ctx;

    (void)worker;
    (void)err;
    ks_git_skip(verify->git, why == KS_LEFT_LARGE ? KS_ELIMIT : KS_EFORMAT,
                "object", oid);
    return KS_OK;
}

static enum ks_rc walk(struct verify *verify, struct ks_families *families,
                       struct ks_err *err)
{
    const struct ks_git *git = verify->git;
    struct ks_walk_visitor visitor = {verify, visit, forget, left};
    struct ks_walk_options options = {.jobs = git->jobs,
                                      .stop = git->options.stop};
    size_t count = git->packs->all.len;
    struct ks_walk_part *parts = calloc(count + 1, sizeof(*parts));
    enum ks_rc rc = parts == NULL ? ks_fail_memory(err) : KS_OK;

    for (size_t i = 0; rc == KS_OK && i < count; i++) {
        rc = ks_families_build(&families[i], git->packs->all.items[i],
                               git->jobs, err);
        parts[i].families = &families[i];
        parts[i].choice.types = all_types;
        if (rc == KS_OK)
            ks_families_choose(&families[i], &parts[i].choice);
    }
    if (rc == KS_OK)
        rc = ks_walk(parts, count, &visitor, &options, err);
    free(parts);
    return rc;
}

static enum ks_rc verify_packs(struct verify *verify, struct ks_err *err)
{
    size_t count = verify->git->packs->all.len;
    struct ks_families *families = calloc(count + 1, sizeof(*families));
    enum ks_rc rc =
        families == NULL ? ks_fail_memory(err) : walk(verify, families, err);

    for (size_t i = 0; families != NULL && i < count; i++)
        ks_families_release(&families[i]);
    free(families);
    return rc;
}

static enum ks_rc verify_loose(struct verify *verify,
                               struct ks_objects *objects, size_t number,
                               struct ks_err *err)
{
    struct ks_oid oid = ks_loose_name(&verify->loose, number);
    struct ks_object object;
    enum ks_rc rc;

    if (ks_git_stopped(verify->git))
        return ks_fail(err, KS_ECANCELED, "stopped");
    rc = ks_objects_read(&object, objects, &oid, err);
    if (rc == KS_ENOMEM)
        return rc;
    if (rc != KS_OK) {
        ks_git_skip(verify->git, rc, "object", &oid);
        return KS_OK;
    }
    rc = check(verify, &oid, object.type, object.bytes, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct verify *verify = ctx;
    struct ks_objects *objects = NULL;
    enum ks_rc rc =
        ks_objects_open(&objects, verify->git, KS_OBJECTS_FAST, err);
    size_t count = verify->loose.count, from;

    (void)worker;
    while (rc == KS_OK &&
           (from = atomic_fetch_add(&verify->next, STEP)) < count)
        for (size_t i = from; rc == KS_OK && i < from + STEP && i < count; i++)
            rc = verify_loose(verify, objects, i, err);
    ks_objects_free(objects);
    return rc;
}

enum ks_rc ks_verify(const struct ks_git *git, struct ks_err *err)
{
    struct verify verify = {.git = git};
    enum ks_rc rc =
        ks_loose_list(&verify.loose, git->packs, git->options.coverage, err);

    if (rc == KS_OK)
        rc = verify_packs(&verify, err);
    if (rc == KS_OK && verify.loose.count > 0)
        rc = ks_pool_run(git->jobs, work, &verify, err);
    ks_loose_release(&verify.loose);
    return rc;
}
