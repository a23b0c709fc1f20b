/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/filler.h"

#include <string.h>

enum {
    LEAST = 12,      /* bytes; shorter ones may be chance */
    LONGEST_RUN = 8, /* of one character, as a third of a token */
    LONGEST_PIECE = 8,
    LONGEST_LOOKED_AT = 4096,
};

/* Keys, letters and digits in the order in which people type them. */
static const char *const rows[] = {
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdef0123",
    "9abcdef",
    "qwertyuiop1234567890qwerty",
    "asdfghjklzxcvbnm",
};

/* Longer words first where one begins with the other. */
static const char *const words[] = {
    "placeholder", "changeme", "replace", "redacted", "example", "insert",
    "sample",      "secret",   "dummy",   "token",    "your",    "here",
    "fake",        "api",      "key",     "my",
};

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

static bool is_alnum(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') ||
           (lower(byte) >= 'a' && lower(byte) <= 'z');
}

/* Whether `b` follows `a` in one of the rows, or is the same. */
static bool follows(uint8_t a, uint8_t b)
{
    a = lower(a);
    b = lower(b);
    if (a == b)
        return true;
    if (!is_alnum(a) || !is_alnum(b))
        return false;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (const char *at = rows[i]; at[1] != '\0'; at++)
            if ((uint8_t)at[0] == a && (uint8_t)at[1] == b)
                return true;
    return false;
}

static bool is_run(struct ks_span text)
{
    size_t run = 1;
    size_t longest = 1;

    for (size_t i = 1; i < text.len; i++) {
        run = text.ptr[i] == text.ptr[i - 1] ? run + 1 : 1;
        if (run > longest)
            longest = run;
    }
    return longest >= LONGEST_RUN && 3 * longest >= text.len;
}

static bool is_sequence(struct ks_span text)
{
    size_t steps = 0;

    for (size_t i = 1; i < text.len; i++)
        steps += follows(text.ptr[i - 1], text.ptr[i]);
    return 5 * steps >= 3 * (text.len - 1);
}

static bool is_repeated(struct ks_span text)
{
    for (size_t piece = 2; piece <= LONGEST_PIECE && 3 * piece <= text.len;
         piece++) {
        size_t same = 0;

        for (size_t i = piece; i < text.len; i++)
            same += text.ptr[i] == text.ptr[i - piece];
        if (3 * same >= 2 * (text.len - piece))
            return true;
    }
    return false;
}

/* Bytes of the placeholder's word at `at`, or 0. */
static size_t word_at(struct ks_span text, size_t at)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i]);

        if (len <= text.len - at &&
            strncasecmp((const char *)text.ptr + at, words[i], len) == 0)
            return len;
    }
    return 0;
}

static bool is_worded(struct ks_span text)
{
    size_t covered = 0;

    for (size_t at = 0; at < text.len;) {
        size_t len = word_at(text, at);

        covered += len;
        at += len > 0 ? len : 1;
    }
    return 2 * covered >= text.len;
}

const char *ks_filler_reason(struct ks_span secret)
{
    struct ks_span text = ks_span_slice(
        secret, 0,
        secret.len < LONGEST_LOOKED_AT ? secret.len : LONGEST_LOOKED_AT);

    if (text.len < LEAST)
        return NULL;
    if (is_run(text))
        return "a run of one character: a placeholder";
    if (is_sequence(text))
        return "a sequence of characters: a placeholder";
    if (is_repeated(text))
        return "a short piece again and again: a placeholder";
    return is_worded(text) ? "the words of a placeholder" : NULL;
}
