/* SPDX-License-Identifier: Apache-2.0 */
/* object.h: git objects read whole, and what commits, tags and trees say. */
#ifndef KS_GIT_OBJECT_H
#define KS_GIT_OBJECT_H

#include "git/internal.h"
#include "git/pack_reader.h"

/* Bytes of one object, valid until ks_object_release. */
struct ks_object {
    enum ks_object_type type;
    struct ks_span bytes;
    struct ks_packed_cell *packed; /* holds the bytes; or `kept` does */
    struct ks_kept *kept;
};

/* A reader of one thread, with caches of its own. */
struct ks_objects;

enum ks_objects_how {
    KS_OBJECTS_FAST,    /* packs directly, the rest through libgit2 */
    KS_OBJECTS_LIBGIT2, /* all through libgit2, which verifies their names */
};

enum ks_rc ks_objects_open(struct ks_objects **out, const struct ks_git *git,
                           enum ks_objects_how how, struct ks_err *err);
void ks_objects_free(struct ks_objects *objects);

/*
 * Reads an object from wherever it is: packs, loose, alternates. KS_ENOENT if
 * it is not there, KS_EFORMAT if it is damaged, KS_ENOMEM. Nothing to release
 * after a failure.
 */
enum ks_rc ks_objects_read(struct ks_object *out, struct ks_objects *objects,
                           const struct ks_oid *oid, struct ks_err *err);
void ks_object_release(struct ks_object *object);

/* What a commit says; spans point into its bytes. */
struct ks_commit_view {
    struct ks_oid tree;
    int64_t time;           /* committer's, Unix seconds */
    struct ks_span parents; /* lines "parent <hex>\n", as they stand */
    struct ks_span author;  /* "name <email> time zone" */
    struct ks_span message; /* what follows the empty line */
};

/* False if the bytes are no commit. `oid_len` is 20 or 32. */
bool ks_commit_parse(struct ks_commit_view *out, struct ks_span bytes,
                     size_t oid_len);

/* Takes the next parent off `parents`; false when there is none left. */
bool ks_commit_next_parent(struct ks_oid *out, struct ks_span *parents,
                           size_t oid_len);

/* What an annotated tag says. */
struct ks_tag_view {
    struct ks_oid target;
    enum ks_object_type type;
    struct ks_span tagger; /* empty if it has none */
    struct ks_span message;
};

bool ks_tag_parse(struct ks_tag_view *out, struct ks_span bytes,
                  size_t oid_len);

/* A person and a time as commits and tags hold them; spans may be empty. */
struct ks_person {
    struct ks_span name, email;
    int64_t time;
    int offset; /* minutes east of UTC */
};

struct ks_person ks_person_parse(struct ks_span line);

/* Kinds of tree entries by their mode. */
enum ks_entry_kind {
    KS_ENTRY_BLOB, /* regular, executable or symbolic link */
    KS_ENTRY_TREE,
    KS_ENTRY_COMMIT, /* submodule: another repository's object */
};

static inline enum ks_entry_kind ks_entry_kind(unsigned mode)
{
    return (mode & 0170000) == 0040000   ? KS_ENTRY_TREE
           : (mode & 0170000) == 0160000 ? KS_ENTRY_COMMIT
                                         : KS_ENTRY_BLOB;
}

struct ks_tree_entry {
    enum ks_entry_kind kind;
    struct ks_span name; /* without NUL */
    const uint8_t *oid;  /* oid_len bytes */
};

/*
 * Takes the next entry off `tree`. Returns 1, 0 at the end, −1 if the bytes
 * are no tree.
 */
int ks_tree_next(struct ks_tree_entry *out, struct ks_span *tree,
                 size_t oid_len);

#endif
