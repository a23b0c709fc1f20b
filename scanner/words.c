/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/words.h"

#include "scanner/runs.h"
#include "scanner/word_table.h"

#include <stdlib.h>

enum { GROUP = 64 }; /* blocks whose masks are made at once */

_Static_assert((int)KS_TOKEN_RUN == 16, "long_runs counts to 16");
_Static_assert((int)KS_RUN_PIECE <= (int)KS_TOKEN_RUN, "pieces lie in the run");
_Static_assert((int)KS_WORD_LOADED <= (int)KS_TOKEN_RUN,
               "no word is read too far");

struct ks_words {
    struct ks_word_table leads, follows;
};

enum ks_rc ks_words_new(struct ks_words **out,
                        const struct ks_triggers *triggers, struct ks_err *err)
{
    struct ks_words *words = calloc(1, sizeof(*words));

    if (words == NULL)
        return ks_fail_memory(err);
    if (!ks_word_table_init(&words->leads, triggers->len) ||
        !ks_word_table_init(&words->follows, triggers->len)) {
        ks_words_free(words);
        return ks_fail_memory(err);
    }
    for (size_t i = 0; i < triggers->len; i++)
        if (triggers->items[i].run == KS_RUN_LEADS)
            ks_word_table_add(&words->leads, &triggers->items[i], i);
        else if (triggers->items[i].run == KS_RUN_FOLLOWS)
            ks_word_table_add(&words->follows, &triggers->items[i], i);
    ks_word_table_finish(&words->leads);
    ks_word_table_finish(&words->follows);
    *out = words;
    return KS_OK;
}

void ks_words_free(struct ks_words *words)
{
    if (words == NULL)
        return;
    ks_word_table_release(&words->leads);
    ks_word_table_release(&words->follows);
    free(words);
}

/* A word that may be followed by a run, and where it is. */
struct candidate {
    const struct ks_word *word;
    size_t at;
};

/* One call of ks_words_scan. */
struct looking {
    const struct ks_words *words;
    struct ks_hits *hits;
    struct ks_span text;
    uint32_t base;
    size_t from, to; /* the run that is looked beside, all of it */

    /* Words that are followed were looked for up to here. */
    size_t looked;
    KS_VEC(, struct candidate) candidates;
};

/* Where the first digit ends in the bytes [from, to), or 0. */
static size_t digit_end(const struct looking *l, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        if (l->text.ptr[at] >= '0' && l->text.ptr[at] <= '9')
            return at + 1;
    return 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Where the hit of a word that is followed ends beside this run, or 0. */
static size_t followed_end(const struct looking *l,
                           const struct candidate *candidate)
{
    size_t end = candidate->at + candidate->word->len;
    size_t run = most(end, l->from);
    size_t digit;

    if (run + KS_TOKEN_RUN > l->to || run - end > KS_TOKEN_GAP)
        return 0;
    digit = digit_end(l, run, least(l->to, end + KS_TOKEN_GAP + KS_TOKEN_HEAD));
    return digit == 0 ? 0 : most(digit, run + KS_TOKEN_RUN);
}

static bool add_hit(struct looking *l, const struct ks_word *word, size_t end)
{
    return KS_VEC_PUSH(
        l->hits, (struct ks_hit){l->base + (uint32_t)end, word->trigger, 0});
}

static bool take_follow(void *ctx, const struct ks_word *word, size_t at)
{
    struct looking *l = ctx;

    return KS_VEC_PUSH(&l->candidates, (struct candidate){word, at});
}

static bool take_lead(void *ctx, const struct ks_word *word, size_t at)
{
    struct looking *l = ctx;

    return at + word->run_len > l->to || add_hit(l, word, at + word->run_len);
}

/*
 * Looks for what is followed by the run at [from, to). Runs that are near each
 * other share candidates, so that no byte is looked at twice.
 */
static bool look_for_follows(struct looking *l, size_t from, size_t to)
{
    size_t kept = 0;

    for (size_t at = most(from, l->looked); at < to; at++)
        if (!ks_word_table_look(&l->words->follows, l->text, at, take_follow,
                                l))
            return false;
    l->looked = most(l->looked, to);
    for (size_t i = 0; i < l->candidates.len; i++) {
        const struct candidate candidate = l->candidates.items[i];
        size_t end = followed_end(l, &candidate);

        if (end > 0 && !add_hit(l, candidate.word, end))
            return false;
        if (candidate.at >= from)
            l->candidates.items[kept++] = candidate;
    }
    l->candidates.len = kept;
    return true;
}

/*
 * Looks for what leads at [from, to), which begins with the run: there, behind
 * the letter of an escape, and behind bytes that are no letters or digits.
 */
static bool look_for_leads(struct looking *l, size_t from, size_t to)
{
    const struct ks_word_table *leads = &l->words->leads;
    bool memory = ks_word_table_look(leads, l->text, from, take_lead, l);

    if (memory && from + 1 < to && ks_run_escaped(l->text.ptr, from + 1))
        memory = ks_word_table_look(leads, l->text, from + 1, take_lead, l);
    for (size_t piece = from; memory && piece + 1 < to; piece += KS_RUN_PIECE) {
        uint32_t separators = ks_run_separators(l->text.ptr + piece);

        for (; memory && separators != 0; separators &= separators - 1) {
            size_t at = piece + (size_t)__builtin_ctz(separators) + 1;

            if (at >= to)
                break;
            memory = ks_word_table_look(leads, l->text, at, take_lead, l);
        }
    }
    return memory;
}

/* Looks for keywords in the run and, if it has a digit, in front of it. */
static bool look_beside(struct looking *l, size_t from, size_t to)
{
    size_t before = KS_TOKEN_GAP + l->words->follows.longest;
    size_t last = to - KS_TOKEN_RUN + 1;

    l->from = from;
    l->to = to;
    return look_for_leads(l, from, last) &&
           (!ks_run_has_digit(l->text.ptr + from, to - from) ||
            look_for_follows(l, from > before ? from - before : 0, last));
}

/* The bits at which KS_TOKEN_RUN set ones begin. */
static inline uint64_t long_runs(uint64_t bits)
{
    bits &= bits >> 1;
    bits &= bits >> 2;
    bits &= bits >> 4;
    return bits & bits >> 8;
}

/* How many ones are at the low end. */
static inline unsigned leading(uint64_t bits)
{
    return ~bits == 0 ? KS_RUN_BLOCK : (unsigned)__builtin_ctzll(~bits);
}

/* How many ones are at the high end. */
static inline unsigned trailing(uint64_t bits)
{
    return ~bits == 0 ? KS_RUN_BLOCK : (unsigned)__builtin_clzll(~bits);
}

/*
 * Looks beside the runs that end in the block at `at`. `open` is how many
 * bytes in front of it belong to a run that goes on.
 */
static bool look_at_block(struct looking *l, size_t at, uint64_t bits,
                          size_t *open)
{
    unsigned lead = leading(bits);
    uint64_t inner, runs;
    bool memory = true;

    if (lead == KS_RUN_BLOCK) {
        *open += KS_RUN_BLOCK;
        return true;
    }
    if (*open + lead >= KS_TOKEN_RUN)
        memory = look_beside(l, at - *open, at + lead);
    *open = trailing(bits);
    /* Without both ends. A zero is between them, so that no shift is 64. */
    inner = bits >> lead << lead << *open >> *open;
    for (runs = long_runs(inner); memory && runs != 0;) {
        unsigned first = (unsigned)__builtin_ctzll(runs);
        unsigned len = leading(inner >> first);

        memory = look_beside(l, at + first, at + first + len);
        runs &= ~(uint64_t)0 << first << len;
    }
    return memory;
}

enum ks_rc ks_words_scan(struct ks_hits *hits, const struct ks_words *words,
                         struct ks_span text, uint32_t base, struct ks_err *err)
{
    struct looking l = {
        .words = words, .hits = hits, .text = text, .base = base};
    uint8_t rest[KS_RUN_BLOCK] = {0};
    uint64_t masks[GROUP];
    size_t at = 0, open = 0;
    bool memory = true;

    while (memory && text.len - at >= KS_RUN_BLOCK) {
        size_t blocks = least((text.len - at) / KS_RUN_BLOCK, GROUP);

        ks_run_masks(masks, text.ptr + at, blocks);
        for (size_t i = 0; memory && i < blocks; i++, at += KS_RUN_BLOCK)
            memory = look_at_block(&l, at, masks[i], &open);
    }
    /* The zeros end the last run. */
    if (text.len > at)
        memcpy(rest, text.ptr + at, text.len - at);
    ks_run_masks(masks, rest, 1);
    if (memory)
        memory = look_at_block(&l, at, masks[0], &open);
    KS_VEC_RELEASE(&l.candidates);
    return memory ? KS_OK : ks_fail_memory(err);
}
