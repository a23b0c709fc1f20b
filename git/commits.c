/* SPDX-License-Identifier: Apache-2.0 */
#include "git/commits.h"

#include "git/choice.h"
#include "git/commit_facts.h"
#include "git/rank.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAG_DEPTH = 64, /* tags of tags */
    SLOP = 5,       /* commits to look at behind the last one of interest */
};

/* Bits that only the loading uses. */
enum { QUEUED = 64, TAKEN = 128 };

struct loading {
    struct ks_git *git;
    struct ks_objects *objects;
    struct ks_commits *commits;
    struct ks_oids shallow;
    struct ks_queue queue;
    size_t of_interest; /* commits in the queue that are not hidden */
};

struct ks_oid ks_commits_tree(const struct ks_commits *commits, uint32_t number)
{
    size_t len = commits->ids.oid_len;

    return ks_oid_from(commits->trees + number * len, len);
}

static int by_id(const void *left, const void *right)
{
    const struct ks_root *a = left, *b = right;

    return ks_oid_compare(&a->oid, &b->oid);
}

uint32_t ks_commits_root(const struct ks_commits *commits,
                         const struct ks_oid *oid)
{
    const struct ks_root root = {.oid = *oid};
    const struct ks_root *found =
        commits->roots.len == 0
            ? NULL
            : bsearch(&root, commits->roots.items, commits->roots.len,
                      sizeof(root), by_id);

    return found == NULL ? KS_OIDS_NONE
                         : (uint32_t)(found - commits->roots.items);
}

void ks_commits_free(struct ks_commits *commits)
{
    if (commits == NULL)
        return;
    ks_oids_release(&commits->ids);
    ks_tips_release(&commits->tips);
    KS_VEC_RELEASE(&commits->all);
    KS_VEC_RELEASE(&commits->parents);
    KS_VEC_RELEASE(&commits->chosen);
    KS_VEC_RELEASE(&commits->heads);
    KS_VEC_RELEASE(&commits->roots);
    free(commits->trees);
    free(commits);
}

/* Puts a commit whose facts are known into the queue, once. */
static enum ks_rc enqueue(struct loading *loading, uint32_t number,
                          struct ks_err *err)
{
    struct ks_commit *commit = &loading->commits->all.items[number];

    if ((commit->flags & (QUEUED | TAKEN | KS_COMMIT_GONE)) != 0)
        return KS_OK;
    commit->flags |= QUEUED;
    if ((commit->flags & KS_COMMIT_HIDDEN) == 0)
        loading->of_interest++;
    return ks_queue_put(&loading->queue, number) ? KS_OK : ks_fail_memory(err);
}

/* Counts what cannot be read, unless nobody wants it. */
static enum ks_rc lost(struct loading *loading, enum ks_rc rc, const char *what,
                       const struct ks_oid *oid, uint8_t why)
{
    bool stale =
        (why & ~(unsigned)KS_TIP_LIVE) == KS_TIP_LOG && rc == KS_ENOENT;

    if (rc == KS_ENOMEM)
        return rc;
    if (stale)
        ks_log(loading->git->options.log, KS_LOG_INFO,
               "a reflog names an object that is gone by now");
    else if ((why & KS_TIP_HIDDEN) == 0)
        ks_git_skip(loading->git, rc, what, oid);
    return KS_OK;
}

/* Reads a commit that some other names as its parent. */
static enum ks_rc read_commit(struct loading *loading, uint32_t number,
                              bool hidden, struct ks_err *err)
{
    struct ks_oid oid = ks_oids_get(&loading->commits->ids, number);
    struct ks_commit_facts known;
    struct ks_object object;
    enum ks_rc rc;

    if ((loading->commits->all.items[number].flags &
         (KS_COMMIT_READ | KS_COMMIT_GONE)) != 0)
        return KS_OK;
    if (loading->git->commit_log != NULL &&
        ks_commit_log_find(&known, loading->git->commit_log, oid.bytes))
        return ks_commits_note_known(loading->commits, &loading->shallow,
                                     number, &known)
                   ? KS_OK
                   : ks_fail_memory(err);
    rc = ks_objects_read(&object, loading->objects, &oid, err);
    if (rc == KS_OK) {
        rc = object.type == KS_OBJECT_COMMIT
                 ? ks_commits_note(loading->commits, &loading->shallow, number,
                                   object.bytes, err)
                 : KS_EFORMAT;
        ks_object_release(&object);
    }
    if (rc == KS_OK)
        return KS_OK;
    loading->commits->all.items[number].flags |= KS_COMMIT_GONE;
    return lost(loading, rc, "commit", &oid, hidden ? KS_TIP_HIDDEN : 0);
}

/* Hides a commit and all its ancestors as far as they are known. */
static enum ks_rc hide(struct loading *loading, uint32_t number,
                       struct ks_err *err)
{
    struct ks_commits *commits = loading->commits;
    KS_VEC(, uint32_t) stack = {0};
    enum ks_rc rc = KS_OK;

    if (!KS_VEC_PUSH(&stack, number))
        return ks_fail_memory(err);
    while (rc == KS_OK && stack.len > 0) {
        uint32_t at = stack.items[--stack.len];
        struct ks_commit *commit = &commits->all.items[at];

        if ((commit->flags & KS_COMMIT_HIDDEN) != 0)
            continue;
        commit->flags |= KS_COMMIT_HIDDEN;
        if ((commit->flags & QUEUED) != 0)
            loading->of_interest--;
        if ((commit->flags & TAKEN) == 0)
            continue;
        for (uint32_t i = 0; i < commit->parent_count && rc == KS_OK; i++)
            if (!KS_VEC_PUSH(&stack,
                             commits->parents.items[commit->first_parent + i]))
                rc = ks_fail_memory(err);
    }
    KS_VEC_RELEASE(&stack);
    return rc;
}

static enum ks_rc add_commit(struct loading *loading, const struct ks_oid *oid,
                             struct ks_span bytes, uint8_t why,
                             struct ks_err *err)
{
    uint32_t number = ks_commits_number(loading->commits, oid->bytes);
    struct ks_commit *commit;
    enum ks_rc rc = KS_OK;

    if (number == KS_OIDS_NONE)
        return ks_fail_memory(err);
    commit = &loading->commits->all.items[number];
    if ((commit->flags & KS_COMMIT_READ) == 0)
        rc = ks_commits_note(loading->commits, &loading->shallow, number, bytes,
                             err);
    commit = &loading->commits->all.items[number];
    if (rc == KS_EFORMAT) {
        commit->flags |= KS_COMMIT_GONE;
        return lost(loading, rc, "commit", oid, why);
    }
    if (rc == KS_OK && (why & KS_TIP_LIVE) != 0) {
        commit->flags |= KS_COMMIT_LIVE;
        if (!KS_VEC_PUSH(&loading->commits->heads, number))
            return ks_fail_memory(err);
    }
    if (rc == KS_OK && (why & KS_TIP_HIDDEN) != 0)
        rc = hide(loading, number, err);
    return rc == KS_OK ? enqueue(loading, number, err) : rc;
}

/* Follows a tip to the commit, tree or blob behind its tags. */
static enum ks_rc add_tip(struct loading *loading, struct ks_oid oid,
                          uint8_t why, struct ks_err *err)
{
    struct ks_object object;
    struct ks_tag_view tag;
    enum ks_rc rc = KS_OK;

    for (unsigned depth = 0; depth < TAG_DEPTH; depth++) {
        rc = ks_objects_read(&object, loading->objects, &oid, err);
        if (rc != KS_OK)
            return lost(loading, rc, "tip", &oid, why);
        if (object.type == KS_OBJECT_COMMIT) {
            rc = add_commit(loading, &oid, object.bytes, why, err);
            ks_object_release(&object);
            return rc;
        }
        if ((why & KS_TIP_HIDDEN) == 0 &&
            !KS_VEC_PUSH(&loading->commits->roots,
                         (struct ks_root){oid, object.type, why}))
            rc = ks_fail_memory(err);
        if (rc != KS_OK || object.type != KS_OBJECT_TAG) {
            ks_object_release(&object);
            return rc;
        }
        if (!ks_tag_parse(&tag, object.bytes, loading->git->oid_len)) {
            ks_object_release(&object);
            return lost(loading, KS_EFORMAT, "tag", &oid, why);
        }
        ks_object_release(&object);
        oid = tag.target;
    }
    return lost(loading, KS_ELIMIT, "tag of tags", &oid, why);
}

static enum ks_rc add_tips(struct loading *loading, struct ks_err *err)
{
    const struct ks_tips *tips = &loading->commits->tips;
    enum ks_rc rc = KS_OK;

    for (uint32_t i = 0; rc == KS_OK && i < tips->oids.len; i++)
        rc = add_tip(loading, ks_oids_get(&tips->oids, i), tips->why[i], err);
    return rc;
}

/* Looks at the parents of the newest commit in the queue. */
static enum ks_rc step(struct loading *loading, uint32_t number,
                       struct ks_err *err)
{
    struct ks_commits *commits = loading->commits;
    struct ks_commit *commit = &commits->all.items[number];
    uint32_t first = commit->first_parent, count = commit->parent_count;
    bool hidden = (commit->flags & KS_COMMIT_HIDDEN) != 0;
    enum ks_rc rc = KS_OK;

    commit->flags = (uint8_t)((commit->flags & ~QUEUED) | TAKEN);
    if (!hidden)
        loading->of_interest--;
    for (uint32_t i = 0; rc == KS_OK && i < count; i++) {
        uint32_t parent = commits->parents.items[first + i];

        rc = read_commit(loading, parent, hidden, err);
        if (rc == KS_OK && hidden)
            rc = hide(loading, parent, err);
        if (rc == KS_OK)
            rc = enqueue(loading, parent, err);
    }
    return rc;
}

/*
 * Walks from the newest to the oldest. Where history is hidden, the walk ends
 * when nothing of interest is left and the rest is older than all that was:
 * clocks that went wrong can make the choice larger, never smaller.
 */
static enum ks_rc walk(struct loading *loading, struct ks_err *err)
{
    int64_t oldest = INT64_MAX;
    unsigned slop = SLOP;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && loading->queue.heap.len > 0) {
        const struct ks_commit *next;

        if (ks_git_stopped(loading->git))
            return ks_fail(err, KS_ECANCELED, "stopped");
        next = &loading->commits->all.items[loading->queue.heap.items[0]];
        if (loading->of_interest > 0 || oldest <= next->time)
            slop = SLOP;
        else if (slop-- == 0)
            break;
        if ((next->flags & KS_COMMIT_HIDDEN) == 0 && next->time < oldest)
            oldest = next->time;
        rc = step(loading, ks_queue_take(&loading->queue), err);
    }
    return rc;
}

/* Several refs may name one tag: the roots by id, each once. */
static void sort_roots(struct ks_commits *commits)
{
    struct ks_root *roots = commits->roots.items;
    size_t kept = 0;

    if (commits->roots.len == 0)
        return;
    qsort(roots, commits->roots.len, sizeof(*roots), by_id);
    for (size_t i = 1; i < commits->roots.len; i++) {
        if (ks_oid_equal(&roots[i].oid, &roots[kept].oid))
            roots[kept].why |= roots[i].why;
        else
            roots[++kept] = roots[i];
    }
    commits->roots.len = kept + 1;
}

/* Says which of the commits are wanted, and which of them lack parents. */
static void choose(struct loading *loading)
{
    struct ks_commits *commits = loading->commits;
    int64_t since = loading->git->options.since;

    for (uint32_t i = 0; i < commits->all.len; i++) {
        struct ks_commit *commit = &commits->all.items[i];
        struct ks_oid oid;

        commit->flags &= (uint8_t) ~(QUEUED | TAKEN);
        if ((commit->flags & KS_COMMIT_READ) == 0 ||
            (commit->flags & KS_COMMIT_HIDDEN) != 0 ||
            (since != 0 && commit->time < since))
            continue;
        commit->flags |= KS_COMMIT_CHOSEN;
        if ((commit->flags & KS_COMMIT_SHALLOW) == 0)
            continue;
        oid = ks_oids_get(&commits->ids, i);
        ks_git_skip(loading->git, KS_ENOENT, "history behind the commit", &oid);
    }
}

static enum ks_rc load(struct loading *loading, struct ks_err *err)
{
    const struct ks_git_options *options = &loading->git->options;
    enum ks_rc rc = options->range != NULL || options->branch_count > 0
                        ? ks_git_need_libgit2(loading->git, err)
                        : KS_OK;

    if (rc == KS_OK)
        rc = ks_choice_tips(&loading->commits->tips, loading->git, err);
    if (rc == KS_OK)
        rc = ks_commits_shallow(&loading->shallow, loading->git, err);
    if (rc == KS_OK)
        rc = ks_objects_open(&loading->objects, loading->git, KS_OBJECTS_FAST,
                             err);
    if (rc == KS_OK)
        rc = add_tips(loading, err);
    if (rc == KS_OK) {
        sort_roots(loading->commits);
        rc = walk(loading, err);
    }
    if (rc == KS_OK)
        choose(loading);
    if (rc == KS_OK)
        rc = ks_rank(loading->commits, err);
    ks_objects_free(loading->objects);
    return rc;
}

enum ks_rc ks_commits_load(struct ks_git *git, struct ks_err *err)
{
    struct ks_commits *commits;
    struct loading loading = {.git = git};
    enum ks_rc rc;

    if (git->commits != NULL)
        return KS_OK;
    commits = calloc(1, sizeof(*commits));
    if (commits == NULL)
        return ks_fail_memory(err);
    ks_oids_init(&commits->ids, git->oid_len);
    ks_tips_init(&commits->tips, git->oid_len);
    ks_oids_init(&loading.shallow, git->oid_len);
    loading.commits = commits;
    loading.queue = (struct ks_queue){.commits = commits, .newest_first = true};
    rc = load(&loading, err);
    ks_queue_release(&loading.queue);
    ks_oids_release(&loading.shallow);
    if (rc != KS_OK) {
        ks_commits_free(commits);
        return rc;
    }
    git->commits = commits;
    return KS_OK;
}
