/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scan with a state finds what one without finds, in the same places, and
 * looks at no more than what is new.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/vec.h"
#include "git/history.h"

#include "pack_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a scan found: objects that hold a certain word. */
struct found {
    pthread_mutex_t lock;
    KS_VEC(, struct ks_git_query) queries;
    unsigned taken;       /* objects that were handed over */
    struct ks_buf places; /* one line each, in the order of telling */
};

static const struct ks_span word = {(const uint8_t *)"needle", 6};

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct found *found = ctx;
    struct ks_git_query query = {blob->oid, blob->kind, NULL};

    (void)worker;
    (void)err;
    *memo = NULL;
    (void)pthread_mutex_lock(&found->lock);
    found->taken++;
    if (ks_span_find(blob->bytes, 0, word) != SIZE_MAX) {
        if (blob->kind == KS_BLOB_PATH_NAME)
            query.path = "needle";
        assert_true(KS_VEC_PUSH(&found->queries, query));
    }
    (void)pthread_mutex_unlock(&found->lock);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    (void)memo;
}

static enum ks_rc on_place(void *ctx, const struct ks_git_place *place,
                           struct ks_err *err)
{
    struct found *found = ctx;
    char blob[KS_OID_HEX];
    char commit[KS_OID_HEX];

    (void)err;
    ks_oid_hex(blob, &found->queries.items[place->blob].oid);
    ks_oid_hex(commit, &place->commit);
    assert_int_equal(
        ks_buf_printf(
            &found->places, "%d %s %s %s %s <%s> %lld %d '%s' %llu %d\n",
            (int)found->queries.items[place->blob].kind, blob,
            place->path == NULL ? "-" : place->path, commit, place->author.name,
            place->author.email, (long long)place->time, place->offset,
            place->message, (unsigned long long)place->order, place->at_tip),
        KS_OK);
    return KS_OK;
}

static int by_name(const void *left, const void *right)
{
    const struct ks_git_query *a = left, *b = right;
    int order = ks_oid_compare(&a->oid, &b->oid);

    return order != 0 ? order : (int)a->kind - (int)b->kind;
}

/* Scans, locates and remembers; `state` may be NULL. */
static void scan(struct found *found, const char *folder, const char *state,
                 uint8_t key)
{
    struct ks_blob_sink sink = {found, take, forget};
    struct ks_git_options options = {.jobs = 2, .allow_foreign_owner = true};
    const uint8_t bytes[KS_GIT_STATE_KEY] = {[5] = key};
    struct ks_git *git = NULL;
    struct ks_err err = {0};
    char *path = NULL;

    *found = (struct found){0};
    (void)pthread_mutex_init(&found->lock, NULL);
    ks_buf_init(&found->places, 1 << 20);
    assert_true(asprintf(&path, "%s/repo", folder) > 0);
    assert_int_equal(ks_coverage_new(&options.coverage, &err), KS_OK);
    if (ks_git_open(&git, path, &options, &err) != KS_OK)
        fail_msg("%s", err.text);
    if (state != NULL)
        ks_git_use_state(git, state, bytes, NULL);
    if (ks_git_scan(git, &sink, &err) != KS_OK)
        fail_msg("%s", err.text);
    if (found->queries.len > 0)
        qsort(found->queries.items, found->queries.len,
              sizeof(*found->queries.items), by_name);
    if (ks_git_locate(git, found->queries.items, found->queries.len, on_place,
                      found, &err) != KS_OK ||
        ks_git_remember(git, &err) != KS_OK)
        fail_msg("%s", err.text);
    ks_git_free(git);
    ks_coverage_free(options.coverage);
    free(path);
}

static void release(struct found *found)
{
    KS_VEC_RELEASE(&found->queries);
    ks_buf_release(&found->places);
    (void)pthread_mutex_destroy(&found->lock);
}

static void run(const char *folder, const char *script)
{
    char *text = NULL;

    assert_true(asprintf(&text,
                         "set -e; exec >log 2>&1; T=$(cat time 2>/dev/null || "
                         "echo 1000000000); tick() { T=$((T + 60)); export "
                         "GIT_AUTHOR_DATE=\"$T +0200\" "
                         "GIT_COMMITTER_DATE=\"$T +0200\"; }; commit() { tick; "
                         "git add -A; git commit -qm \"$1\"; }; [ ! -d repo ] "
                         "|| cd repo; %s; cd \"%s\"; echo $T >time",
                         script, folder) > 0);
    fixture_run(folder, NULL, "sh", "-c", text, NULL);
    free(text);
}

/*
 * Scans with the state and without; both must tell the same places. Returns
 * how many objects the one with the state looked at.
 */
static unsigned compare(const char *folder, uint8_t key)
{
    struct found with, without;
    char *state = NULL;
    unsigned taken;

    assert_true(asprintf(&state, "%s/state", folder) > 0);
    scan(&without, folder, NULL, key);
    scan(&with, folder, state, key);
    if (!ks_span_equal(ks_buf_span(&with.places), ks_buf_span(&without.places)))
        fail_msg("with a state:\n%swithout:\n%s", ks_buf_text(&with.places),
                 ks_buf_text(&without.places));
    assert_true(with.taken <= without.taken);
    taken = with.taken;
    release(&with);
    release(&without);
    free(state);
    return taken;
}

static const char first[] =
    "git init -q -b main repo; cd repo; for n in 1 2 3 4 5; do echo $n >f$n; "
    "commit \"c$n\"; done; echo needle >a; commit one; echo x >a; cp f1 b; "
    "commit 'a needle in the message'; git branch side; echo needle 2 >b; "
    "commit two";

static void unchanged(void **state)
{
    unsigned all;

    run(*state, first);
    all = compare(*state, 1);
    assert_true(all > 15);
    /* Two blobs and a message. */
    assert_int_equal(compare(*state, 1), 3);
    assert_int_equal(compare(*state, 1), 3);
}

static void grown(void **state)
{
    run(*state, first);
    (void)compare(*state, 1);
    run(*state, "echo needle 3 >c; commit three; git gc -q");
    /* Blob, message and name of the new commit beside the old three. */
    assert_true(compare(*state, 1) <= 7);
    assert_int_equal(compare(*state, 1), 4);
    /* Old content at a new path, and a merge. */
    run(*state, "git checkout -q side; echo needle >z; commit four; tick; git "
                "merge -q -m merged main; git tag -a -m 'needle tag' v1");
    assert_true(compare(*state, 1) <= 12);
    assert_int_equal(compare(*state, 1), 5);
}

static void rewritten(void **state)
{
    run(*state, first);
    (void)compare(*state, 1);
    /* Still here, but no longer reachable. */
    run(*state, "git reset -q --hard main~2; rm -rf .git/logs");
    assert_true(compare(*state, 1) <= 3);
    assert_true(compare(*state, 1) <= 3);
    /* Gone for good. */
    run(*state, "git branch -q -D side; git checkout -q --orphan new; git rm "
                "-rqf .; echo needle 9 >n; commit new; git branch -q -D main; "
                "rm -rf .git/logs; git gc -q --prune=now");
    (void)compare(*state, 1);
    assert_int_equal(compare(*state, 1), 1);
}

static void other_key(void **state)
{
    unsigned all;

    run(*state, first);
    all = compare(*state, 1);
    assert_int_equal(compare(*state, 2), all);
    assert_int_equal(compare(*state, 2), 3);
}

static void damaged(void **state)
{
    struct ks_buf bytes;
    struct ks_err err = {0};
    char *path = NULL;
    unsigned all;

    run(*state, first);
    all = compare(*state, 1);
    assert_true(asprintf(&path, "%s/state", (const char *)*state) > 0);
    ks_buf_init(&bytes, 1 << 20);
    assert_int_equal(ks_file_read(&bytes, path, &err), KS_OK);
    for (size_t at = 97; at < bytes.len; at += 97) { /* its first line stays */
        struct ks_span whole = ks_buf_span(&bytes);

        bytes.ptr[at] ^= 1;
        assert_int_equal(ks_file_replace(path, whole, 0600, &err), KS_OK);
        bytes.ptr[at] ^= 1;
        if (at % (97 * 8) == 0)
            assert_int_equal(compare(*state, 1), all);
        assert_int_equal(
            ks_file_replace(path, ks_span_slice(whole, 0, at), 0600, &err),
            KS_OK);
        if (at % (97 * 8) == 0)
            assert_int_equal(compare(*state, 1), all);
    }
    ks_buf_release(&bytes);
    free(path);
}

/* The same tips with more history behind them. */
static void deepened(void **state)
{
    unsigned some;

    run(*state, first);
    run(*state,
        "cd ..; mv repo origin; git clone -q --depth 2 file://$PWD/origin "
        "repo; rm -rf repo/.git/logs");
    some = compare(*state, 1);
    run(*state, "git fetch -q --unshallow; rm -rf .git/logs");
    assert_true(compare(*state, 1) > some);
    assert_int_equal(compare(*state, 1), 3);
}

/* What is found in a name cannot be told by a state without telling it. */
static void names_are_not_kept(void **state)
{
    unsigned all;

    run(*state, first);
    run(*state, "echo y >needle; commit named");
    all = compare(*state, 1);
    assert_int_equal(compare(*state, 1), all);
}

static int set_up(void **state)
{
    *state = fixture_folder();
    return 0;
}

static int tear_down(void **state)
{
    fixture_remove(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unchanged),          TEST(grown),   TEST(rewritten),
        TEST(other_key),          TEST(damaged), TEST(deepened),
        TEST(names_are_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
