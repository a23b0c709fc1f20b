/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both engines hand over the same: each kind of thing as often, with the same
 * bytes, and skip the same; and every copy that the delta engine states is
 * true.
 */
#include "base/buf.h"
#include "base/hash.h"
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

/*
 * libgit2 1.5 loses a little memory when it opens a repository with extensions
 * of the format, such as a partial clone.
 */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *
__lsan_default_suppressions(void)
{
    return "leak:libpcre2-8.so\n";
}

struct thing {
    enum ks_blob_kind kind;
    struct ks_oid oid;
    uint64_t hash;
    size_t len;
};

struct things {
    KS_VEC(, struct thing) all;
    pthread_mutex_t lock;
    unsigned memos;
    unsigned based;
    struct ks_coverage *coverage;
};

static void check_copies(const struct ks_blob *blob)
{
    for (size_t i = 0; i < blob->copy_count; i++) {
        const struct ks_copy *copy = &blob->copies[i];
        const struct ks_buf *source = blob->memos[copy->source];

        assert_true(copy->to + copy->len <= blob->bytes.len);
        assert_true(copy->from + copy->len <= source->len);
        assert_memory_equal(blob->bytes.ptr + copy->to,
                            source->ptr + copy->from, copy->len);
    }
}

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct things *things = ctx;
    struct thing thing = {blob->kind, blob->oid, ks_hash64(blob->bytes, 1),
                          blob->bytes.len};

    (void)worker;
    (void)err;
    if (blob->memos[KS_COPY_BASE] != NULL)
        check_copies(blob);
    (void)pthread_mutex_lock(&things->lock);
    assert_true(KS_VEC_PUSH(&things->all, thing));
    things->based += blob->memos[KS_COPY_BASE] != NULL;
    if (blob->wants_memo) {
        struct ks_buf *kept = malloc(sizeof(*kept));

        ks_buf_init(kept, SIZE_MAX);
        assert_int_equal(ks_buf_add(kept, blob->bytes), KS_OK);
        things->memos++;
        *memo = kept;
    }
    (void)pthread_mutex_unlock(&things->lock);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    struct things *things = ctx;

    (void)worker;
    ks_buf_release(memo);
    free(memo);
    (void)pthread_mutex_lock(&things->lock);
    things->memos--;
    (void)pthread_mutex_unlock(&things->lock);
}

static int by_value(const void *left, const void *right)
{
    const struct thing *a = left, *b = right;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return ks_oid_compare(&a->oid, &b->oid);
}

static void scan(struct things *things, const char *path,
                 struct ks_git_options options)
{
    struct ks_blob_sink sink = {things, take, forget};
    struct ks_git *git = NULL;
    struct ks_err err = {0};

    *things = (struct things){0};
    (void)pthread_mutex_init(&things->lock, NULL);
    assert_int_equal(ks_coverage_new(&things->coverage, &err), KS_OK);
    options.coverage = things->coverage;
    options.allow_foreign_owner = true;
    if (ks_git_open(&git, path, &options, &err) != KS_OK ||
        ks_git_scan(git, &sink, &err) != KS_OK)
        fail_msg("%s", err.text);
    ks_git_free(git);
    assert_int_equal(things->memos, 0);
    if (things->all.len > 0)
        qsort(things->all.items, things->all.len, sizeof(*things->all.items),
              by_value);
}

static void release(struct things *things)
{
    KS_VEC_RELEASE(&things->all);
    ks_coverage_free(things->coverage);
    (void)pthread_mutex_destroy(&things->lock);
}

static void expect_same_skips(const struct things *a, const struct things *b)
{
    for (enum ks_skip reason = 0; reason < KS_SKIP_COUNT; reason++) {
        const struct ks_skipped *x = ks_coverage_skipped(a->coverage, reason);
        const struct ks_skipped *y = ks_coverage_skipped(b->coverage, reason);

        if (x->count != y->count)
            fail_msg("%s: %u against %u", ks_skip_name(reason),
                     (unsigned)x->count, (unsigned)y->count);
    }
    assert_int_equal(ks_coverage_amounts(a->coverage).commits,
                     ks_coverage_amounts(b->coverage).commits);
}

/* Runs both engines; returns how many blobs came with a base. */
static unsigned compare(const char *folder, const char *name,
                        struct ks_git_options options)
{
    struct things whole;
    struct things delta;
    char *path = NULL;
    unsigned based;

    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    options.engine = KS_ENGINE_WHOLE;
    options.jobs = 2;
    scan(&whole, path, options);
    for (unsigned jobs = 1; jobs <= 3; jobs++) {
        options.engine = KS_ENGINE_DELTA;
        options.jobs = jobs;
        scan(&delta, path, options);
        assert_int_equal(whole.all.len, delta.all.len);
        for (size_t i = 0; i < whole.all.len; i++)
            if (by_value(&whole.all.items[i], &delta.all.items[i]) != 0)
                fail_msg("%s: the engines differ at %zu", name, i);
        expect_same_skips(&whole, &delta);
        based = delta.based;
        release(&delta);
    }
    release(&whole);
    free(path);
    return based;
}

/* One case: a script that makes `repo` out of the random history `random.git`.
 */
struct variant {
    const char *name;
    const char *script;
    bool carries; /* some blobs must come with a base */
    const char *range;
    bool all_objects;
};

static const struct variant variants[] = {
    {"one pack", "git clone -q --bare random.git repo", true, NULL, false},
    {"no pack",
     "git init -q --bare repo; cd repo; git -C ../random.git cat-file "
     "--batch-all-objects --batch-check >/dev/null; git unpack-objects -q "
     "<$(ls ../random.git/objects/pack/*.pack); git update-ref "
     "refs/heads/main $(git -C ../random.git rev-parse main)",
     false, NULL, false},
    {"several packs with duplicates",
     "git init -q --bare repo; cd repo; for n in 300 200 100 0; do git -C "
     "../random.git update-ref refs/part/$n main~$n; git -c "
     "fetch.unpackLimit=1 fetch -q ../random.git "
     "+refs/part/$n:refs/heads/main; git rev-list --objects main~10..main | "
     "git pack-objects -q objects/pack/pack; done; git multi-pack-index "
     "write; git -C ../random.git for-each-ref --format='delete %(refname)' "
     "refs/part | git -C ../random.git update-ref --stdin",
     true, NULL, false},
    {"reference deltas",
     "git clone -q --bare random.git repo; cd repo; git config "
     "repack.useDeltaBaseOffset false; git repack -adfq",
     true, NULL, false},
    {"index of version 1",
     "git clone -q --bare random.git repo; cd repo; git -c "
     "pack.indexVersion=1 repack -adfq",
     true, NULL, false},
    {"a thin pack made whole",
     "git clone -q --bare random.git repo; cd repo; git update-ref "
     "refs/heads/main main~50; git -c gc.pruneExpire=now gc -q --prune=now; "
     "git -c fetch.unpackLimit=1 fetch -q ../random.git "
     "main:refs/heads/main",
     true, NULL, false},
    {"alternates",
     "git clone -q --bare --shared random.git repo; cd repo; git "
     "update-ref refs/heads/more $(git commit-tree -m more -p main "
     "main^{tree})",
     true, NULL, false},
    {"unreachable commits",
     "git clone -q --bare random.git repo; cd repo; git update-ref "
     "refs/heads/main main~50",
     true, NULL, false},
    {"an unreachable blob",
     "git clone -q --bare random.git repo; cd repo; echo lost | git "
     "hash-object -w --stdin",
     true, NULL, false},
    {"a range", "git clone -q --bare random.git repo", true, "main~300..main",
     false},
    {"a short range", "git clone -q --bare random.git repo", false,
     "main~2..main", false},
    {"all objects",
     "git clone -q --bare random.git repo; cd repo; git update-ref "
     "refs/heads/main main~50; echo lost | git hash-object -w --stdin",
     true, NULL, true},
    {"all objects of several packs",
     "git clone -q --bare random.git repo; cd repo; git rev-list --objects "
     "main~200..main | git pack-objects -q objects/pack/pack; git update-ref "
     "refs/heads/main main~300; git tag -a -m lost lost; git tag -d lost; "
     "git unpack-objects -q <$(ls objects/pack/*.pack | head -n 1); echo lost "
     "| git hash-object -w --stdin",
     true, NULL, true},
    {"all objects, of which one is missing",
     "git clone -q --bare random.git repo; cd repo; git commit-tree -m more -p "
     "main $(printf '100644 blob %s\\tx\\n' $(echo gone | git hash-object "
     "--stdin) | git mktree --missing)",
     false, NULL, true},
    {"all objects with SHA-256 names",
     "git init -q --object-format=sha256 repo; cd repo; for n in 1 2 3; do "
     "seq $n 400 >f; git add f; git commit -qm $n; done; git gc -q; git "
     "update-ref refs/heads/main HEAD~1; git checkout -qf main; echo lost | "
     "git hash-object -w --stdin",
     false, NULL, true},
    {"shallow", "git clone -q --bare --depth 100 file://$PWD/random.git repo",
     true, NULL, false},
    {"partial",
     "git -C random.git config uploadpack.allowFilter true; git clone -q "
     "--bare --filter=blob:none file://$PWD/random.git repo",
     false, NULL, false},
    {"a missing blob",
     "git clone -q --bare random.git repo; cd repo; git update-ref "
     "refs/heads/more $(git commit-tree -m more -p main $(printf '100644 "
     "blob %s\\tx\\n' $(echo gone | git hash-object --stdin) | git mktree "
     "--missing))",
     true, NULL, false},
    {"a tree that calls a commit a blob",
     "git clone -q --bare random.git repo; cd repo; perl -e 'print \"100644 "
     "x\\0\", pack(\"H*\", $ARGV[0])' $(git rev-parse main) >t; git "
     "update-ref refs/heads/more $(git commit-tree -m more -p main $(git "
     "hash-object -t tree -w --literally t))",
     true, NULL, false},
    {"tags, notes, odd names and a tagged blob",
     "git clone -q random.git repo; cd repo; git tag -a -m 'a tag' v1; git tag "
     "-a -m nested "
     "v2 v1; git notes add -m 'a note' HEAD; git tag blob $(echo tagged | git "
     "hash-object -w --stdin); printf x >\"$(printf 'odd\\nname')\"; printf x "
     ">\"$(printf '\\377')\"; ln -s target link; git add -A; git commit -qm "
     "odd; echo y >y; git add y; git stash -q; git gc -q",
     true, NULL, false},
    {"nothing", "git init -q --bare repo", false, NULL, false},
};

static void engines_agree(void **state)
{
    const char *folder = *state;

    for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
        const struct variant *variant = &variants[i];
        struct ks_git_options options = {.range = variant->range,
                                         .all_objects = variant->all_objects};
        char *script = NULL;
        unsigned based;

        print_message("           %s\n", variant->name);
        assert_true(asprintf(&script, "set -e; rm -rf repo; (%s) >log 2>&1",
                             variant->script) > 0);
        fixture_run(folder, NULL, "sh", "-c", script, NULL);
        based = compare(folder, "repo", options);
        if (variant->carries != (based > 20))
            fail_msg("%u blobs came with a base", based);
        free(script);
    }
}

/* A byte of the pack turned: both engines lose the same and say so. */
static void damaged_pack(void **state)
{
    const char *folder = *state;
    static const char script[] =
        "set -e; rm -rf repo; git clone -q --bare random.git repo; cd repo; "
        "chmod u+w objects/pack/*; p=$(echo objects/pack/*.pack); printf "
        "'\\252\\252\\252' | dd of=$p bs=1 seek=%u conv=notrunc 2>/dev/null";
    uint64_t random = 11;

    for (unsigned i = 0; i < 12; i++) {
        struct ks_git_options options = {0};
        char *text = NULL;

        assert_true(
            asprintf(&text, script, 5000 + fixture_random(&random, 60000)) > 0);
        fixture_run(folder, NULL, "sh", "-c", text, NULL);
        (void)compare(folder, "repo", options);
        free(text);
    }
}

static int set_up(void **state)
{
    static const struct fixture_plan plan = {
        .seed = 3, .files = 4, .commits = 600, .lines = 50};

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
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(damaged_pack),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
