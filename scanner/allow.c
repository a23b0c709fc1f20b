/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/allow.h"

#include <string.h>
#include <strings.h>

static const char *const same_line[] = {
    "keysweep:allow",     "gitleaks:allow",   "pragma: allowlist secret",
    "trufflehog:ignore",  "betterleaks:allow", "kingfisher:ignore",
    "kingfisher:allow",   "ggignore",         "nosecret",
    "pragma:allowlist secret", "pragma: whitelist secret",
};

static const char *const next_line[] = {
    "keysweep:allow-next-line",
    "pragma: allowlist nextline secret",
    "pragma:allowlist nextline secret",
};

static bool is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whether `word` stands in `text`, bordered by bytes that are no `-` either. */
static bool has_directive(struct ks_span text, const char *word)
{
    size_t len = strlen(word);
    size_t at = 0;

    while ((at = ks_span_find(text, at, ks_span_str(word))) != SIZE_MAX) {
        size_t end = at + len;

        if ((at == 0 || !is_word(text.ptr[at - 1])) &&
            (end == text.len ||
             (!is_word(text.ptr[end]) && text.ptr[end] != '-')))
            return true;
        at++;
    }
    return false;
}

static bool has_any(struct ks_span text, const char *const *words, size_t count)
{
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (has_directive(text, words[i]))
            return true;
    return false;
}

/* The part of the line before `at`, at most KS_ALLOW_REACH bytes. */
static struct ks_span line_before(struct ks_span text, size_t at)
{
    size_t from = at > KS_ALLOW_REACH ? at - KS_ALLOW_REACH : 0;
    struct ks_span part = ks_span_slice(text, from, at);
    const uint8_t *end = part.len == 0 ? NULL : memrchr(part.ptr, '\n', part.len);

    return end == NULL
               ? part
               : ks_span_slice(part, (size_t)(end - part.ptr) + 1, part.len);
}

static struct ks_span line_after(struct ks_span text, size_t at)
{
    struct ks_span part = ks_span_slice(text, at, at + KS_ALLOW_REACH);
    const uint8_t *end = part.len == 0 ? NULL : memchr(part.ptr, '\n', part.len);

    return end == NULL ? part
                       : ks_span_slice(part, 0, (size_t)(end - part.ptr));
}

bool ks_allow_comment(struct ks_span text, size_t start, size_t end)
{
    enum { SAME = sizeof(same_line) / sizeof(*same_line) };
    enum { NEXT = sizeof(next_line) / sizeof(*next_line) };
    struct ks_span before = line_before(text, start);
    size_t line = start - before.len;

    if (has_any(before, same_line, SAME) ||
        has_any(line_after(text, end), same_line, SAME))
        return true;
    if (line == 0 || text.ptr[line - 1] != '\n')
        return false;
    return has_any(line_before(text, line - 1), next_line, NEXT);
}

bool ks_allow_stopword(struct ks_span secret, const char *word)
{
    size_t len = strlen(word);

    if (len == 0 || len > secret.len)
        return false;
    for (size_t at = 0; at + len <= secret.len; at++) {
        /* Most places fail here, whatever the case of a letter. */
        if (((secret.ptr[at] ^ (uint8_t)*word) & ~0x20) != 0)
            continue;
        if ((at > 0 && is_word(secret.ptr[at - 1]) &&
             secret.ptr[at - 1] != '_') ||
            (at + len < secret.len && is_word(secret.ptr[at + len]) &&
             secret.ptr[at + len] != '_'))
            continue;
        if (strncasecmp((const char *)secret.ptr + at, word, len) == 0)
            return true;
    }
    return false;
}
