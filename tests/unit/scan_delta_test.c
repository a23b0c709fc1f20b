/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob scanned with the help of its base gives what scanning it whole gives:
 * over random texts that are full of secrets and of halves of secrets.
 */
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
    size_t len = add_text(out, "x = \"do" "p_v1_");

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

    while (used + 64 < len)
        used += draw(f, 24) == 0 ? add_joined(f, out + used)
                                 : add_piece(f, out + used);
    return used;
}

/* A new text of copies of the base, with pieces between. */
static size_t derive(struct fixture *f, char *out, const char *base,
                     size_t base_len, struct ks_copy *copies, size_t *count)
{
    size_t used = 0;

    *count = 0;
    while (used < TEXT && *count < COPIES) {
        size_t from = draw(f, (uint32_t)base_len);
        size_t len = 1 + draw(f, 600);

        if (draw(f, 6) == 0)
            from = 0;
        if (len > base_len - from || draw(f, 8) == 0)
            len = base_len - from;
        if (used + len > 2 * TEXT)
            break;
        memcpy(out + used, base + from, len);
        copies[(*count)++] =
            (struct ks_copy){(uint32_t)used, (uint32_t)from, (uint32_t)len};
        used += len;
        if (draw(f, 2) == 0)
            used += add_piece(f, out + used);
    }
    return used;
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

static struct ks_memo *scan(struct ks_scan *scanner, const char *text,
                            size_t len, const struct ks_memo *base,
                            const struct ks_copy *copies, size_t count)
{
    struct ks_blob blob = ks_blob_whole(
        (struct ks_span){(const uint8_t *)text, len}, KS_BLOB_GIT_BLOB, NULL);
    struct ks_memo *memo = NULL;
    struct ks_err err = {{0}};

    blob.wants_memo = true;
    blob.base_memo = base;
    blob.copies = copies;
    blob.copy_count = count;
    assert_int_equal(ks_scan_blob(scanner, &blob, &memo, &err), KS_OK);
    return memo;
}

static void delta_equals_whole(void **state)
{
    struct fixture *f = *state;
    static char base[4 * TEXT], next[4 * TEXT];
    size_t found = 0, carried_rounds = 0;

    for (int round = 0; round < ROUNDS; round++) {
        size_t base_len = make_text(f, base, 200 + draw(f, TEXT));
        struct ks_memo *memo = scan(&f->delta, base, base_len, NULL, NULL, 0);

        for (int depth = 0; depth < 4; depth++) {
            struct ks_copy copies[COPIES];
            size_t count;
            size_t len = derive(f, next, base, base_len, copies, &count);
            uint64_t carried = f->delta.amounts.carried;
            struct ks_memo *by_delta =
                scan(&f->delta, next, len, memo, copies, count);
            struct ks_memo *by_whole =
                scan(&f->whole, next, len, NULL, NULL, 0);

            same_matches(&f->delta.all, &f->whole.all);
            same_memo(by_delta, by_whole);
            found += f->whole.all.len;
            carried_rounds += f->delta.amounts.carried > carried;
            ks_memo_free(by_whole);
            ks_memo_free(memo);
            memo = by_delta;
            memcpy(base, next, len);
            base_len = len;
        }
        ks_memo_free(memo);
    }
    assert_true(found > ROUNDS);
    assert_true(carried_rounds > ROUNDS);
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
