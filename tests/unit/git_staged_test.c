/* SPDX-License-Identifier: Apache-2.0 */
/* What a commit is about to take in. */
#include "tests/unit/git_support.h"

static void only_what_changed(void **state)
{
    struct fixture *f = *state;

    sh(f,
       "repo r; put a one; put d/b deep; put d/e/c deeper; put z last\n"
       "commit first; put d/b changed; put d/n/new fresh; put unstaged no\n"
       "put .ignored x; ln -s target link; git add d link\n"
       "git mv a moved; put a2 edited; git add a2; put a2 'worktree only'\n");
    staged(f, "r");
    assert_blob(f, "changed");
    assert_blob(f, "fresh");
    assert_blob(f, "edited");
    assert_blob(f, "one");
    assert_no_blob(f, "deep");
    assert_no_blob(f, "deeper");
    assert_no_blob(f, "last");
    assert_no_blob(f, "no");
    assert_no_blob(f, "worktree only");
    assert_int_equal(times(f, KS_BLOB_LINK_TARGET, "target"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "d/n/new"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "d/b"), 0);
    for (size_t i = 0; i < f->taken.len; i++)
        if (strcmp(f->taken.items[i].bytes, "changed") == 0)
            assert_string_equal(f->taken.items[i].path, "d/b");
    assert_true(ks_coverage_complete(f->coverage));
}

static void unborn_head(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; put d/b two; git add .\n");
    staged(f, "r");
    assert_blob(f, "one");
    assert_blob(f, "two");
    sh(f, "repo e\n");
    staged(f, "e");
    assert_int_equal(f->taken.len, 0);
}

static void many_by_threads(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; for i in $(seq 300); do put d$((i % 7))/$i \"text $i\"\n"
          "done; git add .\n");
    staged(f, "r");
    assert_int_equal(f->taken.len, 600);
    sh(f, "cd r; commit all; put d3/3 new; git add .\n");
    staged(f, "r");
    assert_int_equal(f->taken.len, 1);
    assert_blob(f, "new");
    assert_int_equal(ks_coverage_amounts(f->coverage).blobs, 1);
    assert_int_equal(ks_coverage_amounts(f->coverage).bytes, 3);
}

static void index_formats(void **state)
{
    struct fixture *f = *state;

    for (int version = 2; version <= 4; version++) {
        char script[512];

        (void)snprintf(script, sizeof(script),
                       "rm -rf r; repo r; put a one; put dir/b two\n"
                       "put dir/bb three; put dir/x/y four; commit first\n"
                       "put dir/bb changed; git add .; put late x; put zz y\n"
                       "git add -N late; git update-index --index-version %d\n",
                       version);
        sh(f, script);
        staged(f, "r");
        assert_int_equal(f->taken.len, 1);
        assert_blob(f, "changed");
    }
}

/* Without cached trees, all of HEAD's are compared. */
static void no_cached_trees(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; put d/b two; put d.c three; put d/e/f four\n"
          "commit first; rm .git/index; git read-tree --empty\n"
          "git ls-tree -r HEAD | git update-index --index-info; put d/b 2\n"
          "git add d/b\n");
    staged(f, "r");
    assert_int_equal(f->taken.len, 1);
    assert_blob(f, "2");
}

static void conflict_sides(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a base; commit first; git checkout -q -b side\n"
          "put a theirs; commit side; git checkout -q main; put a ours\n"
          "commit main; git merge -q side >/dev/null 2>&1 || true\n");
    staged(f, "r");
    assert_blob(f, "theirs");
    assert_no_blob(f, "ours");
}

static void index_of_the_environment(void **state)
{
    struct fixture *f = *state;
    char path[256];

    sh(f,
       "repo r; put a one; put b two; commit first; put a three; put b four\n"
       "git add a; cp .git/index ../other; git add b\n");
    (void)snprintf(path, sizeof(path), "%s/other", f->dir);
    (void)setenv("GIT_INDEX_FILE", path, 1);
    staged(f, "r");
    assert_blob(f, "four");
    f->options.from_environment = true;
    staged(f, "r");
    (void)unsetenv("GIT_INDEX_FILE");
    assert_blob(f, "three");
    assert_no_blob(f, "four");
}

static void sparse_and_submodule(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo sub; put s inner; commit inner; cd ..; repo r; put a one\n"
          "put in/b two; put out/c three; put out/d/e four; commit first\n"
          "git -c protocol.file.allow=always submodule -q add ../sub sub\n"
          "git sparse-checkout set --cone --sparse-index in; put in/b 2\n"
          "git add in\n");
    staged(f, "r");
    assert_blob(f, "2");
    assert_no_blob(f, "three");
    assert_no_blob(f, "inner");
    assert_true(ks_coverage_complete(f->coverage));
}

static void damage_is_told(void **state)
{
    struct fixture *f = *state;
    struct ks_blob_sink sink = {.ctx = f, .take = take};

    sh(f, "repo r; put a one; git add a; o=$(git rev-parse :a); put b two\n"
          "git add b; rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | "
          "cut -c3-)\n");
    staged(f, "r");
    assert_blob(f, "two");
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 1);
    sh(f, "head -c 60 r/.git/index >i; mv i r/.git/index\n");
    assert_int_equal(open_repo(f, "r"), KS_OK);
    assert_int_equal(ks_git_staged(f->git, &sink, &f->err), KS_EFORMAT);
    sh(f, "cd r; rm .git/index; git add b; git update-index --split-index\n");
    assert_int_equal(open_repo(f, "r"), KS_OK);
    assert_int_equal(ks_git_staged(f->git, &sink, &f->err), KS_EFORMAT);
    assert_non_null(strstr(f->err.text, "--no-split-index"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_changed),        TEST(unborn_head),
        TEST(many_by_threads),          TEST(index_formats),
        TEST(no_cached_trees),          TEST(conflict_sides),
        TEST(index_of_the_environment), TEST(sparse_and_submodule),
        TEST(damage_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
