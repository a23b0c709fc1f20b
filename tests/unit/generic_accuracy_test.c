/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accuracy over the project's own samples, with a floor: a model or a lexer
 * that finds less, or reports more placeholders, fails the build.
 */
#include "tests/unit/generic_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAMPLES KS_SOURCE_DIR "/tests/accuracy/samples.tsv"
#define FORMS KS_SOURCE_DIR "/tests/accuracy/forms.tsv"

#define MARK "@VALUE@"

#define RECALL_FLOOR 92 /* percent of the secrets that must be found */
#define FALSE_CEILING 2 /* percent of the placeholders that may be reported */
#define FORMS_FLOOR 76  /* percent of the lines in many formats, by hand */

struct tally {
    unsigned secrets, found, empty, reported;
};

/* Writes the text with its escapes undone and the value, which stands
 * backwards, at its mark. */
static void unfold(char *out, size_t cap, const char *text, const char *value)
{
    size_t n = 0;

    for (const char *p = text; *p != 0 && n + 1 < cap; p++) {
        if (strncmp(p, MARK, strlen(MARK)) == 0) {
            for (size_t i = strlen(value); i > 0 && n + 1 < cap; i--)
                out[n++] = value[i - 1];
            p += strlen(MARK) - 1;
        } else if (p[0] == '\\' && p[1] != 0) {
            p++;
            out[n++] = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
        } else {
            out[n++] = *p;
        }
    }
    out[n] = 0;
}

struct wanted {
    const char *value; /* backwards */
    const char *path;
    bool reported;
};

/* Whoever wants findings only is told the same, or nothing. */
static void judge_agrees(const struct ks_generic_verdict *whole,
                         const struct ks_generic_window *w,
                         const struct ks_generic_candidate *c)
{
    struct ks_generic_verdict v;

    if (!ks_generic_judge(&v, w, c)) {
        assert_true(whole->score < ks_generic_floor());
        return;
    }
    assert_true(whole->score >= ks_generic_floor());
    assert_int_equal(v.score, whole->score);
    assert_int_equal(v.class_, whole->class_);
    assert_int_equal(v.entropy, whole->entropy);
    assert_int_equal(v.reasons, whole->reasons);
}

/* Whether the candidate overlaps the value is told by their bytes. */
static void judge(void *arg, const struct ks_generic_window *w,
                  const struct ks_generic_candidate *c, size_t base)
{
    struct wanted *want = arg;
    struct ks_generic_verdict v;
    char value[512];
    size_t len = strlen(want->value);

    (void)base;
    ks_generic_score(&v, w, c);
    judge_agrees(&v, w, c);
    for (size_t i = 0; i < len; i++)
        value[i] = want->value[len - 1 - i];
    if (memmem(w->text.ptr + c->value_from, (size_t)c->value_to - c->value_from,
               value, len) == NULL &&
        memmem(value, len, w->text.ptr + c->value_from,
               (size_t)c->value_to - c->value_from) == NULL)
        return;
    if (v.score + ks_generic_path_score(want->path) >=
        ks_generic_threshold((enum ks_generic_class)v.class_,
                             KS_GENERIC_MEDIUM))
        want->reported = true;
}

/* Turns a string round in place. */
static void turn(char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len / 2; i++) {
        char c = text[i];

        text[i] = text[len - 1 - i];
        text[len - 1 - i] = c;
    }
}

static void sample(struct tally *t, char *line)
{
    char *save = NULL;
    const char *label = strtok_r(line, "\t", &save);
    const char *path = strtok_r(NULL, "\t", &save);
    char *text = strtok_r(NULL, "\t", &save);
    const char *value = strtok_r(NULL, "\t\n", &save);
    struct wanted want = {.value = value, .path = path};
    char whole[4096];

    assert_non_null(value);
    assert_true(strlen(value) < 512);
    turn(text);
    unfold(whole, sizeof(whole), text, value);
    scan_text((struct ks_span){(const uint8_t *)whole, strlen(whole)}, judge,
              &want);
    if (label[0] == '1') {
        t->secrets++;
        t->found += want.reported;
    } else {
        t->empty++;
        t->reported += want.reported;
    }
    if (getenv("KS_TEST_VERBOSE") != NULL && want.reported != (label[0] == '1'))
        printf("%s %s: %s\n", label[0] == '1' ? "missed" : "false", path,
               whole);
}

static struct tally tally_of(const char *path)
{
    FILE *f = fopen(path, "r");
    struct tally t = {0};
    char line[4096];

    assert_non_null(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (line[0] != '#')
            sample(&t, line);
    }
    fclose(f);
    printf("found %u of %u, reported %u of %u placeholders\n", t.found,
           t.secrets, t.reported, t.empty);
    return t;
}

static void accuracy_is_above_its_floor(void **state)
{
    struct tally t = tally_of(SAMPLES);

    (void)state;
    assert_true(t.secrets > 100 && t.empty > 50);
    assert_true(t.found * 100 >= t.secrets * RECALL_FLOOR);
    assert_true(t.reported * 100 <= t.empty * FALSE_CEILING);
}

/* Five hundred lines, each alone in its file, as configurations, scripts and
 * programs have them. */
static void forms_are_above_their_floor(void **state)
{
    struct tally t = tally_of(FORMS);

    (void)state;
    assert_true(t.secrets > 400);
    assert_true(t.found * 100 >= t.secrets * FORMS_FLOOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracy_is_above_its_floor),
        cmocka_unit_test(forms_are_above_their_floor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
