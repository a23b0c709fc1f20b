/* SPDX-License-Identifier: Apache-2.0 */
/* String literals, plain and escaped. */
#include "scanner/generic/lex.h"
#include "scanner/generic/vocabulary.h"

/* How far behind an expression its string literals are looked for, in bytes. */
#define EXPRESSION_REACH 160u

uint8_t ks_lex_quote_kind(uint8_t c)
{
    if (c == '"')
        return KS_GENERIC_DOUBLE;
    return c == '\'' ? KS_GENERIC_SINGLE : KS_GENERIC_BACKTICK;
}

/*
 * Reads a string literal that opens at `at`. `*from` and `*to` become its
 * inside; x->at moves behind it. False if it does not close on its line.
 */
static bool read_string(struct ks_lex *x, size_t *from, size_t *to)
{
    uint8_t q = x->p[x->at];
    size_t at = x->at + 1;

    x->draft.quote = ks_lex_quote_kind(q);
    if (at + 1 < x->end && x->p[at] == q && x->p[at + 1] == q) {
        at += 2;
        if (at < x->end && x->p[at] == '\n')
            at++;
    }
    *from = at;
    for (; at < x->end; at++) {
        if (x->p[at] == '\\' && at + 1 < x->end) {
            at++;
            continue;
        }
        if (x->p[at] == q || x->p[at] == '\n')
            break;
    }
    *to = at;
    if (at >= x->end) {
        x->draft.flags |= KS_GENERIC_CUT;
        x->at = at;
        return !x->whole;
    }
    x->at = at + 1;
    return x->p[at] == q;
}

/* The same for \"...\" and &quot;...&quot;; `len` is that of the mark. */
static bool read_escaped(struct ks_lex *x, size_t len, size_t *from, size_t *to)
{
    const uint8_t *mark = x->p + x->at;
    size_t at = x->at + len;

    x->draft.quote = KS_GENERIC_ESCAPED;
    *from = at;
    for (; at + len <= x->end; at++) {
        if (memcmp(x->p + at, mark, len) == 0) {
            *to = at;
            x->at = at + len;
            return true;
        }
        if (x->p[at] == '\n') {
            x->at = at;
            return false;
        }
    }
    *to = x->end;
    x->at = x->end;
    x->draft.flags |= KS_GENERIC_CUT;
    return !x->whole;
}

size_t ks_lex_escaped_quote(const struct ks_lex *x, size_t at)
{
    static const char *const entities[] = {"&quot;", "&#34;", NULL};
    size_t n = 0;

    if (at >= x->end || (x->p[at] != '&' && x->p[at] != '\\'))
        return 0;
    if (x->p[at] == '&')
        return ks_lex_head(x, at, entities);
    while (n < 3 && at + n < x->end && x->p[at + n] == '\\')
        n++;
    if (at + n < x->end && ks_lex_is_quote(x->p[at + n]))
        return n + 1;
    return 0;
}

/* "{\"a\": \"value\"}": the strings of JSON inside a string. */
static void inner_strings(struct ks_lex *x, size_t from, size_t to)
{
    size_t back = x->at, at = from + 1, a, b;
    int most = 6;

    if (to - from < 12 || x->p[from] != '{' || x->p[from + 1] != '\\')
        return;
    while (at < to && most > 0) {
        size_t len = ks_lex_escaped_quote(x, at);

        if (len == 0) {
            at++;
            continue;
        }
        x->at = at;
        if (!read_escaped(x, len, &a, &b))
            break;
        at = x->at;
        most--;
        if (b - a >= 12)
            ks_lex_emit(x, a, b);
    }
    x->at = back;
}

bool ks_lex_string(struct ks_lex *x)
{
    size_t from, to, len;

    if (x->at >= x->end)
        return false;
    len = ks_lex_escaped_quote(x, x->at);
    if (len > 0) {
        if (read_escaped(x, len, &from, &to))
            ks_lex_emit(x, from, to);
        return true;
    }
    if (!ks_lex_is_quote(x->p[x->at]))
        return false;
    if (read_string(x, &from, &to)) {
        ks_lex_emit(x, from, to);
        inner_strings(x, from, to);
    }
    return true;
}

/*
 * Whether the string at `at` is the argument `name="..."` of a name that is no
 * credential's, as in f(password, encoding="utf8").
 */
static bool is_other_argument(const struct ks_lex *x, size_t at)
{
    uint8_t name[16];
    size_t from, to;

    while (at > 0 && ks_is_alpha(x->p[at - 1]))
        at--; /* the b of b"..." */
    if (at == 0 || x->p[at - 1] != '=')
        return false;
    from = to = at - 1;
    while (from > 0 && to - from < sizeof(name) && ks_is_word(x->p[from - 1]))
        from--;
    if (from == to || from <= x->draft.key_to || ks_lex_is(x, from, "default"))
        return false;
    for (size_t i = from; i < to; i++)
        name[i - from] = ks_to_lower(x->p[i]);
    return ks_vocabulary_kind((struct ks_span){name, to - from}) < KS_WORD_SALT;
}

void ks_lex_strings(struct ks_lex *x)
{
    size_t limit = x->at + EXPRESSION_REACH;
    size_t most = x->count + 3;
    int depth = 0;

    while (x->at < x->end && x->at < limit && x->p[x->at] != '\n' &&
           x->p[x->at] != ';' && x->count < most) {
        if (ks_lex_is_quote(x->p[x->at]) ||
            ks_lex_escaped_quote(x, x->at) > 0) {
            size_t before = x->count;
            bool other = is_other_argument(x, x->at);

            ks_lex_string(x);
            if (other)
                x->count = before;
            continue;
        }
        depth += x->p[x->at] == '(';
        depth -= x->p[x->at] == ')';
        x->at++;
        if (depth < 0 && ks_lex_peek(x, 0) == ',')
            return; /* the next argument or member, or a message */
    }
}
