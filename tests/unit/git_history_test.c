/* SPDX-License-Identifier: Apache-2.0 */
/* Which blobs, messages and names the whole history of a repository has. */
#include "tests/unit/git_support.h"

static void blobs_once(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; put a two; put d/b one; commit "
          "second; git rm -q a; commit third\n");
    scan(f, "r");
    assert_blob(f, "one");
    assert_blob(f, "two");
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "second\n"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "a"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "d"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "b"), 1);
    assert_int_equal(ks_coverage_amounts(f->coverage).commits, 3);
    assert_int_equal(ks_coverage_amounts(f->coverage).blobs, 2 + 3);
    assert_int_equal(ks_coverage_amounts(f->coverage).bytes, 3 + 3 + 6 + 7 + 6);
    assert_true(ks_coverage_complete(f->coverage));
}

static void every_tip(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a base; commit base\n"
          "git checkout -q --orphan other; put a orphan; commit orphan\n"
          "git checkout -q main; git checkout -q -b gone; put a reflog\n"
          "commit reflog; git checkout -q main; git branch -q -D gone\n"
          "put a stashed; tick; git stash -q\n"
          "tick; git notes add -m noted HEAD\n"
          "git worktree add -q --detach ../w; cd ../w; put a detached\n"
          "commit detached; cd ../r\n"
          "printf tagged >t; git tag lone $(git hash-object -w t); rm t\n"
          "tick; git tag -a -m 'tag words' v1\n"
          "put a pulled; commit pulled; git update-ref refs/pull/1/head HEAD\n"
          "git reset -q --hard HEAD~1; git pack-refs --all\n");
    scan(f, "r");
    assert_blob(f, "base");
    assert_blob(f, "orphan");
    assert_blob(f, "reflog");
    assert_blob(f, "stashed");
    assert_blob(f, "noted\n");
    assert_blob(f, "detached");
    assert_blob(f, "tagged");
    assert_blob(f, "pulled");
    assert_int_equal(times(f, KS_BLOB_TAG_MESSAGE, "tag words\n"), 1);
    assert_true(ks_coverage_complete(f->coverage));

    /* From the other work tree it is the same repository. */
    scan(f, "w");
    assert_blob(f, "detached");
    assert_blob(f, "stashed");
}

static void merges_hold_content(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a 1; put b 1; commit base; git checkout -q -b side\n"
          "put a 2; commit side; git checkout -q main; put b 2; commit main\n"
          "tick; git merge -q --no-commit side >/dev/null; put evil merged\n"
          "git add -A; git commit -q -m merge; git mv a c; put c 3\n"
          "commit 'rename and edit'\n");
    scan(f, "r");
    assert_blob(f, "merged");
    assert_places(f, KS_BLOB_GIT_BLOB, "merged", "merge:evil*");
    assert_places(f, KS_BLOB_GIT_BLOB, "3", "rename and edit:c*");
    assert_places(f, KS_BLOB_GIT_BLOB, "2", "side:a*,main:b*");
    assert_places(f, KS_BLOB_COMMIT_MESSAGE, "merge\n", "merge:-*");
}

static void nothing_hides(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put .gitattributes '* -diff binary'; put a hidden\n"
          "put node_modules/x/package-lock.json lock; ln -s target link\n"
          "printf 'a\\0b' >nul; put 'new\nline' newline; put "
          "\"$(printf 'bad\\377')\" bad; commit all\n");
    scan(f, "r");
    assert_blob(f, "hidden");
    assert_blob(f, "lock");
    assert_blob(f, "target");
    assert_blob(f, "newline");
    assert_blob(f, "bad");
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "new\nline"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "bad\377"), 1);
    assert_places(f, KS_BLOB_GIT_BLOB, "bad", "all:bad\377*");
    assert_places(f, KS_BLOB_PATH_NAME, "x", "all:node_modules/x*");
}

static void packed_bare_alternates(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; put a two; commit second\n"
          "git gc -q; put a loose; commit third\n"
          "cd ..; git clone -q --bare r bare.git; git clone -q -s r shared\n"
          "cd shared; put a more; commit more\n");
    scan(f, "bare.git");
    assert_null(ks_git_workdir(f->git));
    assert_blob(f, "one");
    assert_blob(f, "loose");
    scan(f, "shared");
    assert_blob(f, "one");
    assert_blob(f, "more");
    assert_true(ks_coverage_complete(f->coverage));
}

static void empty(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r\n");
    scan(f, "r");
    assert_int_equal(f->taken.len, 0);
    assert_true(ks_coverage_complete(f->coverage));
}

static void shallow_is_told(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; put a two; commit second\n"
          "cd ..; git clone -q --depth 1 \"file://$PWD/r\" s\n");
    scan(f, "s");
    assert_blob(f, "two");
    assert_no_blob(f, "one");
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 1);
    assert_places(f, KS_BLOB_GIT_BLOB, "two", "second:a*");
}

static void partial_is_told(void **state)
{
    struct fixture *f = *state;
    const char *where;

    sh(f, "repo r; git config uploadpack.allowFilter true; put a one\n"
          "commit first; put a two; commit second; cd ..\n"
          "git clone -q --filter=blob:none \"file://$PWD/r\" p\n");
    scan(f, "p");
    assert_blob(f, "two");
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 1);
    where = ks_coverage_skipped(f->coverage, KS_SKIP_MISSING)->examples[0];
    assert_non_null(strstr(where, " (promised by pack-"));
    /* A whole clone's packs promise nothing. */
    sh(f, "cd r; rm -f .git/objects/$(git rev-parse HEAD~1:a | sed "
          "'s|^..|&/|')\n");
    scan(f, "r");
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 1);
    where = ks_coverage_skipped(f->coverage, KS_SKIP_MISSING)->examples[0];
    assert_null(strstr(where, "promised"));
}

static void damage_is_told(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; put a two; commit second\n"
          "put a three; commit third\n"
          "file() { o=$(git rev-parse $1); echo .git/objects/$(echo $o | cut "
          "-c1-2)/$(echo $o | cut -c3-); }\n"
          "chmod -R u+w .git/objects; printf broken >$(file HEAD~1:a)\n"
          "rm $(file HEAD:a)\n");
    scan(f, "r");
    assert_blob(f, "one");
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "third\n"), 1);
    assert_int_equal(skipped(f, KS_SKIP_CORRUPT), 1);
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 1);
}

static void missing_commit_and_tree(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put d/a one; commit first; put d/a two; commit second\n"
          "put d/a three; commit third\n"
          "file() { o=$(git rev-parse $1); echo .git/objects/$(echo $o | cut "
          "-c1-2)/$(echo $o | cut -c3-); }\n"
          "t=$(file HEAD:d); rm $(file HEAD~2) $t; rm -r .git/logs\n");
    scan(f, "r");
    assert_blob(f, "two");
    assert_no_blob(f, "three");
    assert_int_equal(skipped(f, KS_SKIP_MISSING), 2);
    /* The commit whose parent is gone counts as the first. */
    assert_places(f, KS_BLOB_GIT_BLOB, "two", "second:d/a");
}

static void stale_reflog_is_no_loss(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; put a gone; commit gone\n"
          "git reset -q --hard HEAD~1\n"
          "git -c gc.reflogExpire=never prune --expire=now 2>/dev/null\n"
          "o=$(git rev-parse HEAD@{1}); rm -f .git/objects/$(echo $o | cut "
          "-c1-2)/$(echo $o | cut -c3-) .git/ORIG_HEAD\n");
    scan(f, "r");
    assert_blob(f, "one");
    assert_true(ks_coverage_complete(f->coverage));
}

/* Trees that are reached may be deltas of trees that are not. */
static void what_was_dropped_is_left_out(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; for i in $(seq 60); do put d/some-name-$i $i\n"
          "put d/e/other-$i $i; done; commit first\n"
          "for i in $(seq 8); do put d/some-name-$i \"new $i\"\n"
          "put d/e/other-$((i + 9)) \"more $i\"; commit kept$i; done\n"
          "git branch kept; for i in $(seq 8); do put stray/name$i \"s $i\"\n"
          "put d/some-name-9 \"dropped $i\"; put d/e/more$i x\n"
          "commit stray$i; done; tick; git tag -a -m gone gone\n"
          "git reset -q --hard kept; git tag -d gone >/dev/null\n"
          "rm -rf .git/logs .git/ORIG_HEAD\n"
          "git repack -adkq --depth=50 --window=100\n"
          "tick; git commit-tree -m loose HEAD~3^{tree} >/dev/null\n");
    scan(f, "r");
    assert_blob(f, "more 8");
    assert_no_blob(f, "dropped 8");
    assert_no_blob(f, "s 3");
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "some-name-60"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "stray"), 0);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "more2"), 0);
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "kept8\n"), 1);
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "stray8\n"), 0);
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "loose\n"), 0);
    assert_int_equal(times(f, KS_BLOB_TAG_MESSAGE, "gone\n"), 0);
    /* 60 contents, 16 new ones; 60 and 60 names, 2 folders; 9 messages. */
    assert_int_equal(f->taken.len, 76 + 122 + 9);
    assert_int_equal(ks_coverage_amounts(f->coverage).commits, 9);
    assert_true(ks_coverage_complete(f->coverage));
    assert_places(f, KS_BLOB_GIT_BLOB, "new 5", "kept5:d/some-name-5*");
}

static void unreachable_on_request(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; printf stray | git hash-object "
          "-w --stdin >/dev/null; put b dangling; commit dangling\n"
          "git reset -q --hard HEAD~1; rm -r .git/logs .git/ORIG_HEAD\n");
    scan(f, "r");
    assert_no_blob(f, "stray");
    f->options.all_objects = true;
    scan(f, "r");
    assert_blob(f, "stray");
    assert_blob(f, "one");
    assert_int_equal(times(f, KS_BLOB_COMMIT_MESSAGE, "first\n"), 1);
    assert_int_equal(times(f, KS_BLOB_PATH_NAME, "a"), 1);
    assert_places(f, KS_BLOB_GIT_BLOB, "stray", ":-");
    assert_places(f, KS_BLOB_GIT_BLOB, "dangling", "dangling:b");
}

static void submodules_are_their_own(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo sub; put s inner; commit inner; cd ..; repo r; put a outer\n"
          "git -c protocol.file.allow=always submodule -q add ../sub sub\n"
          "commit outer\n");
    scan(f, "r");
    assert_blob(f, "outer");
    assert_no_blob(f, "inner");
    assert_true(ks_coverage_complete(f->coverage));
    scan(f, "r/sub");
    assert_blob(f, "inner");
}

static void sha256_names(void **state)
{
    struct fixture *f = *state;
    struct ks_blob_sink sink = {.ctx = f, .take = take};

    sh(f, "git init -q -b main --object-format=sha256 r; cd r; put a one\n"
          "commit first; put a two; put d/b deep; commit second; git gc -q\n"
          "put a three; commit third; put a four; git add a\n");
    scan(f, "r");
    assert_blob(f, "one");
    assert_blob(f, "three");
    assert_places(f, KS_BLOB_GIT_BLOB, "two", "second:a");
    assert_true(ks_coverage_complete(f->coverage));
    staged(f, "r");
    assert_int_equal(f->taken.len, 1);
    assert_blob(f, "four");
    /* Revisions are resolved by libgit2, which cannot read these. */
    f->options.range = "main";
    assert_int_equal(open_repo(f, "r"), KS_OK);
    assert_int_equal(ks_git_scan(f->git, &sink, &f->err), KS_EFORMAT);
    assert_non_null(strstr(f->err.text, "SHA-256"));
}

/* However one comes to it, it is the same repository. */
static void found_from_anywhere(void **state)
{
    static const struct {
        const char *path, *workdir;
    } cases[] = {
        {"r", "r/"},
        {"r/d/e", "r/"},
        {"r/.git", "r/"},
        {"r/.git/refs", "r/"},
        {"w/d", "w/"},
        {"b.git", NULL},
        {"b.git/objects", NULL},
        {"link", "r/"},
        {"r/.git/worktrees/w", "w/"},
        {"x/d", "x/"},
        {"moved", "moved/"},
    };
    struct fixture *f = *state;

    sh(f, "repo r; put d/e/f one; commit first; git worktree add -q ../w\n"
          "git clone -q --bare . ../b.git; ln -s r ../link\n"
          "git clone -q --separate-git-dir ../x.git . ../x\n"
          "git clone -q . ../y; mkdir ../moved; mv ../y/.git ../moved.git\n"
          "git -C ../moved.git config core.worktree \"$PWD/../moved\"\n"
          "echo 'gitdir: ../moved.git' >../moved/.git\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *workdir;
        char expected[256];

        scan(f, cases[i].path);
        assert_blob(f, "one");
        workdir = ks_git_workdir(f->git);
        if (cases[i].workdir == NULL) {
            assert_null(workdir);
            continue;
        }
        (void)snprintf(expected, sizeof(expected), "%s/%s", f->dir,
                       cases[i].workdir);
        assert_non_null(workdir);
        assert_string_equal(workdir, expected);
    }
}

static void refused(void **state)
{
    struct fixture *f = *state;

    sh(f, "mkdir none\n");
    assert_int_equal(open_repo(f, "none"), KS_ENOENT);
    assert_non_null(strstr(f->err.text, "not a git repository"));
    assert_int_equal(open_repo(f, "absent"), KS_ENOENT);
}

static void foreign_owner(void **state)
{
    struct fixture *f = *state;

    if (geteuid() != 0)
        skip();
    sh(f, "repo r; put a one; commit first; cd ..; chown -R 12345 r\n");
    assert_int_equal(open_repo(f, "r"), KS_EIO);
    assert_non_null(strstr(f->err.text, "--allow-foreign-owner"));
    f->options.allow_foreign_owner = true;
    scan(f, "r");
    assert_blob(f, "one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_BOTH(blobs_once),
        TEST_BOTH(every_tip),
        TEST_BOTH(merges_hold_content),
        TEST_BOTH(nothing_hides),
        TEST_BOTH(packed_bare_alternates),
        TEST_BOTH(empty),
        TEST_BOTH(shallow_is_told),
        TEST_BOTH(partial_is_told),
        TEST_BOTH(damage_is_told),
        TEST_BOTH(missing_commit_and_tree),
        TEST_BOTH(stale_reflog_is_no_loss),
        TEST_BOTH(what_was_dropped_is_left_out),
        TEST_BOTH(unreachable_on_request),
        TEST_BOTH(submodules_are_their_own),
        TEST_BOTH(sha256_names),
        TEST_BOTH(found_from_anywhere),
        TEST_BOTH(refused),
        TEST_BOTH(foreign_owner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
