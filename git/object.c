/* SPDX-License-Identifier: Apache-2.0 */
#include "git/object.h"

#include "git/inflate.h"
#include "git/loose_read.h"
#include "git/map_guard.h"
#include "git/newer.h"

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE_SLOTS = 8192,
    CACHE_BYTES = 24 * 1024 * 1024,
    CACHE_OBJECT = 1024 * 1024, /* larger ones are not kept */
};

/* A kept object; freed when neither the cache nor a reader holds it. */
struct ks_kept {
    git_odb_object *object; /* libgit2's, or NULL */
    struct ks_loose_object loose;
    struct ks_oid oid;
    unsigned holders;
};

struct ks_objects {
    const struct ks_git *git;
    struct ks_pack_reader *packed; /* NULL: libgit2 reads packs too */
    struct ks_newer *newer;        /* for names that libgit2 does not know */
    struct ks_inflater *inflater;
    git_odb *odb; /* NULL until it is needed */
    struct ks_kept
        *slots[CACHE_SLOTS]; /* trees, by the first bytes of the id */
    size_t cached;           /* bytes */
    size_t hand;             /* where eviction goes on */
};

static size_t size_of(const struct ks_kept *kept)
{
    return kept->object != NULL ? git_odb_object_size(kept->object)
                                : kept->loose.bytes.len;
}

static void drop(struct ks_kept *kept)
{
    if (--kept->holders > 0)
        return;
    git_odb_object_free(kept->object);
    free(kept->loose.memory);
    free(kept);
}

enum ks_rc ks_objects_open(struct ks_objects **out, const struct ks_git *git,
                           enum ks_objects_how how, struct ks_err *err)
{
    struct ks_objects *objects = calloc(1, sizeof(*objects));
    enum ks_rc rc = KS_OK;

    if (objects == NULL)
        return ks_fail_memory(err);
    objects->git = git;
    ks_map_watch();
    if (how == KS_OBJECTS_FAST)
        rc = ks_pack_reader_new(&objects->packed, git->packs, 0, err);
    if (rc == KS_OK)
        rc = ks_inflater_new(&objects->inflater, err);
    if (rc != KS_OK) {
        ks_objects_free(objects);
        return rc;
    }
    *out = objects;
    return KS_OK;
}

static enum ks_rc open_odb(struct ks_objects *objects, struct ks_err *err)
{
    const struct ks_git *git = objects->git;
    git_odb *odb = NULL;
    enum ks_rc rc;
    int code = git_libgit2_init();

    /* Its settings are no matter for threads, and were made if they count. */
    if (code < 0)
        return ks_git_fail(err, code, "start libgit2");
    code = git_odb_open(&odb, git->object_dirs[0]);
    for (size_t i = 1; i < git->object_dir_count && code == 0; i++)
        code = git_odb_add_disk_alternate(odb, git->object_dirs[i]);
    if (code != 0) {
        rc = ks_git_fail(err, code, "open the objects in %s",
                         git->object_dirs[0]);
        git_odb_free(odb);
        return rc;
    }
    objects->odb = odb;
    return KS_OK;
}

void ks_objects_free(struct ks_objects *objects)
{
    if (objects == NULL)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        if (objects->slots[i] != NULL)
            drop(objects->slots[i]);
    ks_pack_reader_free(objects->packed);
    ks_newer_free(objects->newer);
    ks_inflater_free(objects->inflater);
    git_odb_free(objects->odb);
    free(objects);
}

static struct ks_kept **slot_of(struct ks_objects *objects,
                                const struct ks_oid *oid)
{
    uint32_t hash;

    memcpy(&hash, oid->bytes, sizeof(hash));
    return &objects->slots[hash % CACHE_SLOTS];
}

static void evict(struct ks_objects *objects, struct ks_kept **slot)
{
    if (*slot == NULL)
        return;
    objects->cached -= size_of(*slot);
    drop(*slot);
    *slot = NULL;
}

/* Keeps a tree for the next reader; without memory it is just not kept. */
static void keep(struct ks_objects *objects, struct ks_object *object,
                 const struct ks_oid *oid)
{
    struct ks_kept **slot = slot_of(objects, oid);
    struct ks_kept *kept = object->kept;

    if (object->type != KS_OBJECT_TREE || object->bytes.len > CACHE_OBJECT)
        return;
    evict(objects, slot);
    while (objects->cached + object->bytes.len > CACHE_BYTES) {
        evict(objects, &objects->slots[objects->hand]);
        objects->hand = (objects->hand + 1) % CACHE_SLOTS;
    }
    kept->holders++;
    *slot = kept;
    objects->cached += object->bytes.len;
}

static void view(struct ks_object *out, struct ks_kept *kept)
{
    out->kept = kept;
    if (kept->object == NULL) {
        out->type = kept->loose.type;
        out->bytes = kept->loose.bytes;
        return;
    }
    out->type = (enum ks_object_type)git_odb_object_type(kept->object);
    out->bytes = (struct ks_span){git_odb_object_data(kept->object),
                                  git_odb_object_size(kept->object)};
}

static enum ks_rc read_loose(struct ks_object *out, struct ks_objects *objects,
                             const struct ks_oid *oid, struct ks_err *err)
{
    struct ks_kept *kept = calloc(1, sizeof(*kept));
    enum ks_rc rc;

    if (kept == NULL)
        return ks_fail_memory(err);
    kept->oid = *oid;
    kept->holders = 1;
    rc = ks_loose_read(&kept->loose, objects->git, objects->inflater, oid, err);
    if (rc != KS_OK) {
        free(kept);
        return rc;
    }
    view(out, kept);
    keep(objects, out, oid);
    return KS_OK;
}

/* What we cannot take ourselves. */
static enum ks_rc read_odb(struct ks_object *out, struct ks_objects *objects,
                           const struct ks_oid *oid, struct ks_err *err)
{
    struct ks_kept *kept;
    enum ks_rc rc = objects->odb == NULL ? open_odb(objects, err) : KS_OK;
    git_oid id;
    int code;

    if (rc != KS_OK)
        return rc;
    kept = calloc(1, sizeof(*kept));
    if (kept == NULL)
        return ks_fail_memory(err);
    kept->oid = *oid;
    kept->holders = 1;
    memcpy(id.id, oid->bytes, sizeof(id.id));
    code = git_odb_read(&kept->object, objects->odb, &id);
    if (code != 0) {
        char hex[KS_OID_HEX];

        free(kept);
        ks_oid_hex(hex, oid);
        return code == GIT_ENOTFOUND
                   ? ks_fail(err, KS_ENOENT, "object %s is missing", hex)
                   : ks_git_fail(err, code, "object %s", hex);
    }
    view(out, kept);
    keep(objects, out, oid);
    return KS_OK;
}

/*
 * Whether libgit2 may know better: it finds what was packed since we opened the
 * packs. It is not asked for damaged loose objects: libgit2 1.5 never returns
 * from one that was cut short.
 */
static bool may_differ(const struct ks_objects *objects, enum ks_rc rc)
{
    return objects->git->oid_len == GIT_OID_RAWSZ && rc != KS_ENOMEM &&
           rc != KS_EFORMAT &&
           (rc != KS_ENOENT || ks_packs_changed(objects->git->packs));
}

static bool loose_is_damaged(struct ks_objects *objects,
                             const struct ks_oid *oid)
{
    struct ks_loose_object loose = {.memory = NULL};
    enum ks_rc rc =
        ks_loose_read(&loose, objects->git, objects->inflater, oid, NULL);

    free(loose.memory);
    return rc == KS_EFORMAT;
}

enum ks_rc ks_objects_read(struct ks_object *out, struct ks_objects *objects,
                           const struct ks_oid *oid, struct ks_err *err)
{
    struct ks_kept *kept = *slot_of(objects, oid);
    struct ks_packed packed;
    enum ks_rc rc;

    *out = (struct ks_object){.type = KS_OBJECT_NONE};
    if (kept != NULL && ks_oid_equal(&kept->oid, oid)) {
        kept->holders++;
        view(out, kept);
        return KS_OK;
    }
    if (objects->packed == NULL)
        return loose_is_damaged(objects, oid)
                   ? ks_fail(err, KS_EFORMAT, "a loose object is damaged")
                   : read_odb(out, objects, oid, err);
    rc = ks_pack_reader_read(&packed, objects->packed, oid->bytes, err);
    if (rc != KS_OK && rc != KS_ENOMEM) {
        enum ks_rc in_packs = rc;

        rc = read_loose(out, objects, oid, err);
        if (rc == KS_OK)
            return rc;
        if (may_differ(objects, rc))
            rc = read_odb(out, objects, oid, err);
        if (rc == KS_ENOENT && objects->git->oid_len != GIT_OID_RAWSZ)
            rc = ks_newer_read(&packed, &objects->newer, objects->git,
                               oid->bytes, err);
        else if (rc == KS_OK)
            return rc;
        /* It is there, whatever its state. */
        rc = rc == KS_ENOENT ? in_packs : rc;
    }
    if (rc != KS_OK)
        return rc;
    *out = (struct ks_object){
        .type = packed.type, .bytes = packed.bytes, .packed = packed.cell};
    return KS_OK;
}

void ks_object_release(struct ks_object *object)
{
    struct ks_packed packed = {.cell = object->packed};

    if (object->packed != NULL)
        ks_packed_release(&packed);
    if (object->kept != NULL)
        drop(object->kept);
    *object = (struct ks_object){.type = KS_OBJECT_NONE};
}
