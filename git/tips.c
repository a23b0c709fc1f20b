/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refs are read here and not through libgit2: what is wanted is every object
 * name that git has written down anywhere, reflogs of refs that are gone
 * included, and millions of refs in little memory. Formats:
 * gitrepository-layout(5), git-pack-refs(1), git-update-ref(1).
 */
#include "git/tips.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "git/map_guard.h"
#include "git/ref_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SHORT_REF = 512, /* most have fewer */
    DEPTH_MAX = 256, /* folders below refs/ */
};

static const size_t big_file = (size_t)4 << 30; /* reflogs */

void ks_tips_init(struct ks_tips *tips, size_t oid_len)
{
    *tips = (struct ks_tips){.why = NULL};
    ks_oids_init(&tips->oids, oid_len);
}

void ks_tips_release(struct ks_tips *tips)
{
    free(tips->why);
    ks_oids_release(&tips->oids);
}

enum ks_rc ks_tips_add(struct ks_tips *tips, const uint8_t *oid, uint8_t why,
                       struct ks_err *err)
{
    bool added = false;
    uint32_t at = ks_oids_put(&tips->oids, oid, &added);

    if (at == KS_OIDS_NONE)
        return ks_fail_memory(err);
    if (tips->oids.len > tips->why_room) {
        size_t room = tips->oids.len * 2;
        uint8_t *grown = realloc(tips->why, room);

        if (grown == NULL)
            return ks_fail_memory(err);
        tips->why = grown;
        tips->why_room = room;
    }
    if (added)
        tips->why[at] = 0;
    tips->why[at] |= why;
    return KS_OK;
}

/* One run over the places where tips are written down. */
struct search {
    const struct ks_git *git;
    struct ks_tips *tips;
    const char *prefix;  /* of the full names that are wanted; NULL: all */
    uint8_t why;         /* for those, beside what the name says */
    struct ks_map loose; /* full names of loose refs: packed ones are stale */
    struct ks_arena names;
};

static bool is_null(const uint8_t *oid, size_t len)
{
    while (len > 0 && oid[len - 1] == 0)
        len--;
    return len == 0;
}

/* Adds what the hex digits at the start of `text` name; false if none do. */
static bool add_hex(struct search *search, struct ks_span text, uint8_t why,
                    enum ks_rc *rc, struct ks_err *err)
{
    size_t len = search->git->oid_len;
    uint8_t oid[KS_OID_MAX];

    if (text.len < 2 * len || !ks_unhex(oid, len, (const char *)text.ptr))
        return false;
    if (!is_null(oid, len))
        *rc = ks_tips_add(search->tips, oid, why, err);
    return true;
}

static bool ends(struct ks_span text, const char *with)
{
    size_t len = strlen(with);

    return text.len >= len &&
           ks_span_equal(ks_span_slice(text, text.len - len, text.len),
                         ks_span_str(with));
}

static bool wanted(const struct search *search, struct ks_span name)
{
    return search->prefix == NULL || ks_ref_begins(name, search->prefix);
}

static uint8_t why_of(const struct search *search, struct ks_span name)
{
    uint8_t why = search->why;

    if (ks_ref_begins(name, "refs/heads/") ||
        ks_ref_begins(name, "refs/remotes/") ||
        ks_span_equal(name, ks_span_str("HEAD")))
        why |= KS_TIP_LIVE;
    return why;
}

/* A loose ref: a name of an object, or "ref: " and the name of a ref. */
static enum ks_rc take_ref_text(struct search *search, const char *path,
                                const char *name, struct ks_span text,
                                struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (text.len > 0 && !ks_ref_begins(text, "ref:") &&
        !add_hex(search, text, why_of(search, ks_span_str(name)), &rc, err))
        ks_coverage_skip(search->git->options.coverage, KS_SKIP_CORRUPT, path);
    return rc;
}

/*
 * Reads a file that fits into `room` bytes with as few calls of the system as
 * can be; false if it does not, or cannot be read.
 */
static bool read_short(struct ks_span *text, uint8_t *to, size_t room,
                       const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, to, room);

    if (fd >= 0)
        (void)close(fd);
    *text = (struct ks_span){to, got < 0 ? 0 : (size_t)got};
    return got >= 0 && (size_t)got < room;
}

static enum ks_rc read_ref(struct search *search, const char *path,
                           const char *name, struct ks_err *err)
{
    uint8_t bytes[SHORT_REF];
    struct ks_span text;
    struct ks_buf all;
    enum ks_rc rc;

    if (read_short(&text, bytes, sizeof(bytes), path))
        return take_ref_text(search, path, name, text, err);
    rc = ks_ref_read(&all, search->git, path, KS_REF_FILE, err);
    if (rc == KS_OK)
        rc = take_ref_text(search, path, name, ks_buf_span(&all), err);
    ks_buf_release(&all);
    return rc;
}

static enum ks_rc take_ref(struct search *search, const char *path,
                           const char *name, struct ks_err *err)
{
    char *copy = ks_arena_text(&search->names, ks_span_str(name));

    if (copy == NULL ||
        ks_map_put(&search->loose, ks_span_str(copy), 1) == NULL)
        return ks_fail_memory(err);
    return wanted(search, ks_span_str(name)) ? read_ref(search, path, name, err)
                                             : KS_OK;
}

/* A reflog: lines of "old new person time zone TAB words". */
static enum ks_rc take_log(struct search *search, const char *path,
                           const char *name, struct ks_err *err)
{
    size_t hex = 2 * search->git->oid_len;
    struct ks_buf text;
    struct ks_span line, rest;
    enum ks_rc rc = ks_ref_read(&text, search->git, path, big_file, err);

    (void)name;
    rest = ks_buf_span(&text);
    while (rc == KS_OK && ks_ref_line(&line, &rest)) {
        if (!add_hex(search, line, KS_TIP_LOG, &rc, err) ||
            (rc == KS_OK &&
             !add_hex(search, ks_span_slice(line, hex + 1, line.len),
                      KS_TIP_LOG, &rc, err)))
            ks_coverage_skip(search->git->options.coverage, KS_SKIP_CORRUPT,
                             path);
    }
    ks_buf_release(&text);
    return rc;
}

typedef enum ks_rc take_fn(struct search *search, const char *path,
                           const char *name, struct ks_err *err);

/* DT_DIR, DT_REG, or something else; links are followed. */
static unsigned char type_of(const struct dirent *entry, const char *path)
{
    struct stat st;

    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type;
    if (stat(path, &st) != 0)
        return DT_UNKNOWN;
    return S_ISDIR(st.st_mode)   ? DT_DIR
           : S_ISREG(st.st_mode) ? DT_REG
                                 : DT_UNKNOWN;
}

/*
 * Calls `take` for each file below `root` + `name`; `name` grows with the
 * folders. What is not there holds nothing.
 */
static enum ks_rc walk(struct search *search, const char *root,
                       const char *name, unsigned depth, take_fn *take,
                       struct ks_err *err)
{
    char path[PATH_MAX], below[PATH_MAX];
    struct dirent *entry;
    enum ks_rc rc = KS_OK;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%s%s", root, name);
    dir = depth < DEPTH_MAX ? opendir(path) : NULL;
    if (dir == NULL) {
        if (depth == DEPTH_MAX || (errno != ENOENT && errno != ENOTDIR))
            ks_ref_unreadable(search->git, path);
        return KS_OK;
    }
    while (rc == KS_OK && (entry = readdir(dir)) != NULL) {
        unsigned char type;

        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(below, sizeof(below), "%s/%s", name, entry->d_name) >=
                (int)sizeof(below) ||
            snprintf(path, sizeof(path), "%s%s", root, below) >=
                (int)sizeof(path)) {
            ks_ref_unreadable(search->git, path);
            continue;
        }
        type = type_of(entry, path);
        if (type == DT_DIR)
            rc = walk(search, root, below, depth + 1, take, err);
        else if (type == DT_REG && !ends(ks_span_str(below), ".lock"))
            rc = take(search, path, below, err);
    }
    (void)closedir(dir);
    return rc;
}

/* HEAD, ORIG_HEAD, FETCH_HEAD (a line for each head) and their like. */
static enum ks_rc take_pseudo(struct search *search, const char *root,
                              struct ks_err *err)
{
    static const char *const names[] = {
        "HEAD",        "ORIG_HEAD",       "FETCH_HEAD",  "MERGE_HEAD",
        "REBASE_HEAD", "REVERT_HEAD",     "BISECT_HEAD", "CHERRY_PICK_HEAD",
        "AUTO_MERGE",  "MERGE_AUTOSTASH",
    };
    char path[PATH_MAX];
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; rc == KS_OK && i < sizeof(names) / sizeof(names[0]);
         i++) {
        struct ks_buf text;
        struct ks_span line, rest;

        (void)snprintf(path, sizeof(path), "%s%s", root, names[i]);
        rc = ks_ref_read(&text, search->git, path, KS_REF_FILE, err);
        rest = ks_buf_span(&text);
        /* What a past merge or fetch left behind may be gone by now. */
        while (rc == KS_OK && ks_ref_line(&line, &rest))
            (void)add_hex(search, line,
                          i == 0 ? why_of(search, ks_span_str(names[i]))
                                 : (uint8_t)KS_TIP_LOG,
                          &rc, err);
        ks_buf_release(&text);
    }
    return rc;
}

/* packed-refs: "hex name" lines, "^hex" for what a tag points at, "#" words. */
static enum ks_rc take_packed_lines(struct search *search, const char *path,
                                    struct ks_span rest, struct ks_err *err)
{
    size_t hex = 2 * search->git->oid_len;
    struct ks_span line;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && ks_ref_line(&line, &rest)) {
        struct ks_span name = ks_span_slice(line, hex + 1, line.len);

        if (ks_ref_begins(line, "#") || ks_ref_begins(line, "^"))
            continue;
        if (name.len > 0 &&
            (!wanted(search, name) || ks_map_get(&search->loose, name, 0) != 0))
            continue;
        if (name.len == 0 ||
            !add_hex(search, line, why_of(search, name), &rc, err))
            ks_coverage_skip(search->git->options.coverage, KS_SKIP_CORRUPT,
                             path);
    }
    return rc;
}

static enum ks_rc take_packed(struct search *search, struct ks_err *err)
{
    char path[PATH_MAX];
    struct ks_span text;
    enum ks_rc rc;

    if (!ks_ref_map_packed(&text, path, search->git, err))
        return KS_OK;
    rc = take_packed_lines(search, path, text, err);
    ks_map_close(text);
    return rc;
}

/* What one work tree, or the repository itself, keeps for itself. */
static enum ks_rc take_worktree(struct search *search, const char *root,
                                struct ks_err *err)
{
    enum ks_rc rc = take_pseudo(search, root, err);

    if (rc == KS_OK)
        rc = walk(search, root, "refs", 0, take_ref, err);
    if (rc == KS_OK)
        rc = walk(search, root, "logs", 0, take_log, err);
    return rc;
}

static enum ks_rc take_worktrees(struct search *search, struct ks_err *err)
{
    char path[PATH_MAX];
    struct dirent *entry;
    enum ks_rc rc = KS_OK;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%sworktrees", search->git->common_dir);
    dir = opendir(path);
    if (dir == NULL)
        return KS_OK;
    while (rc == KS_OK && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(path, sizeof(path), "%sworktrees/%s/",
                     search->git->common_dir,
                     entry->d_name) < (int)sizeof(path))
            rc = take_worktree(search, path, err);
    }
    (void)closedir(dir);
    return rc;
}

static void search_release(struct search *search)
{
    ks_map_release(&search->loose);
    ks_arena_release(&search->names);
}

/* Without branches, as in a repository of tags only, every ref counts. */
static void live_somewhere(struct ks_tips *tips)
{
    for (size_t i = 0; i < tips->oids.len; i++)
        if ((tips->why[i] & KS_TIP_LIVE) != 0)
            return;
    for (size_t i = 0; i < tips->oids.len; i++)
        if ((tips->why[i] & KS_TIP_REF) != 0)
            tips->why[i] |= KS_TIP_LIVE;
}

enum ks_rc ks_tips_all(struct ks_tips *tips, const struct ks_git *git,
                       struct ks_err *err)
{
    struct search search = {.git = git, .tips = tips, .why = KS_TIP_REF};
    enum ks_rc rc = take_worktree(&search, git->common_dir, err);

    if (rc == KS_OK)
        rc = take_packed(&search, err);
    if (rc == KS_OK)
        rc = take_worktrees(&search, err);
    if (rc == KS_OK)
        live_somewhere(tips);
    search_release(&search);
    return rc;
}

enum ks_rc ks_tips_prefix(struct ks_tips *tips, const struct ks_git *git,
                          const char *prefix, uint8_t why, struct ks_err *err)
{
    struct search search = {
        .git = git, .tips = tips, .prefix = prefix, .why = why};
    enum ks_rc rc = walk(&search, git->common_dir, "refs", 0, take_ref, err);

    if (rc == KS_OK)
        rc = take_packed(&search, err);
    search_release(&search);
    return rc;
}
