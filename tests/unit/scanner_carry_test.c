/* SPDX-License-Identifier: Apache-2.0 */
/* What copies hold and what they do not, against asking byte by byte. */
#include "scanner/carry.h"
#include "scanner_support.h"

enum { ROUNDS = 4000, LEN = 80, COPIES = 8 };

/* Copies in order; they may touch, overlap and be empty, none in another. */
static size_t draw_copies(uint64_t *seed, struct ks_copy *copies, size_t len)
{
    size_t count = 0, done = 0;

    for (size_t at = draw(seed, 4) == 0 ? draw(seed, 20) : 0;
         at < len && count < COPIES;) {
        size_t room = len - at;
        uint32_t size = draw(seed, 5) == 0 ? (uint32_t)room
                                           : draw(seed, 1 + (uint32_t)room / 2);

        if (at < done && at + size <= done)
            break;
        copies[count++] = (struct ks_copy){
            .to = (uint32_t)at, .from = draw(seed, 50), .len = size};
        done = at + size;
        if (size > 2 && draw(seed, 4) == 0)
            at += 1 + draw(seed, size - 1);
        else
            at += size + (size > 0 && draw(seed, 2) == 0 ? 0 : draw(seed, 12));
        if (size == 0)
            at++;
    }
    return count;
}

static const struct ks_copy *holder(const struct ks_copy *copies, size_t count,
                                    size_t from, size_t to)
{
    for (size_t i = 0; i < count; i++)
        if (copies[i].to <= from &&
            to <= copies[i].to + (size_t)copies[i].len && copies[i].len > 0)
            return &copies[i];
    return NULL;
}

static bool in_a_run(const struct ks_runs *runs, size_t from, size_t to)
{
    for (size_t i = 0; i < runs->len; i++)
        if (runs->items[i].from <= from && to <= runs->items[i].to)
            return true;
    return false;
}

/* Whether nothing stands behind the last copy, here or in the base. */
static bool same_end(const struct ks_copy *copies, size_t count,
                     struct ks_carry_ends ends)
{
    const struct ks_copy *last = &copies[count - 1];

    return count > 0 && last->to + (size_t)last->len == ends.len &&
           last->from + (size_t)last->len == ends.source_len[last->source];
}

static void runs_hold_what_no_copy_holds(void **state)
{
    uint64_t seed = 3;
    size_t carried = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct ks_copy copies[COPIES];
        struct ks_runs runs = {0};
        size_t len = 1 + draw(&seed, LEN), width = 1 + draw(&seed, 12);
        size_t count = draw_copies(&seed, copies, len);
        struct ks_carry_ends ends = {.source_len = {draw(&seed, LEN)},
                                     .len = len};

        assert_int_equal(
            ks_carry_fresh(&runs, copies, count, ends, width, NULL), KS_OK);
        assert_true(
            same_end(copies, count, ends) || width == 1 ||
            in_a_run(&runs, len - (width > len ? len : width - 1), len));
        for (size_t i = 0; i < runs.len; i++) {
            assert_true(runs.items[i].from < runs.items[i].to);
            assert_true(runs.items[i].to <= len);
            if (i > 0)
                assert_true(runs.items[i - 1].to < runs.items[i].from);
        }
        for (size_t from = 0; from < len; from++)
            for (size_t to = from + 1; to <= len && to - from <= width; to++) {
                bool held = holder(copies, count, from, to) != NULL;
                const struct ks_copy *copy =
                    ks_carry_holding(copies, count, from, to);

                assert_true(held || in_a_run(&runs, from, to));
                carried += held && !in_a_run(&runs, from, to);
                assert_true(copy == NULL || holder(copy, 1, from, to) == copy);
                if (held != (copy != NULL))
                    assert_int_equal(copies[count - 1].len, 0);
            }
        KS_VEC_RELEASE(&runs);
    }
    assert_true(carried > ROUNDS);
}

/*
 * A result that sees `before` and `after` bytes around a place, and the ends of
 * the text where they are nearer, holds where both texts show it the same.
 */
static void whole_means_the_same_view(void **state)
{
    uint64_t seed = 9;
    size_t yes = 0;

    (void)state;
    for (int round = 0; round < 50 * ROUNDS; round++) {
        struct ks_carry_ends ends = {.source_len = {1 + draw(&seed, 30)},
                                     .len = 1 + draw(&seed, 30)};
        size_t base_len = ends.source_len[KS_COPY_BASE];
        uint32_t most = (uint32_t)(base_len < ends.len ? base_len : ends.len);
        uint32_t size = 1 + draw(&seed, most);
        struct ks_copy copy = {.to = draw(&seed, (uint32_t)ends.len - size + 1),
                               .from =
                                   draw(&seed, (uint32_t)base_len - size + 1),
                               .len = size};
        size_t at = copy.from + draw(&seed, size + 1);
        size_t before = draw(&seed, 12), after = draw(&seed, 12);
        size_t there = at - copy.from + copy.to;
        size_t left = at < before ? at : before;
        size_t left_there = there < before ? there : before;
        size_t right = base_len - at < after ? base_len - at : after;
        size_t right_there =
            ends.len - there < after ? ends.len - there : after;
        bool same = left == left_there && right == right_there &&
                    left <= at - copy.from &&
                    right <= copy.from + (size_t)size - at;

        if (!ks_carry_whole(&copy, ends, at, before, after))
            continue;
        yes++;
        assert_true(same);
    }
    assert_true(yes > ROUNDS);
}

static void memos_of_nothing(void **state)
{
    struct ks_hits hits = {0};
    struct ks_matches none = {0};
    struct ks_memo *memo = NULL;

    (void)state;
    assert_int_equal(ks_memo_new(&memo, &hits, &none, &none, 7, NULL), KS_OK);
    assert_int_equal(memo->hit_count + memo->match_count, 0);
    assert_int_equal(memo->len, 7);
    ks_memo_free(memo);
    ks_memo_free(NULL);
    assert_null(ks_carry_holding(NULL, 0, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_hold_what_no_copy_holds),
        cmocka_unit_test(whole_means_the_same_view),
        cmocka_unit_test(memos_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
