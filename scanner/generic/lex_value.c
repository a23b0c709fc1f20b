/* SPDX-License-Identifier: Apache-2.0 */
/* From an operator to the values behind it. */
#include "scanner/generic/lex.h"

/* Most layers of call or bracket that are opened on the way to a value. */
#define LAYERS 4

#define MIN_VALUE 3u

static bool one_byte_repeated(const uint8_t *p, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (p[i] != p[0])
            return false;
    }
    return true;
}

/* Four stars or bullets in a row: somebody has masked it. */
static bool is_masked(const uint8_t *p, size_t len)
{
    return memmem(p, len, "****", 4) != NULL ||
           memmem(p, len, "\xe2\x80\xa2\xe2\x80\xa2", 6) != NULL;
}

/* {name} and @name@, as format strings and build tools fill them in. */
static bool is_slot(const uint8_t *p, size_t len)
{
    if (len > 26 || !((p[0] == '{' && p[len - 1] == '}') ||
                      (p[0] == '@' && p[len - 1] == '@')))
        return false;
    for (size_t i = 1; i + 1 < len; i++) {
        if (!ks_is_alpha(p[i]) && p[i] != '_' && p[i] != '.' && p[i] != ':')
            return false;
    }
    return true;
}

/* A value that a template engine or a shell fills in. */
static bool is_template(const uint8_t *p, size_t len)
{
    if (len < 3)
        return false;
    if (is_slot(p, len))
        return true;
    if (p[0] == '$' && (p[1] == '{' || p[1] == '('))
        return true;
    if (p[0] == '{' && (p[1] == '{' || p[1] == '%'))
        return true;
    if (p[0] == '#' && p[1] == '{')
        return true;
    if (p[0] == '<' && (p[1] == '%' || p[1] == '?'))
        return true;
    return p[0] == '%' && p[1] == '(';
}

void ks_lex_emit(struct ks_lex *x, size_t from, size_t to)
{
    struct ks_generic_candidate *c;

    while (to > from && ks_is_space(x->p[to - 1]))
        to--;
    while (from < to && ks_is_space(x->p[from]))
        from++;
    if (to - from < MIN_VALUE || x->count == x->cap)
        return;
    if (one_byte_repeated(x->p + from, to - from) ||
        is_masked(x->p + from, to - from) ||
        is_template(x->p + from, to - from))
        return;
    c = &x->out[x->count++];
    *c = x->draft;
    c->value_from = (uint16_t)from;
    c->value_to = (uint16_t)to;
    x->draft.nth++;
}

/* {89, 59, 0x1f, ...}: at least eight numbers. */
static bool bytes_here(struct ks_lex *x)
{
    size_t at = x->at, numbers = 0;
    bool inside = false;

    for (; at < x->end; at++) {
        uint8_t c = x->p[at];

        if (ks_is_hex(c) || c == 'x') {
            if (!inside)
                numbers++;
            inside = true;
        } else if (c == ',' || ks_is_space(c) || c == '-') {
            inside = false;
        } else {
            break;
        }
    }
    if (numbers < 8 || !ks_is_digit(x->p[x->at]))
        return false;
    x->draft.wrap = KS_GENERIC_BYTES;
    ks_lex_emit(x, x->at, at);
    return true;
}

static bool ends_bare(uint8_t c, bool query)
{
    switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '"':
    case '\'':
    case '`':
    case ',':
    case ';':
    case '<':
    case '>':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '|':
    case '\\':
    case 0:
        return true;
    case '&':
        return query;
    default:
        return false;
    }
}

static bool is_constant(const struct ks_lex *x, size_t from, size_t to)
{
    static const char *const words[] = {
        "true",      "false",  "null",     "none",     "nil",
        "undefined", "string", "this",     "self",     "function",
        "new",       "return", "int",      "char",     "boolean",
        "bool",      "object", "required", "optional", "yes",
        "inherit",   "void",   "async",    "await",    "not",
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (to - from == strlen(words[i]) && ks_lex_is(x, from, words[i]))
            return true;
    }
    return false;
}

/* Letters, underscores and dots only: a name more likely than a value. */
static bool is_name(const struct ks_lex *x, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (!ks_is_alpha(x->p[i]) && x->p[i] != '_' && x->p[i] != '.' &&
            x->p[i] != '$' && x->p[i] != '?' && x->p[i] != '!')
            return false;
    }
    return true;
}

/* $name, as a shell or PHP has it. */
static bool is_variable(const struct ks_lex *x, size_t from, size_t to)
{
    if (x->p[from] != '$' || to - from < 2 || ks_is_digit(x->p[from + 1]))
        return false;
    for (size_t i = from + 1; i < to; i++) {
        if (!ks_is_word(x->p[i]))
            return false;
    }
    return true;
}

/* Whether some byte of [from, to) is `c`. */
static bool holds(const struct ks_lex *x, size_t from, size_t to, uint8_t c)
{
    return memchr(x->p + from, c, to - from) != NULL;
}

/* Whether an expression goes on at `at` with ||, ??, or `or`. */
static bool is_orelse(const struct ks_lex *x, size_t at)
{
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return ks_lex_is(x, at, "||") || ks_lex_is(x, at, "??") ||
           ks_lex_is(x, at, "or ") || ks_lex_is(x, at, "?:") ||
           ks_lex_is(x, at, "? ") || ks_lex_is(x, at, "if ") ||
           ks_lex_is(x, at, "+ ");
}

/*
 * Whether a bare word reads as code rather than as a value. A setting without
 * blanks, last on its line, is no code.
 */
static bool is_code(const struct ks_lex *x, size_t from, size_t to, bool tight)
{
    uint8_t next = to < x->end ? x->p[to] : '\n';
    bool name = is_name(x, from, to);
    bool setting =
        x->draft.op == KS_GENERIC_OP_SPACE ||
        (x->draft.op == KS_GENERIC_OP_ASSIGN && tight && ks_is_space(next));

    if (is_constant(x, from, to))
        return true;
    if (is_variable(x, from, to))
        return true;
    if (name && holds(x, from, to, '.') && !setting)
        return true;
    if (name && (next == ';' || next == ')' || next == ',') && !tight)
        return true;
    return x->p[from] == '@' && name;
}

/*
 * A word without quotes. Behind a call, an index or an alternative the value
 * is a string literal further on.
 */
static void bare_here(struct ks_lex *x, bool tight)
{
    bool query = (x->draft.flags & KS_GENERIC_IN_QUERY) != 0;
    size_t from = x->at, to = from;

    while (to < x->end && !ends_bare(x->p[to], query) &&
           !(query && ks_lex_is(x, to, "%26")))
        to++;
    if (to < x->end && x->p[to] == '(' && to > from && x->p[to - 1] == '$')
        return;
    if (to < x->end && (x->p[to] == '(' || x->p[to] == '[')) {
        x->draft.wrap = x->p[to] == '(' ? KS_GENERIC_INCALL : KS_GENERIC_INDEX;
        x->at = to + 1;
        ks_lex_strings(x);
        return;
    }
    if (is_orelse(x, to) && !tight) {
        x->draft.wrap = KS_GENERIC_ORELSE;
        x->at = to;
        ks_lex_strings(x);
        return;
    }
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    x->at = to;
    if (to - from < MIN_VALUE || x->draft.op == KS_GENERIC_OP_COMPARE ||
        x->draft.op == KS_GENERIC_OP_COMMA || is_code(x, from, to, tight))
        return;
    x->draft.quote = KS_GENERIC_BARE;
    ks_lex_emit(x, from, to);
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
    static const char *const schemes[] = {"basic ", "bearer ", "token ",
                                          "digest ", "apikey "};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (ks_lex_is(x, x->at, schemes[i])) {
            x->at += strlen(schemes[i]);
            ks_lex_blanks(x);
            return;
        }
    }
}

/* Whether what was just read is a member's name: a colon or arrow follows. */
static bool is_member(const struct ks_lex *x)
{
    size_t at = x->at;

    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at < x->end && (x->p[at] == ':' || x->p[at] == '=');
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
            bare_here(x, true);
        return;
    }
    if (open == '{' && is_member(x)) {
        x->count = before;
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
    if (odd || (x->draft.flags & KS_GENERIC_CLI_FLAG) != 0)
        return true;
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at >= x->end || x->p[at] == '\n' || x->p[at] == '\r';
}

/* The text of an element, up to the next tag; <Value> and <string> opened. */
static void element_text(struct ks_lex *x)
{
    size_t from = x->at, to;

    if (ks_lex_is(x, from, "<![cdata["))
        from += strlen("<![cdata[");
    else if (ks_lex_is(x, from, "<value>") || ks_lex_is(x, from, "<string>"))
        from +=
            ks_lex_is(x, from, "<v") ? strlen("<value>") : strlen("<string>");
    for (to = from; to < x->end && x->p[to] != '<' && x->p[to] != ']' &&
                    !ks_is_space(x->p[to]);
         to++)
        ;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    if (to < x->end && x->p[to] != '<' && x->p[to] != ']')
        return;
    ks_lex_emit(x, from, to);
}

/* Cisco's `password 7 ...`: the digit names an encoding. */
static void skip_encoding(struct ks_lex *x)
{
    if (x->draft.op == KS_GENERIC_OP_SPACE && ks_is_digit(ks_lex_peek(x, 0)) &&
        ks_lex_peek(x, 1) == ' ')
        x->at += 2;
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
        element_text(x);
        return;
    }
    decorations(x);
    if (ks_lex_is(x, x->at, "new ") || ks_lex_is(x, x->at, "await "))
        x->at += ks_lex_peek(x, 0) == 'n' ? 4 : 6;
    skip_scheme(x);
    cast(x);
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
    bare_here(x, tight || x->draft.op == KS_GENERIC_OP_COLON);
}
