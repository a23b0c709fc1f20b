/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner against what it stands for: PCRE2 alone over the whole text finds
 * nothing that the prefilter and the windows around its hits miss; and a large
 * input in windows gives what it gives whole.
 */
#include "base/file.h"
#include "files/window.h"
#include "scanner_support.h"

#include <ftw.h>

enum {
    OTHERS = 3,
    WINDOWED = 600 * 1000,
    TEXT = 64 * 1024,
    TREE_FILE_MAX = 1024 * 1024,
    TREE_MOST = 64 * 1024,
};

struct fixture {
    struct ks_rules *rules;
    const struct ks_ruleset *set;
    struct scanning s;
    struct ks_pattern_scratch *scratch;
    struct ks_drop_sink sink;
    struct ks_matches drops; /* rule, start and end */
    uint64_t seed;
};

static void on_drop(void *ctx, const struct ks_drop *drop)
{
    struct fixture *f = ctx;
    struct ks_match match = {
        .rule = (uint32_t)ks_ruleset_index(f->set, drop->rule->id),
        .start = (uint32_t)drop->start,
        .end = (uint32_t)drop->end};

    assert_true(KS_VEC_PUSH(&f->drops, match));
}

static void add_bytes(struct ks_buf *text, const char *bytes, size_t len)
{
    assert_int_equal(
        ks_buf_add(text, (struct ks_span){(const uint8_t *)bytes, len}), KS_OK);
}

static void add_filler(struct fixture *f, struct ks_buf *text)
{
    static const char letters[] = "etaoinshrdlu etaoin _=\"':;,.(){}\n\t09";
    size_t len = draw(&f->seed, 200);

    for (size_t i = 0; i < len; i++)
        add_bytes(text, &letters[draw(&f->seed, sizeof(letters) - 1)], 1);
}

/* The sample as it is, cut, or with a byte changed. */
static void add_sample(struct fixture *f, struct ks_buf *text,
                       const char *sample)
{
    size_t len = strlen(sample), at = text->len;

    if (len == 0)
        return;
    if (draw(&f->seed, 4) == 0)
        len = 1 + draw(&f->seed, (uint32_t)len);
    add_bytes(text, sample, len);
    if (draw(&f->seed, 3) == 0)
        text->ptr[at + draw(&f->seed, (uint32_t)len)] =
            (uint8_t)draw(&f->seed, 256);
}

static void add_samples(struct fixture *f, struct ks_buf *text,
                        const struct ks_texts *samples)
{
    for (size_t i = 0; i < samples->len && text->len < TEXT; i++) {
        add_filler(f, text);
        add_sample(f, text, samples->items[i]);
    }
}

static bool among(const struct ks_matches *matches, size_t rule, size_t start,
                  size_t end)
{
    for (size_t i = 0; i < matches->len; i++)
        if (matches->items[i].rule == rule && matches->items[i].start < end &&
            start < matches->items[i].end)
            return true;
    return false;
}

/* Every match of the rule's pattern was looked at. Returns how many. */
static size_t check_rule(struct fixture *f, struct ks_span text, size_t rule)
{
    const struct ks_ready *ready;
    struct ks_pattern_search search = {.subject = text, .last = text.len};
    struct ks_pattern_match m;
    size_t count = 0;

    if (f->set->rules[rule]->kind != KS_RULE_PATTERN)
        return 0;
    assert_int_equal(ks_matcher_ready(&ready, f->s.matcher, rule, NULL), KS_OK);
    while (search.from <= text.len &&
           ks_pattern_find(&m, ready->pattern, f->scratch, &search) ==
               KS_PATTERN_FOUND) {
        count++;
        if (!among(&f->s.scan.all, rule, m.secret_start, m.secret_end) &&
            !among(&f->drops, rule, m.secret_start, m.secret_end))
            fail_msg("%s is missed at %zu: %.*s", f->set->rules[rule]->id,
                     m.start, (int)(m.end - m.start), text.ptr + m.start);
        search.from = m.end > m.start ? m.end : m.end + 1;
    }
    return count;
}

static void prefilter_misses_nothing(void **state)
{
    struct fixture *f = *state;
    struct ks_buf text;
    size_t own = 0, others = 0;

    ks_buf_init(&text, 2 * TEXT);
    for (size_t i = 0; i < f->set->len; i++) {
        const struct ks_rule *rule = f->set->rules[i];
        size_t other = draw(&f->seed, (uint32_t)f->set->len);

        ks_buf_clear(&text);
        add_samples(f, &text, &rule->examples);
        add_samples(f, &text, &rule->counterexamples);
        add_samples(f, &text, &f->set->rules[other]->examples);
        add_filler(f, &text);
        f->drops.len = 0;
        (void)matches_of(&f->s, text.ptr, text.len);
        own += check_rule(f, ks_buf_span(&text), i);
        others += check_rule(f, ks_buf_span(&text), other);
        for (size_t j = 0; j < OTHERS; j++)
            others += check_rule(f, ks_buf_span(&text),
                                 draw(&f->seed, (uint32_t)f->set->len));
    }
    assert_true(own > f->set->len);
    assert_true(others > f->set->len / 2);
    ks_buf_release(&text);
}

/* Where files of real trees go: nftw() takes no context. */
static struct fixture *walking;
static size_t walked, walk_most;

static int check_file(const char *path, const struct stat *st, int kind,
                      struct FTW *at)
{
    struct ks_buf text;

    (void)at;
    if (kind != FTW_F || st->st_size == 0 || st->st_size > TREE_FILE_MAX ||
        walked >= walk_most || strstr(path, "/.git/") != NULL ||
        strstr(path, "/build/") != NULL)
        return 0;
    ks_buf_init(&text, TREE_FILE_MAX);
    assert_int_equal(ks_file_read(&text, path, NULL), KS_OK);
    walking->drops.len = 0;
    (void)matches_of(&walking->s, text.ptr, text.len);
    for (size_t i = 0; i < walking->set->len; i++)
        (void)check_rule(walking, ks_buf_span(&text), i);
    walked += text.len;
    ks_buf_release(&text);
    return 0;
}

static void check_tree(struct fixture *f, const char *path, size_t most)
{
    walking = f;
    walked = 0;
    walk_most = most;
    assert_int_equal(nftw(path, check_file, 16, FTW_PHYS), 0);
    assert_true(walked > 0);
}

/*
 * All rules over files as people have them: some of this tree, and all of the
 * trees that KEYSWEEP_TEST_TREES names, with colons between.
 */
static void trees_miss_nothing(void **state)
{
    const char *more = getenv("KEYSWEEP_TEST_TREES");
    char *copy, *rest;

    check_tree(*state, KS_SOURCE_DIR "/docs", TREE_MOST);
    check_tree(*state, KS_SOURCE_DIR "/tests/cli", TREE_MOST);
    check_tree(*state, KS_SOURCE_DIR "/revoke", TREE_MOST);
    if (more == NULL)
        return;
    copy = strdup(more);
    assert_non_null(copy);
    for (char *one = strtok_r(copy, ":", &rest); one != NULL;
         one = strtok_r(NULL, ":", &rest))
        check_tree(*state, one, SIZE_MAX);
    free(copy);
}

/* What windows gave, as offsets into the input. */
struct windowed {
    struct fixture *f;
    struct ks_matches all;
    size_t windows;
};

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct windowed *w = ctx;
    struct ks_scan *scan = &w->f->s.scan;
    enum ks_rc rc = KS_OK;

    (void)worker;
    (void)memo;
    if (blob->kind != KS_BLOB_STDIN)
        return KS_OK;
    rc = ks_scan_blob(scan, blob, NULL, err);
    for (size_t i = 0; i < scan->all.len; i++) {
        struct ks_match match = scan->all.items[i];

        match.start += (uint32_t)blob->window_at;
        match.end += (uint32_t)blob->window_at;
        assert_true(KS_VEC_PUSH(&w->all, match));
    }
    w->windows++;
    return rc;
}

static int by_place(const void *a, const void *b)
{
    const struct ks_match *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static void in_windows(struct windowed *w, struct ks_span text)
{
    struct ks_files_options options = {
        .overlap = ks_matcher_overlap(w->f->s.matcher),
        .window = 1,
        .coverage = w->f->s.coverage,
    };
    struct ks_blob_sink sink = {.ctx = w, .take = take};
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    rewind(file);
    assert_int_equal(ks_files_stream(fileno(file), &options, &sink, NULL),
                     KS_OK);
    (void)fclose(file);
    qsort(w->all.items, w->all.len, sizeof(*w->all.items), by_place);
}

static void windows_equal_whole(void **state)
{
    struct fixture *f = *state;
    struct windowed w = {.f = f};
    const struct ks_matches *whole;
    struct ks_buf text;

    ks_buf_init(&text, 2 * WINDOWED);
    while (text.len < WINDOWED) {
        const struct ks_rule *rule =
            f->set->rules[draw(&f->seed, (uint32_t)f->set->len)];

        add_samples(f, &text, &rule->examples);
        for (size_t i = 0; i < rule->examples.len; i++) {
            add_filler(f, &text);
            add_sample(f, &text, rule->examples.items[i]);
        }
    }
    in_windows(&w, ks_buf_span(&text));
    assert_true(w.windows > 5);
    whole = matches_of(&f->s, text.ptr, text.len);
    for (size_t i = 0; i < w.all.len && i < whole->len; i++)
        if (by_place(&w.all.items[i], &whole->items[i]) != 0)
            fail_msg("%zu–%zu %s in windows, %zu–%zu %s whole",
                     (size_t)w.all.items[i].start, (size_t)w.all.items[i].end,
                     f->set->rules[w.all.items[i].rule]->id,
                     (size_t)whole->items[i].start, (size_t)whole->items[i].end,
                     f->set->rules[whole->items[i].rule]->id);
    assert_int_equal(w.all.len, whole->len);
    assert_true(whole->len > 100);
    KS_VEC_RELEASE(&w.all);
    ks_buf_release(&text);
}

static int set_up(void **state)
{
    static struct fixture f;
    struct ks_err err = {{0}};

    f.seed = 5;
    f.sink = (struct ks_drop_sink){on_drop, &f};
    if (ks_rules_new(&f.rules, &err) != KS_OK ||
        ks_rules_add_dir(f.rules, KS_SOURCE_DIR "/rules/builtin", &err) !=
            KS_OK ||
        ks_pattern_scratch_new(&f.scratch, &err) != KS_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    f.set = ks_rules_set(f.rules);
    scanning_init(&f.s, f.set);
    f.s.scan.detector.drops = &f.sink;
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    scanning_release(&f->s);
    ks_pattern_scratch_free(f->scratch);
    KS_VEC_RELEASE(&f->drops);
    ks_rules_free(f->rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefilter_misses_nothing),
        cmocka_unit_test(trees_miss_nothing),
        cmocka_unit_test(windows_equal_whole),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
