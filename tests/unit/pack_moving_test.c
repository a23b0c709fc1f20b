/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository that changes while it is scanned: repacked, fetched into, cut
 * short. Either the scan says the same as of one left in peace, or it says
 * what is missing.
 */
#include "base/hash.h"
#include "base/vec.h"
#include "git/history.h"

#include "pack_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What a scan handed over; `script` runs in the repository on the way. */
struct seen {
    pthread_mutex_t lock;
    const char *folder;
    const char *script; /* or NULL; once, after `after` things */
    unsigned after, taken;
    uint64_t sum; /* of hashes, so that order is no matter */
    struct ks_coverage *coverage;
    bool ran;
};

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct seen *seen = ctx;

    (void)worker;
    (void)err;
    *memo = NULL;
    (void)pthread_mutex_lock(&seen->lock);
    seen->sum += ks_hash64(blob->bytes, blob->kind + 1U);
    if (seen->taken++ == seen->after && seen->script != NULL) {
        fixture_run(seen->folder, NULL, "sh", "-c", seen->script, NULL);
        seen->ran = true;
    }
    (void)pthread_mutex_unlock(&seen->lock);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    (void)memo;
}

static void scan(struct seen *seen, struct ks_git *git)
{
    struct ks_blob_sink sink = {seen, take, forget};
    struct ks_err err = {0};

    if (ks_git_scan(git, &sink, &err) != KS_OK)
        fail_msg("%s", err.text);
}

static struct ks_git *open_repo(struct seen *seen, const char *folder,
                                const char *script, unsigned after)
{
    struct ks_git_options options = {.jobs = 2, .allow_foreign_owner = true};
    struct ks_git *git = NULL;
    struct ks_err err = {0};
    char *path = NULL;

    *seen = (struct seen){.folder = folder, .script = script, .after = after};
    (void)pthread_mutex_init(&seen->lock, NULL);
    assert_int_equal(ks_coverage_new(&seen->coverage, &err), KS_OK);
    options.coverage = seen->coverage;
    assert_true(asprintf(&path, "%s/repo", folder) > 0);
    if (ks_git_open(&git, path, &options, &err) != KS_OK)
        fail_msg("%s", err.text);
    free(path);
    return git;
}

static void release(struct seen *seen)
{
    ks_coverage_free(seen->coverage);
    (void)pthread_mutex_destroy(&seen->lock);
}

static void make(const char *folder, const char *script)
{
    char *text = NULL;

    assert_true(asprintf(&text, "set -e; rm -rf repo; (%s) >log 2>&1", script) >
                0);
    fixture_run(folder, NULL, "sh", "-c", text, NULL);
    free(text);
}

static const char two_packs[] =
    "git clone -q --no-local --bare random.git repo; cd repo; git rev-list "
    "--objects main~60..main | git pack-objects -q objects/pack/pack; git "
    "repack -q";

static const char loose[] =
    "git init -q --bare repo; cd repo; git unpack-objects -q <$(ls "
    "../random.git/objects/pack/*.pack); git update-ref refs/heads/main $(git "
    "-C ../random.git rev-parse main)";

/* The same history under SHA-256 names, which libgit2 cannot help with. */
#define SHA256                                                                 \
    "git init -q --bare --object-format=sha256 repo; git -C random.git "       \
    "fast-export --all | git -C repo "

static const char sha256_packs[] =
    SHA256 "fast-import --quiet; cd repo; git rev-list --objects main~60 | git "
           "pack-objects -q objects/pack/pack";

static const char sha256_loose[] =
    SHA256 "-c fastimport.unpackLimit=100000 fast-import --quiet";

static void compare(const char *folder, const char *made, const char *script)
{
    struct seen still, moved;
    struct ks_git *git;

    make(folder, made);
    git = open_repo(&still, folder, NULL, 0);
    scan(&still, git);
    ks_git_free(git);
    assert_true(ks_coverage_complete(still.coverage));
    for (unsigned after = 0; after < still.taken; after += still.taken / 3) {
        make(folder, made);
        git = open_repo(&moved, folder, script, after);
        scan(&moved, git);
        ks_git_free(git);
        assert_true(moved.ran);
        assert_true(ks_coverage_complete(moved.coverage));
        assert_int_equal(moved.taken, still.taken);
        assert_true(moved.sum == still.sum);
        release(&moved);
    }
    release(&still);
}

/* Every pack and loose object is replaced by one new pack. */
static void repacked(void **state)
{
    static const char script[] =
        "cd repo; git repack -adfq; git prune-packed -q";

    compare(*state, two_packs, script);
    compare(*state, loose, script);
    compare(*state, sha256_packs, script);
    compare(*state, sha256_loose, script);
}

/* New objects come; the scan is of what was there when it began. */
static void fetched_into(void **state)
{
    compare(*state, two_packs,
            "cd repo; git update-ref refs/heads/more $(git commit-tree -m more "
            "-p main $(echo new | git hash-object -w --stdin | sed "
            "'s/.*/100644 blob &\\tnew/' | git mktree)); git repack -q");
}

/*
 * The pack is cut while it is mapped, and somebody else has taken SIGBUS in
 * the meantime: what cannot be read is told, and nobody dies.
 */
static void cut_short(void **state)
{
    struct seen seen;
    struct ks_git *git;
    struct sigaction before;

    make(*state, "git clone -q --no-local --bare random.git repo; chmod u+w "
                 "repo/objects/pack/*");
    git = open_repo(&seen, *state, NULL, 0);
    assert_int_equal(sigaction(SIGBUS, NULL, &before), 0);
    assert_true(signal(SIGBUS, SIG_DFL) != SIG_ERR);
    fixture_run(*state, NULL, "sh", "-c",
                "truncate -s 20000 repo/objects/pack/*.pack", NULL);
    scan(&seen, git);
    ks_git_free(git);
    assert_int_equal(sigaction(SIGBUS, &before, NULL), 0);
    assert_false(ks_coverage_complete(seen.coverage));
    assert_true(ks_coverage_skipped(seen.coverage, KS_SKIP_CORRUPT)->count > 0);
    release(&seen);
}

static int set_up(void **state)
{
    static const struct fixture_plan plan = {
        .seed = 9, .files = 4, .commits = 150, .lines = 40};

    *state = fixture_packed("random.git", &plan);
    return 0;
}

static int tear_down(void **state)
{
    fixture_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repacked),
        cmocka_unit_test(fetched_into),
        cmocka_unit_test(cut_short),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
