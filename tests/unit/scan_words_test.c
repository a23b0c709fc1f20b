/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keywords beside runs: what words.h finds in random texts is what its words
 * say, looked for one byte after the other.
 */
#include "rules/regex.h"
#include "scanner/runs.h"
#include "scanner/words.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 400, TEXT = 400 };

static struct ks_trigger items[] = {
    {.text = "asana", .caseless = true, .run = KS_RUN_FOLLOWS},
    {.text = "as_", .caseless = true, .run = KS_RUN_FOLLOWS},
    {.text = "Key.io", .caseless = false, .run = KS_RUN_FOLLOWS},
    {.text = "ghp_", .run = KS_RUN_LEADS, .run_len = 40},
    {.text = "abcdefgh", .run = KS_RUN_LEADS, .run_len = 16},
    {.text = "hp_", .run = KS_RUN_LEADS, .run_len = 18},
    {.text = "as-key-", .caseless = true, .run = KS_RUN_LEADS, .run_len = 20},
    {.text = "nothing", .literal = true},
};

static uint64_t seed = 7;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33) % below;
}

static size_t make_text(char *out)
{
    static const char *const pieces[] = {
        "asana",    "ASANA", "as_",    "Key.io",       "key.io",  "ghp_",
        "abcdefgh", " ",     "\n",     ": \"",         "=",       "nothing",
        "hp_",      "-hp_",  "\\nhp_", "\\\\tAs-key-", "As-key-",
    };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCXYZ_-+/=.";
    static const char digits[] = "0123456789abcdef";
    size_t want = draw(TEXT);
    size_t len = 0;

    while (len < want) {
        const char *piece = pieces[draw(sizeof(pieces) / sizeof(*pieces))];
        const char *alphabet = draw(2) == 0 ? letters : digits;
        size_t more = draw(3) == 0 ? draw(60) : draw(4);

        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
        for (size_t i = 0; i < more; i++)
            out[len++] = alphabet[draw((uint32_t)strlen(alphabet))];
    }
    return len;
}

static size_t run_end(const char *text, size_t len, size_t at)
{
    while (at < len && ks_regex_in_run((uint8_t)text[at]))
        at++;
    return at;
}

/* Whether a hit of the trigger that begins at `at` ends at `end`. */
static bool ends_at(const struct ks_trigger *t, const char *text, size_t len,
                    size_t at, size_t end)
{
    size_t word = at + strlen(t->text);

    if (t->run == KS_RUN_LEADS)
        return end == at + t->run_len && run_end(text, len, at) >= end &&
               (at == 0 || !isalnum((unsigned char)text[at - 1]) ||
                ks_run_escaped((const uint8_t *)text, at));
    for (size_t from = word; from <= word + KS_TOKEN_GAP && from < len;
         from++) {
        size_t to = run_end(text, len, from);
        size_t digit = from;

        /* A run begins behind the keyword or behind what is no run. */
        if (from > word && ks_regex_in_run((uint8_t)text[from - 1]))
            continue;
        while (digit < to && (text[digit] < '0' || text[digit] > '9'))
            digit++;
        if (to - from < KS_TOKEN_RUN || digit == to ||
            digit >= word + KS_TOKEN_GAP + KS_TOKEN_HEAD)
            continue;
        if (end ==
            (digit + 1 > from + KS_TOKEN_RUN ? digit + 1 : from + KS_TOKEN_RUN))
            return true;
    }
    return false;
}

static bool is_expected(const char *text, size_t len, size_t trigger,
                        size_t end)
{
    const struct ks_trigger *t = &items[trigger];
    size_t width = strlen(t->text);

    for (size_t at = 0; at + width <= len; at++)
        if ((t->caseless ? strncasecmp : strncmp)(text + at, t->text, width) ==
                0 &&
            ends_at(t, text, len, at, end))
            return true;
    return false;
}

static bool is_found(const struct ks_hits *hits, size_t trigger, size_t end)
{
    for (size_t i = 0; i < hits->len; i++)
        if (hits->items[i].trigger == trigger && hits->items[i].end == end)
            return true;
    return false;
}

static void finds_what_is_there(void **state)
{
    struct ks_triggers triggers = {.items = items,
                                   .len = sizeof(items) / sizeof(*items)};
    struct ks_words *words = NULL;
    struct ks_hits hits = {0};
    size_t found = 0;

    (void)state;
    assert_int_equal(ks_words_new(&words, &triggers, NULL), KS_OK);
    for (int round = 0; round < ROUNDS; round++) {
        char text[2 * TEXT];
        size_t len = make_text(text);
        char *exact = malloc(len + 1);

        assert_non_null(exact);
        memcpy(exact, text, len);
        hits.len = 0;
        assert_int_equal(
            ks_words_scan(&hits, words,
                          (struct ks_span){(const uint8_t *)exact, len}, 0,
                          NULL),
            KS_OK);
        for (size_t t = 0; t < triggers.len; t++)
            for (size_t end = 0; end <= len; end++) {
                bool expected = items[t].run != KS_RUN_NONE &&
                                is_expected(text, len, t, end);

                assert_int_equal(is_found(&hits, t, end), expected);
                found += expected;
            }
        free(exact);
    }
    assert_true(found > ROUNDS);
    KS_VEC_RELEASE(&hits);
    ks_words_free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
