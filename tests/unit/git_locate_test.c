/* SPDX-License-Identifier: Apache-2.0 */
/* Where blobs, names and messages were: against git's own answer. */
#include "tests/unit/git_support.h"

#include "base/file.h"

/* Edits, moves, copies, returns to old content, side branches, evil merges. */
static const char history[] =
    "repo r\n"
    "for i in $(seq 70); do n=$((i * 7919 % 17))\n"
    " put d$((n % 3))/e$((n % 2))/g/f$n \"content $((i % 9)) of $n\"\n"
    " put d$((i % 4))/name$((i % 23)) \"$((i % 5))\"\n"
    " [ $((i % 7)) != 3 ] || git mv d0 d0-$i 2>/dev/null || true\n"
    " [ $((i % 11)) != 5 ] || git rm -rq --ignore-unmatch d1\n"
    " [ $((i % 13)) != 7 ] || git checkout -q HEAD~3 -- .\n"
    " commit c$i\n"
    " [ $((i % 10)) != 4 ] || git branch side$i HEAD~2\n"
    " if [ $((i % 10)) = 8 ]; then git checkout -q side$((i - 4))\n"
    "  put s/side$i \"side $((i % 3))\"; commit s$i; git checkout -q main\n"
    "  tick; git merge -q --no-commit -s ours side$((i - 4)) >/dev/null || "
    "true\n"
    "  git checkout -q side$((i - 4)) -- s; put evil$i \"evil $i\"\n"
    "  git add -A; git commit -q -m m$i; fi\n"
    "done\n"
    "git repack -adq --depth=30 --window=50; put loose/x/y last; commit last\n"
    "tick; git tag -a -m 'tag words' v1\n";

/* Lines of "object path commit" as git tells them, sorted. */
static const char by_git[] =
    "cd r; git -c core.quotepath=off log --all -c --raw --no-abbrev --root -r "
    "--no-renames --format='C %H' | awk '/^C /{c=$2} /^:/{split($0, t, "
    "\"\\t\");"
    "k = match(t[1], /[^:]/) - 1; split(substr(t[1], k + 1), f, \" \");"
    "o = f[2 * k + 2]; if (o !~ /^0+$/) print o, t[2], c}' | sort -u "
    ">../expected\n";

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Puts what asks for blobs first; returns how many do. */
static size_t blobs_first(struct ks_git_query *queries, size_t count)
{
    size_t blobs = 0;

    for (size_t i = 0; i < count; i++)
        if (queries[i].kind == KS_BLOB_GIT_BLOB) {
            struct ks_git_query query = queries[i];

            queries[i] = queries[blobs];
            queries[blobs++] = query;
        }
    return blobs;
}

/* Everything that was handed over, as queries. */
static struct ks_git_query *all_queries(const struct fixture *f)
{
    struct ks_git_query *queries = calloc(f->taken.len, sizeof(*queries));

    assert_non_null(queries);
    for (size_t i = 0; i < f->taken.len; i++)
        queries[i] =
            (struct ks_git_query){f->taken.items[i].oid, f->taken.items[i].kind,
                                  f->taken.items[i].kind == KS_BLOB_PATH_NAME
                                      ? f->taken.items[i].bytes
                                      : NULL};
    return queries;
}

/* What is told of one place. */
struct lines {
    const struct ks_git_query *queries;
    KS_VEC(, char *) items;
    bool blobs_only;
};

static enum ks_rc add_line(void *ctx, const struct ks_git_place *place,
                           struct ks_err *err)
{
    struct lines *lines = ctx;
    const struct ks_git_query *query = &lines->queries[place->blob];
    char oid[KS_OID_HEX], commit[KS_OID_HEX], *line = NULL;

    (void)err;
    ks_oid_hex(oid, &query->oid);
    ks_oid_hex(commit, &place->commit);
    if (lines->blobs_only && query->kind != KS_BLOB_GIT_BLOB)
        return KS_OK;
    if (lines->blobs_only)
        assert_true(asprintf(&line, "%s %s %s\n", oid, place->path, commit) >
                    0);
    else
        assert_true(asprintf(&line, "%zu %s %s %s %s %d %llu\n", place->blob,
                             oid, place->path, commit, place->message,
                             place->at_tip,
                             (unsigned long long)place->order) > 0);
    assert_true(KS_VEC_PUSH(&lines->items, line));
    return KS_OK;
}

/* All lines as one text; the caller frees. */
static char *located(struct fixture *f, struct ks_git *git,
                     const struct ks_git_query *queries, size_t count,
                     bool blobs_only)
{
    struct lines lines = {.queries = queries, .blobs_only = blobs_only};
    struct ks_buf text;

    ks_buf_init(&text, (size_t)64 << 20);
    assert_int_equal(
        ks_git_locate(git, queries, count, add_line, &lines, &f->err), KS_OK);
    if (blobs_only)
        qsort(lines.items.items, lines.items.len, sizeof(char *), by_text);
    for (size_t i = 0; i < lines.items.len; i++) {
        assert_int_equal(ks_buf_add_str(&text, lines.items.items[i]), KS_OK);
        free(lines.items.items[i]);
    }
    KS_VEC_RELEASE(&lines.items);
    assert_non_null(ks_buf_text(&text));
    return (char *)text.ptr;
}

static void as_git_says(void **state)
{
    struct fixture *f = *state;
    struct ks_git_query *queries;
    struct ks_buf expected;
    char path[256], *got;

    sh(f, history);
    sh(f, by_git);
    f->options.engine = KS_ENGINE_DELTA;
    scan(f, "r");
    queries = all_queries(f);
    got = located(f, f->git, queries, f->taken.len, true);
    (void)snprintf(path, sizeof(path), "%s/expected", f->dir);
    ks_buf_init(&expected, (size_t)64 << 20);
    assert_int_equal(ks_file_read(&expected, path, NULL), KS_OK);
    assert_true(expected.len > 1000);
    assert_string_equal(got, ks_buf_text(&expected));
    ks_buf_release(&expected);
    free(got);
    free(queries);
}

/* The same repository, of which nothing was scanned yet. */
static struct ks_git *open_again(struct fixture *f, unsigned jobs,
                                 struct ks_coverage **coverage)
{
    struct ks_git_options options = f->options;
    struct ks_git *git;
    char path[256];

    assert_int_equal(ks_coverage_new(coverage, NULL), KS_OK);
    options.jobs = jobs;
    options.coverage = *coverage;
    (void)snprintf(path, sizeof(path), "%s/r", f->dir);
    assert_int_equal(ks_git_open(&git, path, &options, &f->err), KS_OK);
    return git;
}

/* Asks for some with what a scan noted and without. */
static void ask_both(struct fixture *f, struct ks_git *other,
                     const struct ks_git_query *queries, size_t count)
{
    char *noted = located(f, f->git, queries, count, false);
    char *read = located(f, other, queries, count, false);

    assert_true(strlen(noted) > 0);
    assert_string_equal(noted, read);
    free(noted);
    free(read);
}

/*
 * With what a scan noted and without, by one thread and several. What is asked
 * about alone shows where a search among all would not: nearly every tree holds
 * something of all. With names among it, trees are opened; with blobs alone
 * not.
 */
static void ask_every_way(struct fixture *f)
{
    struct ks_git_query *queries = all_queries(f);
    size_t count = f->taken.len, blobs = blobs_first(queries, count);

    for (unsigned jobs = 1; jobs <= 3; jobs += 2) {
        struct ks_coverage *coverage;
        struct ks_git *other = open_again(f, jobs, &coverage);

        ask_both(f, other, queries, count);
        ask_both(f, other, queries, blobs);
        for (size_t i = 0; jobs == 1 && i < count; i++)
            ask_both(f, other, &queries[i], 1);
        ks_git_free(other);
        ks_coverage_free(coverage);
    }
    free(queries);
}

static void every_way_the_same(void **state)
{
    struct fixture *f = *state;

    sh(f, history);
    f->options.engine = KS_ENGINE_DELTA;
    scan(f, "r");
    ask_every_way(f);
}

/* Trees that git would not write: out of order, or with a name twice. */
static void odd_trees(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; put b two; put c three; commit first\n"
          "raw() { perl -e 'print \"100644 $ARGV[0]\\0\", pack(\"H*\", "
          "$ARGV[1])' $1 $(git rev-parse HEAD:$2); }\n"
          "tree() { git hash-object -t tree --literally -w --stdin; }\n"
          "on() { tick; git update-ref HEAD $(git commit-tree -p HEAD -m $1 "
          "$2); }\n"
          "X=$({ raw z a; raw b b; raw a c; } | tree)\n"
          "Y=$({ raw b b; raw a a; raw z c; raw b a; } | tree)\n"
          "Z=$({ raw a a; raw a b; raw a c; } | tree)\n"
          "for t in $X $Y $Z $Y $X $Z; do on odd $t; done\n"
          "git -c pack.writeBitmaps=false repack -adq\n");
    f->options.engine = KS_ENGINE_DELTA;
    scan(f, "r");
    assert_true(ks_coverage_complete(f->coverage));
    ask_every_way(f);
}

static void facts_of_a_place(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; tick; git add .\n"
          "GIT_AUTHOR_NAME='B \303\266' GIT_AUTHOR_EMAIL=b@example.org "
          "GIT_AUTHOR_DATE='1234567890 -0330' git commit -q -m 'subject\n\n"
          "body'; tick; git tag -a -m tagged v1\n");
    scan(f, "r");
    locate(f, KS_BLOB_GIT_BLOB, "one");
    assert_int_equal(f->told.len, 1);
    assert_string_equal(f->told.items[0].subject, "subject");
    assert_string_equal(f->told.items[0].author, "B \303\266");
    assert_int_equal(f->told.items[0].time, 1234567890);
    assert_int_equal(f->told.items[0].offset, -210);
    locate(f, KS_BLOB_TAG_MESSAGE, "tagged\n");
    assert_int_equal(f->told.len, 1);
    assert_string_equal(f->told.items[0].subject, "tagged");
    assert_string_equal(f->told.items[0].author, "Com");
}

static void still_there_or_not(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a here; put b gone; put c moved; commit first\n"
          "git rm -q b; git mv c d; commit second; git tag old HEAD~1\n"
          "git checkout -q -b side HEAD~1; put e side; commit side\n"
          "git checkout -q main\n");
    scan(f, "r");
    assert_places(f, KS_BLOB_GIT_BLOB, "here", "first:a*");
    assert_places(f, KS_BLOB_GIT_BLOB, "moved", "first:c*,second:d*");
    assert_places(f, KS_BLOB_GIT_BLOB, "side", "side:e*");
    assert_places(f, KS_BLOB_GIT_BLOB, "gone", "first:b*");
    sh(f, "cd r; git branch -q -D side\n");
    scan(f, "r");
    assert_places(f, KS_BLOB_GIT_BLOB, "gone", "first:b");
    assert_places(f, KS_BLOB_GIT_BLOB, "moved", "first:c,second:d*");
    assert_places(f, KS_BLOB_PATH_NAME, "b", "first:b");
    assert_places(f, KS_BLOB_PATH_NAME, "d", "second:d*");
}

/* What a tag names without any commit still has a place. */
static void without_a_commit(void **state)
{
    struct fixture *f = *state;

    sh(f, "repo r; put a one; commit first; printf tagged >t\n"
          "git tag lone $(git hash-object -w t); rm t; put x/y inside\n"
          "git add .; git tag tree $(git write-tree); git rm -qf x/y\n");
    for (int engine = KS_ENGINE_DELTA; engine <= KS_ENGINE_WHOLE; engine++) {
        f->options.engine = (enum ks_git_engine)engine;
        scan(f, "r");
        assert_places(f, KS_BLOB_GIT_BLOB, "tagged", ":-*");
        assert_places(f, KS_BLOB_GIT_BLOB, "inside", ":x/y*");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(as_git_says),        TEST(every_way_the_same),
        TEST(odd_trees),          TEST(facts_of_a_place),
        TEST(still_there_or_not), TEST(without_a_commit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
