/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a history: ranges, branches, dates, what a push brings. */
#include "tests/unit/git_support.h"

/* first - second - third on main; side from first, merged into merge. */
static const char history[] =
    "repo r; put a one; put same same; commit first\n"
    "git checkout -q -b side; put s sided; commit side\n"
    "git checkout -q main; put a two; put passing gone; commit second\n"
    "git rm -q passing; put a three; commit third; git tag third\n"
    "tick; git merge -q --no-commit side >/dev/null 2>&1; put m merged\n"
    "git add -A; git commit -q -m merge\n";

static void range_is_what_commits_add(void **state)
{
    struct fixture *f = *state;

    sh(f, history);
    f->options.range = "main~2..main";
    scan(f, "r");
    assert_blob(f, "three");
    assert_blob(f, "sided");
    assert_blob(f, "merged");
    assert_no_blob(f, "one");
    assert_no_blob(f, "two");
    assert_no_blob(f, "same");
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "merge\n"), 1);
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "second\n"), 0);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "m"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "a"), 0);
    assert_int_equal(ks_coverage_amounts(f->coverage).commits, 3);
    assert_places(f, KS_BLOB_GIT_BLOB, "three", "third:a*");
}

/* What one commit adds and a later one removes has been pushed all the same. */
static void added_then_removed(void **state)
{
    struct fixture *f = *state;

    sh(f, history);
    f->options.range = "side~1..third";
    scan(f, "r");
    assert_blob(f, "gone");
    assert_blob(f, "two");
    assert_blob(f, "three");
    assert_no_blob(f, "one");
    assert_places(f, KS_BLOB_GIT_BLOB, "gone", "second:passing");
}

static void symmetric_range(void **state)
{
    struct fixture *f = *state;

    sh(f, history);
    f->options.range = "third...side";
    scan(f, "r");
    assert_blob(f, "sided");
    assert_blob(f, "two");
    assert_no_blob(f, "one");
    assert_no_blob(f, "merged");
}

static void one_revision_and_branch(void **state)
{
    struct fixture *f = *state;
    const char *branches[] = {"side"};

    sh(f, history);
    f->options.range = "third";
    scan(f, "r");
    assert_blob(f, "one");
    assert_no_blob(f, "sided");
    f->options.range = NULL;
    f->options.branches = branches;
    f->options.branch_count = 1;
    scan(f, "r");
    assert_blob(f, "sided");
    assert_blob(f, "same");
    assert_no_blob(f, "two");
}

static void since_a_date(void **state)
{
    struct fixture *f = *state;

    sh(f, history);
    f->options.since = 1000000000 + 60 * 5;
    scan(f, "r");
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "third\n"), 1);
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "second\n"), 0);
    assert_blob(f, "three");
    assert_no_blob(f, "two");
}

static struct ks_oid first_commit(struct fixture *f, const char *message)
{
    scan(f, "r");
    for (size_t i = 0; i < f->taken.len; i++)
        if (f->taken.items[i].kind == KS_BLOB_COMMIT_MESSAGE &&
            strcmp(f->taken.items[i].bytes, message) == 0)
            return f->taken.items[i].oid;
    fail_msg("no commit");
    return (struct ks_oid){0};
}

static void what_a_push_brings(void **state)
{
    struct fixture *f = *state;
    struct ks_oid include, exclude[2] = {{.len = 0}};

    sh(f, history);
    include = first_commit(f, "merge\n");
    exclude[0] = first_commit(f, "third\n");
    memset(exclude[1].bytes, 0xab, 20); /* the remote's own, unknown here */
    exclude[1].len = 20;
    f->options.include = &include;
    f->options.include_count = 1;
    f->options.exclude = exclude;
    f->options.exclude_count = 2;
    scan(f, "r");
    assert_blob(f, "sided");
    assert_blob(f, "merged");
    assert_no_blob(f, "three");
    assert_true(ks_coverage_complete(f->coverage));

    f->options.exclude_count = 0;
    f->options.exclude_refs = "refs/heads/side";
    scan(f, "r");
    assert_blob(f, "two");
    assert_no_blob(f, "sided");
    assert_no_blob(f, "one");
}

/* A push that is refused stays in a folder of its own: the quarantine. */
static void quarantine(void **state)
{
    struct fixture *f = *state;
    char path[256];

    sh(f, "repo r; put a one; commit first; cd ..; git clone -q --bare r b\n"
          "cd r; put a pushed; commit second; git rev-parse HEAD >../new\n"
          "cd ..; mkdir -p b/objects/incoming; cd r\n"
          "o=$(git rev-list --objects HEAD~1..HEAD | cut -d' ' -f1)\n"
          "for i in $o; do d=$(echo $i | cut -c1-2); mkdir -p "
          "../b/objects/incoming/$d; cp .git/objects/$d/$(echo $i | cut -c3-) "
          "../b/objects/incoming/$d; done; git rev-parse HEAD\n"
          "git tag -f new\n");
    f->options.range = "new";
    scan(f, "r");
    f->options.range = NULL;
    for (size_t i = 0; i < f->taken.len; i++)
        if (strcmp(f->taken.items[i].bytes, "second\n") == 0) {
            static struct ks_oid include;

            include = f->taken.items[i].oid;
            f->options.include = &include;
            f->options.include_count = 1;
        }
    f->options.exclude_refs = "refs/";
    f->options.from_environment = true;
    (void)snprintf(path, sizeof(path), "%s/b/objects", f->dir);
    (void)setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", path, 1);
    (void)snprintf(path, sizeof(path), "%s/b/objects/incoming", f->dir);
    (void)setenv("GIT_OBJECT_DIRECTORY", path, 1);
    scan(f, "b");
    (void)unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    (void)unsetenv("GIT_OBJECT_DIRECTORY");
    assert_blob(f, "pushed");
    assert_no_blob(f, "one");
    assert_true(ks_coverage_complete(f->coverage));
}

static void wrong_clocks_hide_nothing(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first\n"
          "T=900000000; put a old; commit old; git branch base\n"
          "T=1100000000; put a two; commit second\n"
          "T=800000000; put a three; commit third\n");
    f->options.range = "base..main";
    scan(f, "r");
    assert_blob(f, "two");
    assert_blob(f, "three");
    assert_no_blob(f, "old");
}

static void no_such_revision(void **state)
{
    struct fixture *f = *state;
    struct ks_blob_sink sink = {.ctx = f, .take = take};

    sh(f, history);
    f->options.range = "main..nowhere";
    assert_int_equal(open_repo(f, "r"), KS_OK);
    assert_int_equal(ks_git_scan(f->git, &sink, &f->err), KS_EINVAL);
    assert_non_null(strstr(f->err.text, "nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(range_is_what_commits_add),
        TEST_BOTH(added_then_removed),
        TEST_BOTH(symmetric_range),
        TEST_BOTH(one_revision_and_branch),
        TEST_BOTH(since_a_date),
        TEST_BOTH(what_a_push_brings),
        TEST_BOTH(quarantine),
        TEST_BOTH(wrong_clocks_hide_nothing),
        TEST_BOTH(no_such_revision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
