/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/decoders/decode.h"

#include "scanner/decoders/kinds.h"
#include "scanner/decoders/sweep.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROUP = 64, /* blocks that are swept at once */
    MARKS = 7,
};

struct ks_decoder {
    struct ks_decode_output levels[KS_DECODE_DEPTH];
    struct ks_decode_output inflated; /* exchanged with a level's */
    struct libdeflate_decompressor *inflater;
    unsigned depth;
    size_t budget; /* bytes that may still be inflated below this text */
    size_t limited;
};

static const char *const names[KS_DECODE_KINDS] = {
    [KS_DECODE_NONE] = "",
    [KS_DECODE_BASE64] = "base64",
    [KS_DECODE_BASE64_GZIP] = "base64+gzip",
    [KS_DECODE_HEX] = "hex",
    [KS_DECODE_PERCENT] = "percent",
    [KS_DECODE_ESCAPES] = "escapes",
    [KS_DECODE_ENTITIES] = "entities",
    [KS_DECODE_QUOTED_PRINTABLE] = "quoted-printable",
    [KS_DECODE_CONCATENATION] = "concatenation",
    [KS_DECODE_UTF16LE] = "utf-16le",
    [KS_DECODE_UTF16BE] = "utf-16be",
    [KS_DECODE_UTF32LE] = "utf-32le",
    [KS_DECODE_UTF32BE] = "utf-32be",
};

const char *ks_decode_name(enum ks_decode_kind kind)
{
    return names[kind];
}

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

enum ks_rc ks_decoder_new(struct ks_decoder **out, struct ks_err *err)
{
    struct ks_decoder *decoder = calloc(1, sizeof(*decoder));

    if (decoder == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < KS_DECODE_DEPTH; i++)
        ks_decode_output_init(&decoder->levels[i], KS_DECODE_LONGEST);
    ks_decode_output_init(&decoder->inflated, KS_DECODE_LONGEST);
    decoder->inflater = libdeflate_alloc_decompressor();
    if (decoder->inflater == NULL) {
        ks_decoder_free(decoder);
        return ks_fail_memory(err);
    }
    *out = decoder;
    return KS_OK;
}

void ks_decoder_free(struct ks_decoder *decoder)
{
    if (decoder == NULL)
        return;
    for (size_t i = 0; i < KS_DECODE_DEPTH; i++)
        ks_decode_output_release(&decoder->levels[i]);
    ks_decode_output_release(&decoder->inflated);
    libdeflate_free_decompressor(decoder->inflater);
    free(decoder);
}

size_t ks_decoder_limited(struct ks_decoder *decoder)
{
    size_t limited = decoder->limited;

    decoder->limited = 0;
    return limited;
}

void ks_decode_limit(struct ks_decode_job *job)
{
    job->decoder->limited++;
}

bool ks_decode_wanted(const struct ks_decode_job *job, size_t from, size_t to)
{
    return from < job->to && to > job->from;
}

enum ks_rc ks_decode_report(struct ks_decode_job *job, enum ks_decode_kind kind,
                            size_t from, size_t to)
{
    struct ks_decoded decoded = {
        .from = from,
        .to = to,
        .kind = kind,
        .bytes = ks_buf_span(&job->output->bytes),
        .map = &job->output->map,
    };

    if (decoded.bytes.len == 0 || !ks_decode_wanted(job, from, to))
        return KS_OK;
    return job->found(job->ctx, &decoded, job->err);
}

bool ks_decode_around(struct ks_decode_job *job, size_t at,
                      bool (*inside)(struct ks_span text, size_t at),
                      size_t *from, size_t *to)
{
    *from = at;
    *to = at;
    while (*from > 0 && inside(job->text, *from - 1) &&
           at - *from <= KS_DECODE_LONGEST_ESCAPED)
        --*from;
    while (*to < job->text.len && inside(job->text, *to) &&
           *to - *from <= KS_DECODE_LONGEST_ESCAPED)
        ++*to;
    if (*to - *from <= KS_DECODE_LONGEST_ESCAPED)
        return true;
    ks_decode_limit(job);
    return false;
}

/* The size that a gzip member tells of itself, or a guess for zlib. */
static size_t inflated_size(struct ks_span bytes, bool gzip)
{
    const uint8_t *last = bytes.ptr + bytes.len - 4;

    if (!gzip)
        return bytes.len * 16;
    return (size_t)last[0] | (size_t)last[1] << 8 | (size_t)last[2] << 16 |
           (size_t)last[3] << 24;
}

static enum libdeflate_result inflate(struct ks_decoder *decoder,
                                      struct ks_span bytes, size_t room,
                                      size_t *len)
{
    uint8_t *out = decoder->inflated.bytes.ptr;

    if (bytes.ptr[0] == 0x1f)
        return libdeflate_gzip_decompress(decoder->inflater, bytes.ptr,
                                          bytes.len, out, room, len);
    return libdeflate_zlib_decompress(decoder->inflater, bytes.ptr, bytes.len,
                                      out, room, len);
}

enum ks_rc ks_decode_inflate(struct ks_decode_job *job)
{
    struct ks_decoder *decoder = job->decoder;
    struct ks_span bytes = ks_buf_span(&job->output->bytes);
    struct ks_decode_output swap;
    enum libdeflate_result result;
    size_t room, len = 0;

    if (bytes.len < 18 || (bytes.ptr[0] != 0x1f && bytes.ptr[0] != 0x78))
        return KS_EFORMAT;
    room = inflated_size(bytes, bytes.ptr[0] == 0x1f);
    room = room < KS_DECODE_INFLATED ? room : KS_DECODE_INFLATED;
    room = room < decoder->budget ? room : decoder->budget;
    ks_decode_output_clear(&decoder->inflated);
    if (ks_buf_reserve(&decoder->inflated.bytes, room + 1) != KS_OK)
        return KS_ENOMEM;
    result = inflate(decoder, bytes, room, &len);
    decoder->budget -= result == LIBDEFLATE_SUCCESS ? len : room;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
        ks_decode_limit(job);
        return KS_ELIMIT;
    }
    if (result != LIBDEFLATE_SUCCESS || len == 0)
        return KS_EFORMAT;
    decoder->inflated.bytes.len = len;
    swap = *job->output;
    *job->output = decoder->inflated;
    decoder->inflated = swap;
    return KS_OK;
}

void ks_decode_outer(const struct ks_decoded *decoded, size_t start, size_t end,
                     size_t *from, size_t *to)
{
    const struct ks_decode_pieces *pieces = &decoded->map->pieces;
    size_t bounds[2] = {start, end - 1};
    size_t outer[2];

    if (pieces->len == 0) {
        *from = decoded->from;
        *to = decoded->to;
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t low = 0, high = pieces->len;
        const struct ks_decode_piece *piece;
        size_t units;

        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;

            if (pieces->items[middle].at <= bounds[i])
                low = middle;
            else
                high = middle;
        }
        piece = &pieces->items[low];
        units = (bounds[i] - piece->at + i) * piece->in;
        outer[i] = decoded->from + piece->outer +
                   (units + i * (piece->out - 1U)) / piece->out;
    }
    *from = outer[0];
    *to = outer[1] < decoded->to ? outer[1] : decoded->to;
}

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

static enum ks_rc sweep(struct ks_decode_job *job, size_t from, size_t to)
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

static enum ks_rc look_for_nuls(struct ks_decode_job *job, size_t from,
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

/* NULs no further apart than in UTF-16, and no more of them than in UTF-32. */
static bool in_wide(struct ks_span text, size_t at)
{
    size_t from = at >= 3 ? at - 3 : 0;
    size_t nuls = 0;
    size_t seen = 0;

    for (size_t i = from; i < text.len && i <= at + 3; i++, seen++)
        nuls += text.ptr[i] == 0;
    return nuls >= 2 && nuls < seen;
}

struct inside {
    bool (*holds)(struct ks_span text, size_t at);
    size_t line; /* the longest that may stand in it; 0: any */
};

/* How far left of `at` what may stand inside goes on. */
static size_t widen_left(struct ks_span text, size_t at,
                         const struct inside *inside)
{
    size_t left = at;
    size_t line = 0;

    while (left > 0 && at - left <= KS_DECODE_LONGEST_ESCAPED &&
           inside->holds(text, left - 1)) {
        left--;
        line = text.ptr[left] == '\n' ? 0 : line + 1;
        if (inside->line > 0 && line > inside->line)
            break;
    }
    return left;
}

static size_t widen_right(struct ks_span text, size_t at,
                          const struct inside *inside)
{
    size_t right = at;
    size_t line = 0;

    while (right < text.len && right - at <= KS_DECODE_LONGEST_ESCAPED &&
           inside->holds(text, right)) {
        line = text.ptr[right] == '\n' ? 0 : line + 1;
        right++;
        if (inside->line > 0 && line > inside->line)
            break;
    }
    return right;
}

/*
 * Widens [from, to) so that whatever overlaps it lies inside whole: runs and
 * chains of strings find their beginning themselves, from KS_DECODE_REACH
 * bytes away; of the others, all bytes that may stand in them.
 */
static void widen(const struct ks_decode_job *job, size_t *from, size_t *to)
{
    static const struct inside insides[] = {
        {ks_decode_in_percent, 0},
        {ks_decode_in_escapes, 0},
        {ks_decode_in_entities, 0},
        {ks_decode_in_quoted_printable, KS_DECODE_PRINTABLE_LINE},
        {in_wide, 0},
    };
    struct ks_span text = job->text;

    *from = job->from > KS_DECODE_REACH ? job->from - KS_DECODE_REACH : 0;
    *to = text.len - job->to > KS_DECODE_REACH ? job->to + KS_DECODE_REACH
                                               : text.len;
    for (size_t i = 0; i < sizeof(insides) / sizeof(insides[0]); i++) {
        size_t left = widen_left(text, job->from, &insides[i]);
        size_t right = widen_right(text, job->to, &insides[i]);

        *from = left < *from ? left : *from;
        *to = right > *to ? right : *to;
    }
}

enum ks_rc ks_decode_find(struct ks_decoder *decoder, struct ks_span text,
                          size_t from, size_t to, ks_decode_fn found, void *ctx,
                          struct ks_err *err)
{
    struct ks_decode_job job = {
        .decoder = decoder,
        .text = text,
        .from = from,
        .to = to < text.len ? to : text.len,
        .found = found,
        .ctx = ctx,
        .err = err,
    };
    enum ks_rc rc;

    if (decoder->depth == KS_DECODE_DEPTH || job.from >= job.to)
        return KS_OK;
    if (decoder->depth == 0)
        decoder->budget = KS_DECODE_BUDGET;
    job.output = &decoder->levels[decoder->depth++];
    widen(&job, &from, &to);
    rc = sweep(&job, from, to);
    if (rc == KS_OK)
        rc = look_for_nuls(&job, from, to);
    decoder->depth--;
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}
