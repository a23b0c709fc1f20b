/* SPDX-License-Identifier: Apache-2.0 */
/* search.c: goes over the text once and asks decoders where they may find. */
#include "scanner/decoders/kinds.h"
#include "scanner/decoders/sweep.h"

#include <string.h>

enum {
    GROUP = 64, /* blocks that are swept at once */
    MARKS = 7,
};

/* Which decoder a mark asks for, by its first byte. */
static const uint8_t mark_of[256] = {
    ['%'] = 1, ['\\'] = 2, ['-'] = 6,  ['&'] = 3,
    ['='] = 4, ['"'] = 5,  ['\''] = 5,
};

static enum ks_rc ignore(struct ks_decode_job *job, size_t at, size_t *next)
{
    (void)job;
    *next = at + 1;
    return KS_OK;
}

static const ks_decode_kind_fn mark_decoders[MARKS] = {
    ignore,
    ks_decode_percent,
    ks_decode_escapes,
    ks_decode_entities,
    ks_decode_quoted_printable,
    ks_decode_concatenation,
    ks_decode_folded_pem,
};

/* What goes on while blocks are looked at, left to right. */
struct sweep_state {
    struct ks_decode_job *job;
    size_t from;     /* where the sweep began */
    uint64_t digits; /* of the block before */
    size_t run_due;  /* where runs and marks of each kind are due again */
    size_t due[MARKS];
};

/* Bits i such that bits i … i + 23 are all set. */
static inline uint64_t long_runs(uint64_t mask)
{
    mask &= mask >> 1;
    mask &= mask >> 2;
    mask &= mask >> 4;
    mask &= mask >> 8;
    return mask & mask >> 8;
}

static inline unsigned leading_ones(uint64_t mask)
{
    return ~mask == 0 ? 64 : (unsigned)__builtin_ctzll(~mask);
}

static inline unsigned trailing_ones(uint64_t mask)
{
    return ~mask == 0 ? 64 : (unsigned)__builtin_clzll(~mask);
}

/* A run of digits, all of it unless it begins where the sweep does. */
static enum ks_rc look_at_run(struct sweep_state *state, size_t from, size_t to)
{
    if (to - from < KS_DECODE_RUN || from < state->run_due)
        return KS_OK;
    if (from == state->from ||
        ks_decode_may_be_encoded(ks_span_slice(state->job->text, from, to)))
        return ks_decode_run(state->job, from, to, &state->run_due);
    state->run_due = to;
    return KS_OK;
}

/* The runs that end in a block, or fill it. */
static enum ks_rc look_at_runs(struct sweep_state *state, size_t block,
                               uint64_t digits)
{
    unsigned lead = leading_ones(digits);
    unsigned before = trailing_ones(state->digits);
    uint64_t runs;
    enum ks_rc rc;

    if (lead == KS_SWEEP_BLOCK)
        return block < state->run_due
                   ? KS_OK
                   : ks_decode_run(state->job, block, block + KS_SWEEP_BLOCK,
                                   &state->run_due);
    rc = look_at_run(state, block - before, block + lead);
    digits &= ~(uint64_t)0 << lead;
    digits &= ~(uint64_t)0 >> trailing_ones(digits);
    runs = long_runs(digits);
    while (runs != 0 && rc == KS_OK) {
        unsigned at = (unsigned)__builtin_ctzll(runs);
        unsigned len = leading_ones(digits >> at);

        rc = look_at_run(state, block + at, block + at + len);
        runs &= ~(uint64_t)0 << (at + len - 1);
        runs &= runs - 1;
    }
    return rc;
}

static enum ks_rc look_at_marks(struct sweep_state *state, size_t block,
                                uint64_t marks)
{
    enum ks_rc rc = KS_OK;

    while (marks != 0 && rc == KS_OK) {
        size_t at = block + (size_t)__builtin_ctzll(marks);
        unsigned kind = mark_of[state->job->text.ptr[at]];

        if (at >= state->due[kind])
            rc = mark_decoders[kind](state->job, at, &state->due[kind]);
        marks &= marks - 1;
    }
    return rc;
}

/* The digits that stand `by` bytes before each byte of a block. */
static inline uint64_t digits_back(uint64_t digits, uint64_t before,
                                   unsigned by)
{
    return digits << by | before >> (64 - by);
}

/* Quotes that may close on three digits: see token_ends. */
static inline uint64_t may_end_token(uint64_t quotes, uint64_t digits,
                                     uint64_t before)
{
    return quotes & digits_back(digits, before, 1) &
           digits_back(digits, before, 3);
}

/*
 * The quotes that close on three digits, or on eight of them and a "\n" (the
 * line of a key, or "KEY-----"): others split no token.
 */
static uint64_t token_ends(uint64_t quotes, uint64_t digits, uint64_t before)
{
    uint64_t ends = may_end_token(quotes, digits, before);
    uint64_t line = ends;

    if (ends == 0)
        return 0;
    for (unsigned by = 4; by <= 10; by++)
        line &= digits_back(digits, before, by);
    return line | (ends & digits_back(digits, before, 2));
}

/* Whether a run of KS_DECODE_RUN digits is in a block, or ends in it. */
static inline bool holds_run(uint64_t digits, uint64_t before)
{
    return (long_runs(digits) != 0) |
           (trailing_ones(before) + leading_ones(digits) >= KS_DECODE_RUN);
}

/*
 * A bit for each block in which there may be something: few have any, and to
 * ask each in turn would cost more than to find these out at once.
 */
static uint64_t busy_blocks(const struct ks_sweep_masks *masks, size_t blocks,
                            uint64_t before)
{
    uint64_t busy = 0;

    for (size_t b = 0; b < blocks; b++) {
        uint64_t digits = masks[b].digits;
        bool some = ((masks[b].marks |
                      may_end_token(masks[b].quotes, digits, before)) != 0) |
                    holds_run(digits, before);

        busy |= (uint64_t)some << b;
        before = digits;
    }
    return busy;
}

static enum ks_rc look_at_block(struct sweep_state *state, size_t at,
                                const struct ks_sweep_masks *masks)
{
    uint64_t marks =
        masks->marks | token_ends(masks->quotes, masks->digits, state->digits);
    enum ks_rc rc = KS_OK;

    if (holds_run(masks->digits, state->digits))
        rc = look_at_runs(state, at, masks->digits);
    return marks != 0 && rc == KS_OK ? look_at_marks(state, at, marks) : rc;
}

static enum ks_rc look_at_blocks(struct sweep_state *state, size_t at,
                                 const uint8_t *bytes, size_t blocks)
{
    struct ks_sweep_masks masks[GROUP];
    uint64_t before = state->digits, busy;
    enum ks_rc rc = KS_OK;

    ks_sweep(masks, bytes, blocks);
    for (busy = busy_blocks(masks, blocks, before); busy != 0 && rc == KS_OK;
         busy &= busy - 1) {
        size_t b = (size_t)__builtin_ctzll(busy);

        state->digits = b == 0 ? before : masks[b - 1].digits;
        rc = look_at_block(state, at + b * KS_SWEEP_BLOCK, &masks[b]);
    }
    state->digits = masks[blocks - 1].digits;
    return rc;
}

enum ks_rc ks_decode_search_marks(struct ks_decode_job *job, size_t from,
                                  size_t to)
{
    struct sweep_state state = {.job = job, .from = from};
    uint8_t padded[2 * KS_SWEEP_BLOCK + 1] = {0};
    enum ks_rc rc = KS_OK;

    while (to - from > KS_SWEEP_BLOCK && rc == KS_OK) {
        size_t blocks = (to - from - 1) / KS_SWEEP_BLOCK;

        if (blocks > GROUP)
            blocks = GROUP;
        rc = look_at_blocks(&state, from, job->text.ptr + from, blocks);
        from += blocks * KS_SWEEP_BLOCK;
    }
    if (rc != KS_OK)
        return rc;
    /* The last bytes, with zeros behind them, so that a block can be read. */
    memcpy(padded, job->text.ptr + from, to - from);
    return look_at_blocks(&state, from, padded, 2);
}

enum ks_rc ks_decode_search_nuls(struct ks_decode_job *job, size_t from,
                                 size_t to)
{
    enum ks_rc rc = KS_OK;

    while (from < to && rc == KS_OK) {
        const uint8_t *nul = memchr(job->text.ptr + from, 0, to - from);

        if (nul == NULL)
            return KS_OK;
        rc = ks_decode_wide(job, (size_t)(nul - job->text.ptr), &from);
    }
    return rc;
}
