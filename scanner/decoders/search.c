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
static uint64_t long_runs(uint64_t mask)
{
    mask &= mask >> 1;
    mask &= mask >> 2;
    mask &= mask >> 4;
    mask &= mask >> 8;
    return mask & mask >> 8;
}

static unsigned leading_ones(uint64_t mask)
{
    return ~mask == 0 ? 64 : (unsigned)__builtin_ctzll(~mask);
}

static unsigned trailing_ones(uint64_t mask)
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

/*
 * The quotes that close on three digits, or on many of them and a "\n": others
 * split no token.
 */
static uint64_t token_ends(uint64_t quotes, uint64_t digits, uint64_t before)
{
    uint64_t back[8];
    uint64_t ends;

    back[1] = digits << 1 | before >> 63;
    back[3] = digits << 3 | before >> 61;
    ends = quotes & back[1] & back[3];
    if (ends == 0)
        return 0;
    back[2] = digits << 2 | before >> 62;
    for (unsigned i = 4; i < 8; i++)
        back[i] = digits << i | before >> (64 - i);
    return ends & (back[2] | (back[4] & back[5] & back[6] & back[7]));
}

/*
 * Whether a run of KS_DECODE_RUN digits may be in a block, or end in it: if it
 * does, half of it stands on one side of the border.
 */
static bool may_hold_run(uint64_t digits, uint64_t before)
{
    const uint64_t half = ((uint64_t)1 << KS_DECODE_RUN / 2) - 1;

    return long_runs(digits) != 0 ||
           before >> (64 - KS_DECODE_RUN / 2) == half ||
           ((digits & half) == half && before >> 63 != 0);
}

static enum ks_rc look_at_blocks(struct sweep_state *state, size_t at,
                                 const uint8_t *bytes, size_t blocks)
{
    struct ks_sweep_masks masks[GROUP];
    enum ks_rc rc = KS_OK;

    ks_sweep(masks, bytes, blocks);
    for (size_t b = 0; b < blocks && rc == KS_OK; b++) {
        size_t block = at + b * KS_SWEEP_BLOCK;
        uint64_t digits = masks[b].digits;
        uint64_t marks = masks[b].marks;

        if (masks[b].quotes != 0)
            marks |= token_ends(masks[b].quotes, digits, state->digits);
        if (may_hold_run(digits, state->digits))
            rc = look_at_runs(state, block, digits);
        if (marks != 0 && rc == KS_OK)
            rc = look_at_marks(state, block, marks);
        state->digits = digits;
    }
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
