/* SPDX-License-Identifier: Apache-2.0 */
/*
 * concatenation.c: string literals that source code joins: "ab" + "cd",
 * 'a' . 'b', "a" & _ and so on, and literals that just follow each other.
 * Only where a token could run across the joint.
 */
#include "scanner/decoders/kinds.h"

#include <string.h>

enum {
    TOKEN = 3,      /* bytes of a token on either side of a joint */
    LINE = 16,      /* bytes of a key's line before its end */
    JOINT = 96,     /* the longest from quote to quote */
    LITERAL = 4096, /* the longest literal */
};

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

    while (count < at && text.ptr[at - count - 1] == '\\')
        count++;
    return count % 2 == 1;
}

/* The quote that opens the literal which closes at `at`, or SIZE_MAX. */
static size_t opening_of(struct ks_span text, size_t at)
{
    uint8_t quote = text.ptr[at];

    for (size_t i = at; i > 0 && at - i < LITERAL; i--) {
        uint8_t c = text.ptr[i - 1];

        if (c == '\n' || c == '\0')
            return SIZE_MAX;
        if (c == quote && !is_escaped(text, i - 1))
            return i - 1;
    }
    return SIZE_MAX;
}

/* The quote that closes the literal which opens at `at`, or SIZE_MAX. */
static size_t closing_of(struct ks_span text, size_t at)
{
    for (size_t i = at + 1; i < text.len && i - at <= LITERAL; i++) {
        if (text.ptr[i] == '\n' || text.ptr[i] == '\0')
            return SIZE_MAX;
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == text.ptr[at])
            return i;
    }
    return SIZE_MAX;
}

/* The first literal of the chain that the one at `opening` belongs to. */
static size_t first_of(struct ks_span text, size_t opening)
{
    for (;;) {
        size_t at = opening;
        size_t before;

        while (at > 0 && opening - at < JOINT &&
               text.ptr[at - 1] != text.ptr[opening])
            at--;
        if (at == 0 || text.ptr[at - 1] != text.ptr[opening] ||
            joint_at(text, at - 1) != opening)
            return opening;
        before = opening_of(text, at - 1);
        if (before == SIZE_MAX)
            return opening;
        opening = before;
    }
}

/* Appends literal after literal; `*to` is where the last one closes. */
static enum ks_rc decode(struct ks_decode_job *job, size_t opening, size_t *to)
{
    size_t from = opening + 1;
    enum ks_rc rc = KS_OK;

    ks_decode_output_clear(job->output);
    while (opening != 0 || from == 1) {
        size_t closing = closing_of(job->text, opening);

        if (closing == SIZE_MAX || closing - from > KS_DECODE_LONGEST_ESCAPED)
            break;
        rc = ks_decode_output_copy(
            job->output, opening + 1 - from,
            ks_span_slice(job->text, opening + 1, closing));
        if (rc != KS_OK)
            return rc;
        *to = closing;
        opening = joint_at(job->text, closing);
        if (opening == 0)
            break;
    }
    return KS_OK;
}

enum ks_rc ks_decode_concatenation(struct ks_decode_job *job, size_t at,
                                   size_t *next)
{
    size_t joint = joint_at(job->text, at);
    size_t opening, to = at;
    enum ks_rc rc;

    *next = at + 1;
    if (joint == 0)
        return KS_OK;
    opening = opening_of(job->text, at);
    if (opening == SIZE_MAX)
        return KS_OK;
    opening = first_of(job->text, opening);
    rc = decode(job, opening, &to);
    if (rc != KS_OK)
        return rc;
    *next = to > at ? to : at + 1;
    if (to < joint)
        return KS_OK;
    return ks_decode_report(job, KS_DECODE_CONCATENATION, opening + 1, to);
}
