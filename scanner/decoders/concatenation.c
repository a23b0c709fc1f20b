/* SPDX-License-Identifier: Apache-2.0 */
/*
 * concatenation.c: string literals that source code joins: "ab" + "cd",
 * 'a' . 'b', "a" & _ and so on, and literals that just follow each other.
 * Only where a token could run across the joint.
 */
#include "scanner/decoders/kinds.h"

#include <string.h>

enum {
    TOKEN = 3,    /* bytes of a token on either side of a joint */
    LINE = 16,    /* bytes of a key's line before its end */
    JOINT = 96,   /* the longest from quote to quote */
    PIECE = 144,  /* of a longer literal, what is read beside a joint */
    ESCAPES = 12, /* backslashes in a row that are counted */
};

_Static_assert(JOINT + PIECE + ESCAPES < (int)KS_DECODE_REACH,
               "whether a chain goes on is decided within reach");

static bool is_token_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
           c == '_';
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A line of a key, or a mark of one, that ends with "\n" in a literal. */
static bool ends_line(struct ks_span text, size_t at)
{
    size_t line = 0;

    if (at < 2 || text.ptr[at - 1] != 'n' || text.ptr[at - 2] != '\\')
        return false;
    at -= 2;
    while (line < LINE && line < at && is_token_byte(text.ptr[at - line - 1]))
        line++;
    return line == LINE ||
           (line >= 5 && text.ptr[at - 1] == '-' && text.ptr[at - 5] == '-');
}

static bool token_before(struct ks_span text, size_t at)
{
    if (ends_line(text, at))
        return true;
    for (size_t i = 1; i <= TOKEN; i++) {
        if (at < i || !is_token_byte(text.ptr[at - i]))
            return false;
    }
    return true;
}

static bool token_behind(struct ks_span text, size_t at)
{
    for (size_t i = 0; i < TOKEN; i++) {
        if (at + i >= text.len || !is_token_byte(text.ptr[at + i]))
            return false;
    }
    return true;
}

/*
 * If a literal closes with the quote at `at` and another is joined to it, the
 * offset of that one's quote; else 0. At most one operator, and a backslash or
 * underscore for the line's end, stand between them.
 */
static size_t joint_at(struct ks_span text, size_t at)
{
    uint8_t quote = text.ptr[at];
    bool operator_seen = false;
    bool broken = false;
    size_t i = at + 1;

    if ((quote != '"' && quote != '\'') || !token_before(text, at))
        return 0;
    for (; i < text.len && i - at <= JOINT; i++) {
        uint8_t c = text.ptr[i];

        if (is_space(c)) {
            broken |= c == '\n';
        } else if ((c == '+' || c == '.' || c == '&') && !operator_seen) {
            operator_seen = true;
        } else if (c == '.' && text.ptr[i - 1] == '.') { /* Lua, Haskell */
            continue;
        } else if ((c == '\\' || c == '_') && i + 1 < text.len &&
                   is_space(text.ptr[i + 1])) {
            continue;
        } else {
            break;
        }
    }
    if (i >= text.len || i - at > JOINT || text.ptr[i] != quote ||
        !token_behind(text, i + 1))
        return 0;
    /* 'a' 'b' on one line are two words of a shell. */
    return operator_seen || broken || quote == '"' ? i : 0;
}

/* Whether the quote at `at` is part of the literal's text. */
static bool is_escaped(struct ks_span text, size_t at)
{
    size_t count = 0;

    while (count < at && count < ESCAPES && text.ptr[at - count - 1] == '\\')
        count++;
    return count % 2 == 1;
}

/* What is read of one literal. */
struct piece {
    size_t from, to; /* between the quotes */
    bool whole;      /* both quotes are there; else it is longer */
};

/* The end of the literal that closes with the quote at `at`, if it is one. */
static bool piece_before(struct piece *out, struct ks_span text, size_t at)
{
    uint8_t quote = text.ptr[at];
    size_t from = at;

    for (; from > 0 && at - from < PIECE; from--) {
        uint8_t c = text.ptr[from - 1];

        if (c == '\n' || c == '\0')
            return false;
        if (c == quote && !is_escaped(text, from - 1)) {
            *out = (struct piece){from, at, true};
            return true;
        }
    }
    *out = (struct piece){from, at, false};
    return from > 0;
}

/* The beginning of the literal that opens with the quote at `at`. */
static bool piece_behind(struct piece *out, struct ks_span text, size_t at)
{
    size_t to = at + 1;

    for (; to < text.len && to - at <= PIECE; to++) {
        uint8_t c = text.ptr[to];

        if (c == '\n' || c == '\0')
            return false;
        if (c == text.ptr[at]) {
            *out = (struct piece){at + 1, to, true};
            return true;
        }
        to += c == '\\';
    }
    *out = (struct piece){at + 1, at + 1 + PIECE, false};
    return to < text.len;
}

/* The piece to which the one that opens behind `opening` is joined. */
static bool joined_before(struct piece *out, struct ks_span text,
                          size_t opening)
{
    size_t at = opening;

    while (at > 0 && opening - at < JOINT &&
           text.ptr[at - 1] != text.ptr[opening])
        at--;
    return at > 0 && text.ptr[at - 1] == text.ptr[opening] &&
           joint_at(text, at - 1) == opening && piece_before(out, text, at - 1);
}

/* Goes back to the first piece of the chain. */
static void go_to_first(struct piece *piece, struct ks_span text)
{
    struct piece before;

    while (piece->whole && joined_before(&before, text, piece->from - 1))
        *piece = before;
}

/* The piece that is joined to this one, if it is whole and one is. */
static bool joined_behind(struct piece *out, struct ks_span text,
                          const struct piece *piece)
{
    size_t opening = joint_at(text, piece->to);

    return opening != 0 && piece_behind(out, text, opening);
}

/* Appends piece after piece from `first` on; `*to` is where the last ends. */
static enum ks_rc decode(struct ks_decode_job *job, const struct piece *first,
                         size_t *to)
{
    struct piece piece = *first;
    bool more = true;
    enum ks_rc rc = KS_OK;

    ks_decode_output_clear(job->output);
    while (more && rc == KS_OK &&
           piece.to - first->from <= KS_DECODE_LONGEST_ESCAPED) {
        struct piece next;

        rc = ks_decode_output_copy(
            job->output, piece.from - first->from,
            ks_span_slice(job->text, piece.from, piece.to));
        *to = piece.to;
        /* The first one may have no beginning, but has its closing quote. */
        more = (piece.whole || piece.from == first->from) &&
               joined_behind(&next, job->text, &piece);
        if (more)
            piece = next;
    }
    return rc;
}

enum ks_rc ks_decode_concatenation(struct ks_decode_job *job, size_t at,
                                   size_t *next)
{
    size_t joint = joint_at(job->text, at);
    struct piece piece;
    size_t to = at;
    enum ks_rc rc;

    *next = at + 1;
    if (joint == 0 || !piece_before(&piece, job->text, at))
        return KS_OK;
    go_to_first(&piece, job->text);
    rc = decode(job, &piece, &to);
    if (rc != KS_OK)
        return rc;
    *next = to > at ? to : at + 1;
    if (to < joint)
        return KS_OK;
    return ks_decode_report(job, KS_DECODE_CONCATENATION, piece.from, to);
}
