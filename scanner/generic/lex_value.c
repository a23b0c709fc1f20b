/* SPDX-License-Identifier: Apache-2.0 */
/* From an operator to the values behind it. */
#include "scanner/generic/lex.h"

/* Most layers of call or bracket that are opened on the way to a value. */
#define LAYERS 4

/*
 * {89, 59, 0x1f, ...}: at least eight numbers, or as many hexadecimal digits as
 * a key has in fewer, wider ones.
 */
static bool bytes_here(struct ks_lex *x)
{
    size_t at = x->at, to = at, numbers = 0, digits = 0;
    bool inside = false;

    for (; at < x->end; at++) {
        uint8_t c = x->p[at];

        if (ks_is_hex(c) || (inside && memchr("xXuUlL", c, 6) != NULL)) {
            if (!inside)
                numbers++;
            digits += ks_is_hex(c);
            inside = true;
            to = at + 1;
        } else if (c == ',' || ks_is_space(c) || c == '-') {
            inside = false;
        } else {
            break;
        }
    }
    if ((numbers < 8 && (numbers < 2 || digits < 32)) ||
        !ks_is_digit(x->p[x->at]))
        return false;
    x->draft.wrap = KS_GENERIC_BYTES;
    ks_lex_emit(x, x->at, to);
    return true;
}

/* ${NAME:-value} and ${NAME:value}. */
static void shell_default(struct ks_lex *x)
{
    size_t at = x->at + 2, from;

    while (at < x->end &&
           (ks_is_word(x->p[at]) || x->p[at] == '.' || x->p[at] == '-') &&
           x->p[at] != ':')
        at++;
    if (at >= x->end || x->p[at] != ':')
        return;
    at++;
    if (at < x->end && (x->p[at] == '-' || x->p[at] == '='))
        at++;
    from = at;
    while (at < x->end && x->p[at] != '}' && x->p[at] != '\n')
        at++;
    x->draft.wrap = KS_GENERIC_ORELSE;
    ks_lex_emit(x, from, at);
}

/* Moves to the next line's value if it plainly belongs to the key. */
static bool next_line(struct ks_lex *x)
{
    size_t limit = x->at + 64 < x->end ? x->at + 64 : x->end;
    size_t at = x->at;
    bool dash;

    while (at < limit && ks_is_space(x->p[at]))
        at++;
    dash = at + 1 < limit && x->p[at] == '-' && ks_is_blank(x->p[at + 1]);
    if (dash) {
        at += 2;
        while (at < limit && ks_is_blank(x->p[at]))
            at++;
    }
    if (at >= limit)
        return false;
    if (!dash && !ks_lex_is_quote(x->p[at]) && x->draft.op != KS_GENERIC_OP_TAG)
        return false;
    x->draft.flags |= KS_GENERIC_NEXT_LINE;
    x->at = at;
    return true;
}

/* YAML's `|`, `>-`, `!tag`, `&anchor`; Go's `[]byte`; a cast `(Type)`. */
static void decorations(struct ks_lex *x)
{
    uint8_t c = ks_lex_peek(x, 0);

    if ((c == '|' || c == '>') && x->draft.op == KS_GENERIC_OP_COLON) {
        size_t at = x->at + 1;

        while (at < x->end && (x->p[at] == '-' || x->p[at] == '+'))
            at++;
        while (at < x->end && ks_is_space(x->p[at]))
            at++;
        x->at = at;
    }
    if (c == '!' && x->draft.op == KS_GENERIC_OP_COLON) {
        size_t back = x->at;

        while (x->at < x->end && !ks_is_space(x->p[x->at]))
            x->at++;
        if (!ks_lex_blanks(x) || ks_lex_peek(x, 0) == '\n')
            x->at = back;
    }
}

/* b"..", R"..", @"..", $"..", &"..": moves to the quote. */
static void string_prefix(struct ks_lex *x)
{
    size_t at = x->at;

    while (at < x->at + 2 && at < x->end &&
           (ks_is_alpha(x->p[at]) || x->p[at] == '@' || x->p[at] == '$' ||
            x->p[at] == '&' || x->p[at] == '*'))
        at++;
    if (at < x->end && at > x->at && ks_lex_is_quote(x->p[at]))
        x->at = at;
}

/* (char *)"..", (String) "..": moves to the quote. */
static void cast(struct ks_lex *x)
{
    size_t at = x->at + 1;

    if (ks_lex_peek(x, 0) != '(')
        return;
    while (at < x->end && (ks_is_word(x->p[at]) || x->p[at] == '*' ||
                           x->p[at] == '.' || x->p[at] == ' '))
        at++;
    if (at >= x->end || x->p[at] != ')' || at == x->at + 1)
        return;
    at++;
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    if (at < x->end && ks_lex_is_quote(x->p[at]))
        x->at = at;
}

/* Behind Authorization: the scheme is not the value. */
static void skip_scheme(struct ks_lex *x)
{
    static const char *const schemes[] = {"basic ",  "bearer ", "token ",
                                          "digest ", "apikey ", NULL};
    size_t len = ks_lex_head(x, x->at, schemes);

    x->at += len;
    if (len > 0)
        ks_lex_blanks(x);
}

/* Whether what was just read is a member's name: a colon or arrow follows. */
static bool is_member(const struct ks_lex *x)
{
    size_t at = x->at;

    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at < x->end && (x->p[at] == ':' || x->p[at] == '=');
}

/* credentials, passwords, tokens, keys: a map of theirs holds the values. */
static bool is_plural(const struct ks_lex *x)
{
    static const char *const names[] = {"credentials", "passwords", "secrets",
                                        "tokens", "keys"};
    size_t to = x->draft.key_to;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = strlen(names[i]);

        if (to - x->draft.key_from >= len && ks_lex_is(x, to - len, names[i]))
            return true;
    }
    return false;
}

/* {"name": "value", "name": "value"}: up to three values, behind a name. */
static void member_values(struct ks_lex *x)
{
    for (int more = 0; more < 3; more++) {
        size_t before;

        ks_lex_blanks(x);
        while (ks_lex_peek(x, 0) == ':' || ks_lex_peek(x, 0) == '=' ||
               ks_lex_peek(x, 0) == '>')
            x->at++;
        ks_lex_blanks(x);
        if (!ks_lex_string(x) || ks_lex_peek(x, 0) != ',')
            return;
        before = x->count;
        x->at++;
        while (x->at < x->end && ks_is_space(x->p[x->at]))
            x->at++;
        if (!ks_lex_string(x))
            return;
        x->count = before; /* the next name */
    }
}

/* A run of values in brackets or a call: up to three strings. */
static void list_here(struct ks_lex *x, uint8_t open)
{
    size_t before = x->count;

    x->draft.wrap = open == '(' ? KS_GENERIC_INCALL : KS_GENERIC_LIST;
    x->at++;
    while (x->at < x->end && ks_is_space(x->p[x->at]))
        x->at++;
    string_prefix(x);
    if (bytes_here(x))
        return;
    if (open == '{' && ks_lex_is(x, x->at, "value:")) {
        x->at += strlen("value:");
        ks_lex_blanks(x);
    }
    if (!ks_lex_string(x)) {
        if (open != '{')
            ks_lex_bare(x, true);
        return;
    }
    if (open == '{' && is_member(x)) {
        x->count = before;
        if (is_plural(x))
            member_values(x);
        return;
    }
    for (int more = 0; more < 2 && ks_lex_peek(x, 0) == ','; more++) {
        x->at++;
        while (x->at < x->end && ks_is_space(x->p[x->at]))
            x->at++;
        if (!ks_lex_string(x))
            return;
    }
}

/* f("x", "y"): the strings among a call's arguments. */
static void arguments(struct ks_lex *x)
{
    while (x->at < x->end && ks_is_space(x->p[x->at]))
        x->at++;
    ks_lex_strings(x);
}

/* Whether a word behind a space is a value: last on its line, or unwordly. */
static bool stands_alone(const struct ks_lex *x)
{
    size_t at = x->at;
    bool odd = false;

    while (at < x->end && !ks_is_space(x->p[at])) {
        odd = odd || !(ks_is_lower(ks_to_lower(x->p[at])) || x->p[at] == ',' ||
                       x->p[at] == '.' || x->p[at] == '(' || x->p[at] == ')');
        at++;
    }
    if (odd || (x->draft.flags & KS_GENERIC_CLI_FLAG) != 0 ||
        memchr(x->p + x->draft.key_from, ' ',
               (size_t)x->draft.key_to - x->draft.key_from) != NULL)
        return true; /* as is a phrase like `isakmp key` that allows no other */
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at >= x->end || x->p[at] == '\n' || x->p[at] == '\r';
}

/* `password 7 x`, `auth sha x`, `key ascii 0 x`, `rootpw --plaintext x`: how
 * the value is written down. */
static void skip_encoding(struct ks_lex *x)
{
    static const char *const words[] = {
        "sha ",        "md5 ",   "ascii ",       "digest ",
        "ascii-text ", "hex ",   "--plaintext ", "--iscrypted ",
        "plaintext ",  "clear ", "unencrypted ", NULL};
    bool more = x->draft.op == KS_GENERIC_OP_SPACE;
    size_t len;

    while (more) {
        more = false;
        if (ks_is_digit(ks_lex_peek(x, 0)) && ks_lex_peek(x, 1) == ' ') {
            x->at += 2;
            more = true;
        }
        len = ks_lex_head(x, x->at, words);
        more = more || len > 0;
        x->at += len;
    }
}

/* `byte[] {`: moves from an array's type to its bracket. */
static void array_type(struct ks_lex *x)
{
    size_t at = x->at;

    while (at < x->end && (ks_is_word(x->p[at]) || x->p[at] == '.'))
        at++;
    if (at == x->at || at >= x->end || x->p[at] != '[')
        return;
    for (at++; at < x->end &&
               (ks_is_word(x->p[at]) || x->p[at] == ']' || x->p[at] == ' ');
         at++)
        ;
    if (at < x->end && x->p[at] == '{')
        x->at = at;
}

void ks_lex_values(struct ks_lex *x)
{
    bool tight = !ks_lex_blanks(x);
    uint8_t c = ks_lex_peek(x, 0);

    if (x->draft.op == KS_GENERIC_OP_CALL) {
        arguments(x);
        return;
    }
    if (c == '\n' || c == '\r') {
        /* A list of words goes on, it assigns nothing. */
        if (x->draft.op == KS_GENERIC_OP_COMMA || !next_line(x))
            return;
    } else {
        skip_encoding(x);
        if (x->draft.op == KS_GENERIC_OP_SPACE && !stands_alone(x))
            return;
    }
    if (x->draft.op == KS_GENERIC_OP_TAG) {
        ks_lex_element(x);
        return;
    }
    decorations(x);
    if (ks_lex_is(x, x->at, "new ") || ks_lex_is(x, x->at, "await "))
        x->at += ks_lex_peek(x, 0) == 'n' ? 4 : 6;
    array_type(x);
    skip_scheme(x);
    cast(x);
    if ((ks_lex_peek(x, 0) == 'q' && ks_lex_quote_like(x)) ||
        (ks_lex_peek(x, 0) == '{' && ks_lex_scheme(x)))
        return;
    for (int layer = 0; layer < LAYERS; layer++) {
        string_prefix(x);
        c = ks_lex_peek(x, 0);
        if (c == 0)
            return;
        if (ks_lex_is_quote(c) || ks_lex_escaped_quote(x, x->at) > 0) {
            size_t at = x->at;

            x->at += ks_lex_is_quote(c) ? 1 : ks_lex_escaped_quote(x, at);
            skip_scheme(x);
            if (x->at > at + 2 && ks_lex_is_quote(c) &&
                x->p[x->at - 1] == ' ') {
                size_t from = x->at;

                while (x->at < x->end && x->p[x->at] != c &&
                       x->p[x->at] != '\n')
                    x->at++;
                x->draft.quote = ks_lex_quote_kind(c);
                ks_lex_emit(x, from, x->at);
                return;
            }
            x->at = at;
            ks_lex_string(x);
            return;
        }
        if (c == '[' && ks_lex_peek(x, 1) == ']') {
            x->at += 2;
            while (ks_is_alnum(ks_lex_peek(x, 0)))
                x->at++;
            continue;
        }
        if (c == '[' || c == '(' || c == '{') {
            if (c == '{' && ks_lex_peek(x, 1) == '{')
                return;
            list_here(x, c);
            return;
        }
        if (c == '$' && ks_lex_peek(x, 1) == '{') {
            shell_default(x);
            return;
        }
        break;
    }
    ks_lex_bare(x, tight || x->draft.op == KS_GENERIC_OP_COLON);
}
