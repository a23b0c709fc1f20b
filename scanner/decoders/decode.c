/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/decoders/decode.h"

#include "scanner/decoders/kinds.h"

#include <libdeflate.h>
#include <stdlib.h>

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
 * Whether a line surely ends in [from, to) for all kinds but the wide ones: in
 * quoted-printable a "=" keeps it open.
 */
static bool ends_line(struct ks_span text, size_t from, size_t to)
{
    const uint8_t *end = memchr(text.ptr + from, '\n', to - from);

    return end != NULL && end > text.ptr + from && end[-1] != '=' &&
           end[-1] != '\r';
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

    bool ends_left, ends_right;

    *from = job->from > KS_DECODE_REACH ? job->from - KS_DECODE_REACH : 0;
    *to = text.len - job->to > KS_DECODE_REACH ? job->to + KS_DECODE_REACH
                                               : text.len;
    ends_left = ends_line(text, *from, job->from);
    ends_right = ends_line(text, job->to, *to);
    for (size_t i = 0; i < sizeof(insides) / sizeof(insides[0]); i++) {
        size_t left = ends_left && insides[i].holds != in_wide
                          ? *from
                          : widen_left(text, job->from, &insides[i]);
        size_t right = ends_right && insides[i].holds != in_wide
                           ? *to
                           : widen_right(text, job->to, &insides[i]);

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
    rc = ks_decode_search_marks(&job, from, to);
    if (rc == KS_OK)
        rc = ks_decode_search_nuls(&job, from, to);
    decoder->depth--;
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}
