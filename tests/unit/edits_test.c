/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copies that a text gets from its base and a sibling: true of the bytes,
 * in the order that struct ks_blob tells, and no fewer than the text's own.
 */
#include "git/edits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 3000, BASE = 3000, MOST = 60, ROOM = 40000 };

struct text {
    uint8_t bytes[ROOM];
    size_t len;
    struct ks_copies copies;
};

static uint64_t seed = 5;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33) % below;
}

/* Few letters, so that texts are alike by chance too. */
static void add_letters(struct text *text, size_t count)
{
    while (count-- > 0)
        text->bytes[text->len++] = (uint8_t)('a' + draw(3));
}

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

/* Edits the base at places that are drawn from `few`, mostly in order. */
static void derive(struct text *text, const struct text *base, uint32_t few)
{
    size_t at = draw(3) == 0 ? draw(few) * 50 % base->len : 0;

    text->len = text->copies.len = 0;
    for (unsigned i = draw(MOST); i > 0 && at < base->len; i--) {
        size_t len = 1 + draw(few) * 40;

        if (len > base->len - at)
            len = base->len - at;
        if (draw(3) > 0)
            add_letters(text, draw(2) == 0 ? 3 : draw(200));
        add_copy(text, base, at, len);
        at += len + (draw(2) == 0 ? 7 : draw(60));
        if (draw(20) == 0)
            at = draw((uint32_t)base->len);
    }
    if (draw(3) == 0)
        add_letters(text, draw(200));
}

/* The sibling with a few of its copies changed, all else kept. */
static void derive_like(struct text *text, const struct text *base,
                        const struct text *sibling)
{
    size_t done = 0;

    text->len = text->copies.len = 0;
    for (size_t i = 0; i <= sibling->copies.len; i++) {
        const struct ks_copy *copy =
            i < sibling->copies.len ? &sibling->copies.items[i] : NULL;
        size_t next = copy == NULL ? sibling->len : copy->to;

        if (draw(6) > 0) {
            memcpy(text->bytes + text->len, sibling->bytes + done, next - done);
            text->len += next - done;
        }
        if (draw(8) == 0)
            add_letters(text, draw(300));
        if (copy == NULL)
            break;
        done = copy->to + (size_t)copy->len;
        if (draw(8) == 0)
            add_copy(text, base, copy->from, 1 + draw(copy->len));
        else if (draw(8) > 0)
            add_copy(text, base, copy->from, copy->len);
    }
}

static void note(struct ks_edits *edits, const struct text *text)
{
    ks_edits_init(edits);
    assert_int_equal(ks_edits_note(edits, &text->copies,
                                   (struct ks_span){text->bytes, text->len},
                                   NULL),
                     KS_OK);
}

static void share(struct ks_copies *out, const struct text *text,
                  const struct text *sibling)
{
    struct ks_edits own, other;

    note(&own, text);
    note(&other, sibling);
    assert_int_equal(ks_edits_share(out, &text->copies, &own, &other, NULL),
                     KS_OK);
    ks_edits_release(&own);
    ks_edits_release(&other);
}

static void expect_in_order(const struct ks_copies *copies)
{
    for (size_t i = 0; i < copies->len; i++) {
        const struct ks_copy *copy = &copies->items[i];
        const struct ks_copy *last = i == 0 ? NULL : copy - 1;

        assert_true(copy->len > 0);
        if (last == NULL)
            continue;
        assert_true(last->to < copy->to);
        assert_true(last->to + last->len < copy->to + copy->len);
        assert_true(last->to + last->len <= copy->to ||
                    last->to + last->len - copy->to >= KS_COPY_OVERLAP);
    }
}

static void expect_true(const struct ks_copies *copies, const struct text *text,
                        const struct text *const sources[KS_COPY_SOURCES])
{
    for (size_t i = 0; i < copies->len; i++) {
        const struct ks_copy *copy = &copies->items[i];
        const struct text *source = sources[copy->source];

        assert_true(copy->to + copy->len <= text->len);
        assert_true(copy->from + copy->len <= source->len);
        assert_memory_equal(text->bytes + copy->to, source->bytes + copy->from,
                            copy->len);
    }
}

/* Leaves in `held` which bytes copies hold; returns how many. */
static size_t mark(uint8_t *held, const struct ks_copies *copies)
{
    size_t count = 0;

    memset(held, 0, ROOM);
    for (size_t i = 0; i < copies->len; i++)
        memset(held + copies->items[i].to, 1, copies->items[i].len);
    for (size_t i = 0; i < ROOM; i++)
        count += held[i];
    return count;
}

static void expect_no_loss(const struct ks_copies *copies,
                           const struct text *text, size_t *gained)
{
    static uint8_t held[ROOM], own[ROOM];
    size_t all = mark(held, copies);

    *gained += all - mark(own, &text->copies);
    for (size_t i = 0; i < text->len; i++)
        assert_true(held[i] >= own[i]);
}

static void shared_copies_are_true(void **state)
{
    static struct text base, sibling, text;
    const struct text *const sources[] = {&base, &sibling};
    struct ks_copies copies = {0};
    size_t gained = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        base.len = 0;
        add_letters(&base, 1 + draw(BASE));
        derive(&sibling, &base, 1 + draw(20));
        if (draw(4) == 0)
            derive(&text, &base, 1 + draw(20));
        else
            derive_like(&text, &base, &sibling);
        share(&copies, &text, &sibling);
        expect_in_order(&copies);
        expect_true(&copies, &text, sources);
        expect_no_loss(&copies, &text, &gained);
    }
    assert_true(gained > (size_t)100 * ROUNDS);
    KS_VEC_RELEASE(&copies);
    KS_VEC_RELEASE(&sibling.copies);
    KS_VEC_RELEASE(&text.copies);
}

/* A text that is its sibling is one copy. */
static void twins_share_all(void **state)
{
    static struct text base, twin;
    struct ks_copies copies = {0};

    (void)state;
    add_letters(&base, 1000);
    add_copy(&twin, &base, 0, 300);
    add_letters(&twin, 20);
    add_copy(&twin, &base, 400, 200);
    add_copy(&twin, &base, 700, 300);
    share(&copies, &twin, &twin);
    assert_int_equal(copies.len, 1);
    assert_int_equal(copies.items[0].source, KS_COPY_SIBLING);
    assert_int_equal(copies.items[0].len, twin.len);
    KS_VEC_RELEASE(&copies);
    KS_VEC_RELEASE(&twin.copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_copies_are_true),
        cmocka_unit_test(twins_share_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
