/* SPDX-License-Identifier: Apache-2.0 */
/* git_support.h: real repositories, and what is read from them. */
#ifndef KS_TESTS_GIT_SUPPORT_H
#define KS_TESTS_GIT_SUPPORT_H

#include "base/vec.h"
#include "git/history.h"

#include <pthread.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A blob as it was handed over. */
struct taken {
    enum ks_blob_kind kind;
    char *bytes; /* with a NUL behind `len` */
    size_t len;
    char *path; /* or NULL */
    struct ks_oid oid;
};

/* A place as it was told. */
struct told {
    char *path; /* or NULL */
    char *subject;
    char *author;
    char commit[KS_OID_HEX];
    int64_t time;
    int offset;
    uint64_t order;
    bool at_tip;
};

/* One test's folder, and the last scan of a repository in it. */
struct fixture {
    char dir[64];
    struct ks_git_options options; /* for the next scan */
    struct ks_coverage *coverage;
    struct ks_git *git;
    struct ks_err err;
    pthread_mutex_t lock;
    KS_VEC(, struct taken) taken;
    KS_VEC(, struct told) told;
};

/* What every script may use. */
static const char prelude[] =
    "set -eu\n"
    "unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE 2>/dev/null || true\n"
    "export LC_ALL=C GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null "
    "HOME=$PWD\n"
    "export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org\n"
    "export GIT_COMMITTER_NAME=Com GIT_COMMITTER_EMAIL=com@example.org\n"
    "T=1000000000\n"
    /* Time passes by a minute from commit to commit. */
    "tick() { T=$((T + 60)); export GIT_AUTHOR_DATE=\"$T +0200\""
    " GIT_COMMITTER_DATE=\"$T +0200\"; }\n"
    "repo() { git init -q -b main \"$1\"; cd \"$1\"; tick; }\n"
    "commit() { tick; git add -A; git commit -q --allow-empty -m \"$1\"; }\n"
    "put() { mkdir -p \"$(dirname \"$1\")\"; printf '%s' \"$2\" >\"$1\"; }\n";

/* Runs a shell script in the test's folder; it must succeed. */
static inline void sh(struct fixture *fixture, const char *script)
{
    extern char **environ;
    char *text = NULL;
    pid_t pid;
    int status = -1;

    assert_true(
        asprintf(&text, "cd '%s'\n%s%s", fixture->dir, prelude, script) > 0);
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, text, NULL};
    assert_int_equal(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    free(text);
    assert_int_equal(status, 0);
}

static inline int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    memcpy(fixture->dir, "/tmp/keysweep-git-XXXXXX", 25);
    assert_non_null(mkdtemp(fixture->dir));
    (void)pthread_mutex_init(&fixture->lock, NULL);
    fixture->options.engine = KS_ENGINE_WHOLE;
    fixture->options.jobs = 2;
    *state = fixture;
    return 0;
}

/* Forgets the last scan. */
static inline void forget(struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->taken.len; i++) {
        free(fixture->taken.items[i].bytes);
        free(fixture->taken.items[i].path);
    }
    for (size_t i = 0; i < fixture->told.len; i++) {
        free(fixture->told.items[i].path);
        free(fixture->told.items[i].subject);
        free(fixture->told.items[i].author);
    }
    fixture->taken.len = fixture->told.len = 0;
    ks_git_free(fixture->git);
    fixture->git = NULL;
    ks_coverage_free(fixture->coverage);
    fixture->coverage = NULL;
}

/* As setup, with the other engine. */
static inline int setup_delta(void **state)
{
    int rc = setup(state);

    ((struct fixture *)*state)->options.engine = KS_ENGINE_DELTA;
    return rc;
}

static inline int teardown(void **state)
{
    struct fixture *fixture = *state;

    sh(fixture, "chmod -R u+rwX . && rm -rf ./* ./.[a-z]*\n");
    (void)rmdir(fixture->dir);
    forget(fixture);
    KS_VEC_RELEASE(&fixture->taken);
    KS_VEC_RELEASE(&fixture->told);
    (void)pthread_mutex_destroy(&fixture->lock);
    free(fixture);
    return 0;
}

static inline enum ks_rc take(void *ctx, unsigned worker,
                              const struct ks_blob *blob, void **memo,
                              struct ks_err *err)
{
    struct fixture *fixture = ctx;
    struct taken taken = {.kind = blob->kind,
                          .bytes = calloc(1, blob->bytes.len + 1),
                          .len = blob->bytes.len,
                          .oid = blob->oid};
    bool pushed;

    (void)memo;
    (void)err;
    assert_true(worker < ks_git_jobs(fixture->git));
    assert_non_null(taken.bytes);
    if (taken.len > 0)
        memcpy(taken.bytes, blob->bytes.ptr, taken.len);
    if (blob->path != NULL)
        taken.path = strdup(blob->path);
    (void)pthread_mutex_lock(&fixture->lock);
    pushed = KS_VEC_PUSH(&fixture->taken, taken);
    (void)pthread_mutex_unlock(&fixture->lock);
    assert_true(pushed);
    return KS_OK;
}

/* Opens the repository `name` of the test's folder. */
static inline enum ks_rc open_repo(struct fixture *fixture, const char *name)
{
    char path[256];

    forget(fixture);
    assert_int_equal(ks_coverage_new(&fixture->coverage, NULL), KS_OK);
    fixture->options.coverage = fixture->coverage;
    (void)snprintf(path, sizeof(path), "%s/%s", fixture->dir, name);
    return ks_git_open(&fixture->git, path, &fixture->options, &fixture->err);
}

static inline void scan(struct fixture *fixture, const char *name)
{
    struct ks_blob_sink sink = {.ctx = fixture, .take = take};

    if (open_repo(fixture, name) != KS_OK ||
        ks_git_scan(fixture->git, &sink, &fixture->err) != KS_OK)
        fail_msg("%s", fixture->err.text);
}

static inline void staged(struct fixture *fixture, const char *name)
{
    struct ks_blob_sink sink = {.ctx = fixture, .take = take};

    if (open_repo(fixture, name) != KS_OK ||
        ks_git_staged(fixture->git, &sink, &fixture->err) != KS_OK)
        fail_msg("%s", fixture->err.text);
}

/* How often these bytes were handed over under the kind. */
static inline unsigned times(const struct fixture *fixture,
                             enum ks_blob_kind kind, const char *bytes)
{
    unsigned count = 0;

    for (size_t i = 0; i < fixture->taken.len; i++)
        count += fixture->taken.items[i].kind == kind &&
                 fixture->taken.items[i].len == strlen(bytes) &&
                 strcmp(fixture->taken.items[i].bytes, bytes) == 0;
    return count;
}

#define assert_blob(fixture, bytes)                                            \
    assert_int_equal(times((fixture), KS_BLOB_GIT_BLOB, (bytes)), 1)
#define assert_no_blob(fixture, bytes)                                         \
    assert_int_equal(times((fixture), KS_BLOB_GIT_BLOB, (bytes)), 0)

static inline uint64_t skipped(const struct fixture *fixture,
                               enum ks_skip reason)
{
    return ks_coverage_skipped(fixture->coverage, reason)->count;
}

static inline enum ks_rc keep_place(void *ctx, const struct ks_git_place *place,
                                    struct ks_err *err)
{
    struct fixture *fixture = ctx;
    struct told told = {.path = place->path ? strdup(place->path) : NULL,
                        .subject = strdup(place->message),
                        .author = strdup(place->author.name),
                        .time = place->time,
                        .offset = place->offset,
                        .order = place->order,
                        .at_tip = place->at_tip};

    (void)err;
    ks_oid_hex(told.commit, &place->commit);
    assert_true(KS_VEC_PUSH(&fixture->told, told));
    return KS_OK;
}

/* Asks where the thing of these bytes, which was handed over, was. */
static inline void locate(struct fixture *fixture, enum ks_blob_kind kind,
                          const char *bytes)
{
    struct ks_git_query query = {.kind = kind};
    bool found = false;

    for (size_t i = 0; i < fixture->taken.len; i++) {
        const struct taken *taken = &fixture->taken.items[i];

        if (taken->kind != kind || strcmp(taken->bytes, bytes) != 0)
            continue;
        query.oid = taken->oid;
        query.path = kind == KS_BLOB_PATH_NAME ? taken->bytes : NULL;
        found = true;
    }
    assert_true(found);
    for (size_t i = 0; i < fixture->told.len; i++) {
        free(fixture->told.items[i].path);
        free(fixture->told.items[i].subject);
        free(fixture->told.items[i].author);
    }
    fixture->told.len = 0;
    if (ks_git_locate(fixture->git, &query, 1, keep_place, fixture,
                      &fixture->err) != KS_OK)
        fail_msg("%s", fixture->err.text);
}

/* The places as "subject:path" with "*" where a tip has it, comma between. */
static inline void assert_places(struct fixture *fixture,
                                 enum ks_blob_kind kind, const char *bytes,
                                 const char *expected)
{
    char text[1024] = "";
    size_t len = 0;

    locate(fixture, kind, bytes);
    for (size_t i = 0; i < fixture->told.len && len < sizeof(text); i++) {
        const struct told *told = &fixture->told.items[i];

        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s:%s%s",
                                i == 0 ? "" : ",", told->subject,
                                told->path ? told->path : "-",
                                told->at_tip ? "*" : "");
        if (i > 0)
            assert_true(told->order >= fixture->told.items[i - 1].order);
    }
    assert_string_equal(text, expected);
}

/* A test of one engine, the whole one unless it says otherwise; of both. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_BOTH(name)                                                        \
    TEST(name), cmocka_unit_test_setup_teardown(name, setup_delta, teardown)

#endif
