/* SPDX-License-Identifier: Apache-2.0 */
/* Of overlapping matches the telling ones stay, whatever came first. */
#include "scanner/resolve.h"
#include "scanner_support.h"

enum { ROUNDS = 2000, MOST = 40, TEXT = 120 };

static struct ks_match match_at(uint32_t start, uint32_t end, uint32_t rule)
{
    return (struct ks_match){.start = start,
                             .end = end,
                             .rule = rule,
                             .specificity = KS_SPECIFIC_CONTEXT,
                             .score = 650};
}

static void resolve(struct ks_matches *matches)
{
    assert_int_equal(ks_resolve(matches, NULL), KS_OK);
}

/* The rule that is left of two; both are tried in either order of index. */
static uint32_t winner(struct ks_match a, struct ks_match b)
{
    struct ks_match items[2] = {a, b};
    struct ks_matches matches = {items, 2, 2};

    if (b.start < a.start || (b.start == a.start && b.end < a.end)) {
        items[0] = b;
        items[1] = a;
    }
    resolve(&matches);
    assert_int_equal(matches.len, 1);
    return items[0].rule;
}

static void what_tells_most_wins(void **state)
{
    struct ks_match plain = match_at(10, 30, 1);
    struct ks_match other = match_at(12, 30, 2);

    (void)state;
    assert_int_equal(winner(plain, other), 1); /* longer */
    other.score = 700;
    assert_int_equal(winner(plain, other), 2);
    plain.specificity = KS_SPECIFIC_SHAPE;
    assert_int_equal(winner(plain, other), 1);
    other.proof = KS_PROOF_STRUCTURE;
    assert_int_equal(winner(plain, other), 2);
    plain.proof = KS_PROOF_CHECKSUM;
    assert_int_equal(winner(plain, other), 1);
    /* A generic one hides no other, however sure and long it is. */
    plain = match_at(0, 99, 1);
    plain.specificity = KS_SPECIFIC_GENERIC;
    plain.score = 999;
    other = match_at(50, 60, 2);
    other.score = 1;
    assert_int_equal(winner(plain, other), 2);
    /* In a tie the first rule. */
    assert_int_equal(winner(match_at(5, 9, 4), match_at(5, 9, 3)), 3);
}

static void neighbours_stay(void **state)
{
    struct ks_match items[] = {match_at(0, 5, 1), match_at(5, 9, 1),
                               match_at(9, 10, 2)};
    struct ks_matches matches = {items, 3, 3};

    (void)state;
    resolve(&matches);
    assert_int_equal(matches.len, 3);
}

/* One that is beaten does not beat a third with which it overlaps. */
static void the_beaten_are_out(void **state)
{
    struct ks_match items[] = {match_at(0, 10, 1), match_at(8, 22, 2),
                               match_at(20, 40, 3)};
    struct ks_matches matches = {items, 3, 3};

    (void)state;
    items[0].score = 700;
    items[1].score = 690;
    resolve(&matches);
    assert_int_equal(matches.len, 2);
    assert_int_equal(items[0].rule, 1);
    assert_int_equal(items[1].rule, 3);
}

static int by_start(const void *a, const void *b)
{
    const struct ks_match *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static size_t draw_matches(uint64_t *seed, struct ks_match *items)
{
    size_t count = draw(seed, MOST);

    for (size_t i = 0; i < count; i++) {
        uint32_t start = draw(seed, TEXT);

        items[i] = match_at(start, start + 1 + draw(seed, 30), (uint32_t)i);
        items[i].proof = (uint8_t)draw(seed, 3);
        items[i].specificity = (uint8_t)draw(seed, 3);
        items[i].score = (int32_t)draw(seed, 4);
    }
    qsort(items, count, sizeof(*items), by_start);
    return count;
}

static bool overlap(const struct ks_match *a, const struct ks_match *b)
{
    return a->start < b->end && b->start < a->end;
}

static bool tells_less(const struct ks_match *a, const struct ks_match *b)
{
    if (a->proof != b->proof)
        return a->proof < b->proof;
    return a->specificity < b->specificity;
}

/* Disjoint, in order; what is gone met something that tells as much. */
static void properties(void **state)
{
    struct ks_match before[MOST], after[MOST];
    uint64_t seed = 11;
    size_t dropped = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct ks_matches matches = {after, draw_matches(&seed, before), MOST};
        size_t count = matches.len, again;

        memcpy(after, before, sizeof(after));
        resolve(&matches);
        for (size_t i = 1; i < matches.len; i++)
            assert_true(after[i - 1].end <= after[i].start);
        for (size_t i = 0; i < count; i++) {
            bool kept = false, beaten = false;

            for (size_t j = 0; j < matches.len; j++) {
                kept |= after[j].rule == before[i].rule;
                beaten |= overlap(&after[j], &before[i]) &&
                          !tells_less(&after[j], &before[i]);
            }
            assert_true(kept || beaten);
            dropped += !kept;
        }
        again = matches.len;
        resolve(&matches);
        assert_int_equal(matches.len, again);
    }
    assert_true(dropped > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_tells_most_wins),
        cmocka_unit_test(neighbours_stay),
        cmocka_unit_test(the_beaten_are_out),
        cmocka_unit_test(properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
