/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob scanned with the help of its base, and of another text of that base,
 * gives what scanning it whole gives: over random texts that are full of
 * secrets and of halves of secrets.
 */
#include "git/edits.h"
#include "scanner/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 150, TEXT = 6000, COPIES = 40, LITERAL = 1600 };

struct fixture {
    struct ks_matcher *matcher;
    struct ks_coverage *coverage;
    struct ks_scan whole, delta;
    uint64_t seed;
    size_t found, carried_texts, shared;
};

static uint32_t draw(struct fixture *f, uint32_t below)
{
    f->seed = f->seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(f->seed >> 33) % below;
}

static size_t add_random(struct fixture *f, char *out, size_t len,
                         const char *alphabet)
{
    size_t letters = strlen(alphabet);

    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[draw(f, (uint32_t)letters)];
    return len;
}

static size_t add_text(char *out, const char *text)
{
    memcpy(out, text, strlen(text));
    return strlen(text);
}

/* A token in two literals; the second goes on for up to LITERAL bytes. */
static size_t add_joined(struct fixture *f, char *out)
{
    static const char mixed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                "UVWXYZ0123456789";
    static const char *const joints[] = {"\" + \"", "\" +\n  \"", "\"\n\""};
    const char *joint = joints[draw(f, sizeof(joints) / sizeof(*joints))];
    size_t len = add_text(out, "x = \"do"
                               "p_v1_");

    len += add_random(f, out + len, 20, "0123456789abcdef");
    len += add_text(out + len, joint);
    len += add_random(f, out + len, 44, "0123456789abcdef");
    out[len++] = ' ';
    for (size_t words = draw(f, LITERAL / 8); words > 0; words--) {
        len += add_random(f, out + len, 7, mixed);
        out[len++] = ' ';
    }
    len += add_text(out + len, draw(f, 3) == 0 ? "\n" : "\";\n");
    return len;
}

/* A token of which each character is an escape. */
static size_t add_escaped(struct fixture *f, char *out)
{
    char token[72];
    uint32_t octal = draw(f, 2);
    size_t plain = add_text(token, "do"
                                   "p_v1_");
    size_t len = add_text(out, octal ? "s = \"" : "?q=");

    plain += add_random(f, token + plain, 64, "0123456789abcdef");
    for (size_t i = 0; i < plain; i++)
        len += (size_t)(octal ? snprintf(out + len, 5, "\\%03o", token[i])
                              : snprintf(out + len, 4, "%%%02x", token[i]));
    return len + add_text(out + len, "\"\n");
}

/* A few bytes that rules care about, whole or in part. */
static size_t add_piece(struct fixture *f, char *out)
{
    static const char mixed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                "UVWXYZ0123456789";
    static const char *const heads[] = {
        "password = \"",
        "api_key: '",
        "AK"
        "IA",
        "gh"
        "p_",
        "token=",
        "secret",
        "postgres://u:",
        "\n",
        "\"\n",
        " pass",
        "word: ",
        "xo"
        "xb-",
        "key",
        "= ",
        "# gitleaks:allow\n",
        "asana_key: ",
        "do"
        "p_v1_",
        "shodan.io ",
        "aws_secret_access_key = \"",
        "connectionstring=Server=a;Password=",
    };
    const char *head = heads[draw(f, sizeof(heads) / sizeof(*heads))];
    size_t len = strlen(head);

    memcpy(out, head, len);
    return len + add_random(f, out + len, draw(f, 44), mixed);
}

static size_t make_text(struct fixture *f, char *out, size_t len)
{
    size_t used = 0;

    while (used + 64 < len) {
        uint32_t what = draw(f, 24);

        used += what == 0   ? add_joined(f, out + used)
                : what == 1 ? add_escaped(f, out + used)
                            : add_piece(f, out + used);
    }
    return used;
}

/* A text, and what of it is copied from its base. */
struct text {
    char bytes[4 * TEXT];
    size_t len;
    struct ks_copies copies;
};

static void add_copy(struct text *text, const struct text *base, size_t from,
                     size_t len)
{
    struct ks_copy copy = {.to = (uint32_t)text->len,
                           .from = (uint32_t)from,
                           .len = (uint32_t)len};

    memcpy(text->bytes + text->len, base->bytes + from, len);
    assert_true(KS_VEC_PUSH(&text->copies, copy));
    text->len += len;
}

/* A new text of copies of the base, with pieces between. */
static void derive(struct fixture *f, struct text *text,
                   const struct text *base)
{
    text->len = text->copies.len = 0;
    while (text->len < TEXT && text->copies.len < COPIES) {
        size_t from = draw(f, (uint32_t)base->len);
        size_t len = 1 + draw(f, 600);

        if (draw(f, 6) == 0)
            from = 0;
        if (len > base->len - from || draw(f, 8) == 0)
            len = base->len - from;
        if (text->len + len > 2 * TEXT)
            break;
        add_copy(text, base, from, len);
        if (draw(f, 2) == 0)
            text->len += add_piece(f, text->bytes + text->len);
    }
}

/* Another text of the same base that has most in common with `sibling`. */
static void derive_like(struct fixture *f, struct text *text,
                        const struct text *base, const struct text *sibling)
{
    text->len = text->copies.len = 0;
    for (size_t i = 0; i < sibling->copies.len; i++) {
        const struct ks_copy *copy = &sibling->copies.items[i];
        size_t end = copy->to + (size_t)copy->len;
        size_t next = i + 1 < sibling->copies.len
                          ? sibling->copies.items[i + 1].to
                          : sibling->len;
        uint32_t way = draw(f, 12);
        size_t cut = draw(f, copy->len);

        if (way == 0 || text->len + next - copy->to > 3 * TEXT)
            continue;
        add_copy(text, base, copy->from + (way == 1 ? cut : 0),
                 copy->len - (way <= 2 ? cut : 0));
        if (way == 3 || way == 4)
            text->len += add_piece(f, text->bytes + text->len);
        if (way != 5) {
            memcpy(text->bytes + text->len, sibling->bytes + end, next - end);
            text->len += next - end;
        }
        if (way == 4 || way == 6)
            text->len += add_piece(f, text->bytes + text->len);
    }
}

static void same_matches(const struct ks_matches *a, const struct ks_matches *b)
{
    assert_int_equal(a->len, b->len);
    for (size_t i = 0; i < a->len; i++) {
        assert_int_equal(a->items[i].start, b->items[i].start);
        assert_int_equal(a->items[i].end, b->items[i].end);
        assert_int_equal(a->items[i].rule, b->items[i].rule);
        assert_int_equal(a->items[i].score, b->items[i].score);
        assert_int_equal(a->items[i].proof, b->items[i].proof);
        assert_int_equal(a->items[i].reasons, b->items[i].reasons);
        assert_int_equal(a->items[i].decoded, b->items[i].decoded);
    }
}

/* Hits must be the same too: the next in the chain builds on them. */
static void same_memo(const struct ks_memo *a, const struct ks_memo *b)
{
    assert_int_equal(a->hit_count, b->hit_count);
    for (size_t i = 0; i < a->hit_count; i++) {
        assert_int_equal(a->hits[i].end, b->hits[i].end);
        assert_int_equal(a->hits[i].trigger, b->hits[i].trigger);
        assert_int_equal(a->hits[i].matches, b->hits[i].matches);
    }
    assert_int_equal(a->match_count, b->match_count);
    assert_int_equal(a->decoded_count, b->decoded_count);
}

static struct ks_memo *scan(struct ks_scan *scanner, const struct text *text,
                            const struct ks_copies *copies,
                            const struct ks_memo *base,
                            const struct ks_memo *sibling)
{
    struct ks_blob blob =
        ks_blob_whole((struct ks_span){(const uint8_t *)text->bytes, text->len},
                      KS_BLOB_GIT_BLOB, NULL);
    struct ks_memo *memo = NULL;
    struct ks_err err = {{0}};

    blob.wants_memo = true;
    blob.memos[KS_COPY_BASE] = base;
    blob.memos[KS_COPY_SIBLING] = sibling;
    blob.copies = copies->items;
    blob.copy_count = base == NULL ? 0 : copies->len;
    assert_int_equal(ks_scan_blob(scanner, &blob, &memo, &err), KS_OK);
    return memo;
}

/* Scans both ways, and returns the memo. */
static struct ks_memo *scan_twice(struct fixture *f, const struct text *text,
                                  const struct ks_copies *copies,
                                  const struct ks_memo *base,
                                  const struct ks_memo *sibling)
{
    uint64_t carried = f->delta.amounts.carried;
    struct ks_memo *by_delta = scan(&f->delta, text, copies, base, sibling);
    struct ks_memo *by_whole = scan(&f->whole, text, copies, NULL, NULL);

    same_matches(&f->delta.all, &f->whole.all);
    same_memo(by_delta, by_whole);
    f->found += f->whole.all.len;
    f->carried_texts += f->delta.amounts.carried > carried;
    ks_memo_free(by_whole);
    return by_delta;
}

/* The copies of a text with those from its sibling. */
static void share(struct fixture *f, struct ks_copies *out,
                  const struct text *text, const struct text *sibling)
{
    const struct text *texts[] = {text, sibling};
    struct ks_edits edits[2];

    for (int i = 0; i < 2; i++) {
        ks_edits_init(&edits[i]);
        assert_int_equal(
            ks_edits_note(&edits[i], &texts[i]->copies,
                          (struct ks_span){(const uint8_t *)texts[i]->bytes,
                                           texts[i]->len},
                          NULL),
            KS_OK);
    }
    assert_int_equal(
        ks_edits_share(out, &text->copies, &edits[0], &edits[1], NULL), KS_OK);
    for (size_t i = 0; i < out->len; i++)
        f->shared += out->items[i].source == KS_COPY_SIBLING;
    ks_edits_release(&edits[0]);
    ks_edits_release(&edits[1]);
}

static void delta_equals_whole(void **state)
{
    struct fixture *f = *state;
    static struct text base, first, second;
    struct ks_copies shared = {0};

    for (int round = 0; round < ROUNDS; round++) {
        struct ks_memo *memo;

        base.len = make_text(f, base.bytes, 200 + draw(f, TEXT));
        memo = scan(&f->delta, &base, &base.copies, NULL, NULL);
        for (int depth = 0; depth < 4; depth++) {
            struct ks_memo *of_first, *of_second;

            derive(f, &first, &base);
            of_first = scan_twice(f, &first, &first.copies, memo, NULL);
            derive_like(f, &second, &base, &first);
            share(f, &shared, &second, &first);
            of_second = scan_twice(f, &second, &shared, memo, of_first);
            ks_memo_free(of_first);
            ks_memo_free(memo);
            memo = of_second;
            memcpy(base.bytes, second.bytes, second.len);
            base.len = second.len;
            if (base.len == 0)
                break;
        }
        ks_memo_free(memo);
    }
    assert_true(f->found > ROUNDS);
    assert_true(f->carried_texts > ROUNDS);
    assert_true(f->shared > ROUNDS);
    KS_VEC_RELEASE(&shared);
    KS_VEC_RELEASE(&first.copies);
    KS_VEC_RELEASE(&second.copies);
}

static int set_up(void **state)
{
    static struct fixture f;
    struct ks_matcher_options options = {.now = 1700000000};
    struct ks_err err = {{0}};

    f.seed = 42;
    if (ks_coverage_new(&f.coverage, &err) != KS_OK ||
        ks_matcher_new(&f.matcher, ks_rules_builtin(), &options, &err) !=
            KS_OK ||
        ks_scan_init(&f.whole, f.matcher, 0, f.coverage, &err) != KS_OK ||
        ks_scan_init(&f.delta, f.matcher, 1, f.coverage, &err) != KS_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ks_scan_release(&f->whole);
    ks_scan_release(&f->delta);
    ks_matcher_free(f->matcher);
    ks_coverage_free(f->coverage);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delta_equals_whole),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
