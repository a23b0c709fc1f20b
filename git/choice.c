/* SPDX-License-Identifier: Apache-2.0 */
#include "git/choice.h"

#include "git/strays.h"

#include <git2.h>
#include <limits.h>
#include <string.h>

static bool range_leaves_out(const struct ks_git *git)
{
    return git->options.range != NULL &&
           strstr(git->options.range, "..") != NULL;
}

bool ks_choice_is_part(const struct ks_git *git)
{
    return range_leaves_out(git) || git->options.exclude_count > 0 ||
           git->options.exclude_refs != NULL || git->options.since != 0;
}

static enum ks_rc resolve(git_oid *out, const struct ks_git *git,
                          const char *name, struct ks_err *err)
{
    git_object *object = NULL;
    int code = git_revparse_single(&object, git->repo, name);

    if (code != 0)
        return ks_fail(err, KS_EINVAL, "there is no revision '%s' in %s", name,
                       git->git_dir);
    git_oid_cpy(out, git_object_id(object));
    git_object_free(object);
    return KS_OK;
}

static enum ks_rc add(struct ks_tips *tips, const struct ks_git *git,
                      const char *name, uint8_t why, struct ks_err *err)
{
    git_oid oid;
    enum ks_rc rc = resolve(&oid, git, name, err);

    return rc == KS_OK ? ks_tips_add(tips, oid.id, why, err) : rc;
}

/* A...B: what only one of them reaches, so their merge bases are left out. */
static enum ks_rc add_symmetric(struct ks_tips *tips, const struct ks_git *git,
                                const char *from, const char *to,
                                struct ks_err *err)
{
    git_oidarray bases = {0};
    git_oid a, b;
    enum ks_rc rc = resolve(&a, git, from, err);
    int code;

    if (rc == KS_OK)
        rc = resolve(&b, git, to, err);
    if (rc != KS_OK)
        return rc;
    code = git_merge_bases(&bases, git->repo, &a, &b);
    if (code != 0 && code != GIT_ENOTFOUND)
        return ks_git_fail(err, code, "merge bases of %s and %s", from, to);
    rc = ks_tips_add(tips, a.id, KS_TIP_REF | KS_TIP_LIVE, err);
    if (rc == KS_OK)
        rc = ks_tips_add(tips, b.id, KS_TIP_REF | KS_TIP_LIVE, err);
    for (size_t i = 0; rc == KS_OK && i < bases.count; i++)
        rc = ks_tips_add(tips, bases.ids[i].id, KS_TIP_HIDDEN, err);
    git_oidarray_dispose(&bases);
    return rc;
}

/* "A..B", "A...B" or one revision; an empty side means HEAD, as in git. */
static enum ks_rc add_range(struct ks_tips *tips, const struct ks_git *git,
                            struct ks_err *err)
{
    const char *range = git->options.range;
    const char *dots = strstr(range, "..");
    char from[PATH_MAX];
    const char *to;
    bool symmetric;
    enum ks_rc rc;

    if (dots == NULL)
        return add(tips, git, range, KS_TIP_REF | KS_TIP_LIVE, err);
    symmetric = dots[2] == '.';
    to = dots + (symmetric ? 3 : 2);
    if (snprintf(from, sizeof(from), "%.*s", (int)(dots - range), range) >=
        (int)sizeof(from))
        return ks_fail(err, KS_EINVAL, "the range is too long");
    if (*from == '\0')
        memcpy(from, "HEAD", sizeof("HEAD"));
    if (*to == '\0')
        to = "HEAD";
    if (symmetric)
        return add_symmetric(tips, git, from, to, err);
    rc = add(tips, git, from, KS_TIP_HIDDEN, err);
    return rc == KS_OK ? add(tips, git, to, KS_TIP_REF | KS_TIP_LIVE, err) : rc;
}

/* A branch by its short or full name, here or at a remote; or any revision. */
static enum ks_rc add_branch(struct ks_tips *tips, const struct ks_git *git,
                             const char *name, struct ks_err *err)
{
    static const char *const spaces[] = {"refs/heads/", "refs/remotes/"};
    char full[PATH_MAX];
    git_oid oid;

    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        (void)snprintf(full, sizeof(full), "%s%s", spaces[i], name);
        if (git_reference_name_to_id(&oid, git->repo, full) == 0)
            return ks_tips_add(tips, oid.id, KS_TIP_REF | KS_TIP_LIVE, err);
    }
    return add(tips, git, name, KS_TIP_REF | KS_TIP_LIVE, err);
}

static enum ks_rc add_stray(void *ctx, const uint8_t *oid,
                            enum ks_object_type type, struct ks_err *err)
{
    /* What is damaged is counted when it is read. */
    return type == KS_OBJECT_COMMIT || type == KS_OBJECT_TAG
               ? ks_tips_add(ctx, oid, KS_TIP_STRAY, err)
               : KS_OK;
}

enum ks_rc ks_choice_tips(struct ks_tips *tips, const struct ks_git *git,
                          struct ks_err *err)
{
    const struct ks_git_options *options = &git->options;
    enum ks_rc rc = KS_OK;

    if (options->range != NULL)
        rc = add_range(tips, git, err);
    for (size_t i = 0; rc == KS_OK && i < options->include_count; i++)
        rc = ks_tips_add(tips, options->include[i].bytes,
                         KS_TIP_REF | KS_TIP_LIVE, err);
    for (size_t i = 0; rc == KS_OK && i < options->branch_count; i++)
        rc = add_branch(tips, git, options->branches[i], err);
    if (rc == KS_OK && options->range == NULL && options->include_count == 0 &&
        options->branch_count == 0)
        rc = ks_tips_all(tips, git, err);
    /* Every commit and tag that there is, so that what they hold has a place.
     */
    if (rc == KS_OK && options->all_objects)
        rc = ks_strays_each(git, add_stray, tips, err);
    for (size_t i = 0; rc == KS_OK && i < options->exclude_count; i++)
        rc = ks_tips_add(tips, options->exclude[i].bytes, KS_TIP_HIDDEN, err);
    if (rc == KS_OK && options->exclude_refs != NULL)
        rc = ks_tips_prefix(tips, git, options->exclude_refs, KS_TIP_HIDDEN,
                            err);
    return rc;
}
