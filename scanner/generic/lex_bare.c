/* SPDX-License-Identifier: Apache-2.0 */
/* Values without quotes: what of them is a value, and what is code. */
#include "scanner/generic/lex.h"
#include "scanner/generic/vocabulary.h"

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
        "true",     "false", "null",    "none",     "nil",    "undefined",
        "string",   "this",  "self",    "function", "new",    "return",
        "int",      "char",  "boolean", "bool",     "object", "required",
        "optional", "yes",   "inherit", "void",     "async",  "await",
        "not",      NULL,
    };

    return ks_lex_is_one(x, from, to, words);
}

/* Whether code would call an object or a member so, or a credential. */
static bool is_object(const struct ks_lex *x, size_t from, size_t to)
{
    static const char *const names[] = {
        "args",  "config",  "conf",  "settings", "options", "opts",  "params",
        "req",   "request", "res",   "response", "data",    "event", "process",
        "form",  "app",     "env",   "os",       "sys",     "ctx",   "context",
        "state", "props",   "value", "text",     "user",    "obj",   NULL,
    };
    uint8_t word[16];

    if (ks_lex_is_one(x, from, to, names))
        return true;
    for (size_t i = from; i < to; i++)
        word[i - from] = ks_to_lower(x->p[i]);
    return ks_vocabulary_kind((struct ks_span){word, to - from}) !=
           KS_WORD_NONE;
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
 * `key = two.words`, alone on its line without indent: an INI file's, if no
 * word of it is one that code would name an object or a member by.
 */
static bool is_ini_line(const struct ks_lex *x, size_t from, size_t to)
{
    size_t at = from, key = x->draft.key_from;

    if ((to < x->end && x->p[to] != '\n' && x->p[to] != '\r') ||
        (key > 0 && x->p[key - 1] != '\n'))
        return false;
    for (size_t i = from; i <= to; i++) {
        if (i < to && ks_is_alpha(x->p[i]))
            continue;
        if ((i < to && x->p[i] != '.') || i == at || i - at > 16)
            return false;
        if (is_constant(x, at, i) || is_object(x, at, i))
            return false;
        at = i + 1;
    }
    return true;
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
        (x->draft.op == KS_GENERIC_OP_ASSIGN && tight &&
         (ks_is_space(next) || ks_lex_is_quote(next))) ||
        (x->draft.op == KS_GENERIC_OP_ASSIGN && is_ini_line(x, from, to));

    if (is_constant(x, from, to))
        return true;
    if (is_variable(x, from, to))
        return true;
    if (name && holds(x, from, to, '.') && !setting)
        return true;
    if (name && (next == ';' || next == ')' || next == ',') && !tight)
        return true;
    if (name && next == ',' && holds(x, from, to, '_') && to + 1 < x->end &&
        x->p[to + 1] == ' ')
        return true; /* f(key=other_name, ...) */
    return x->p[from] == '@' && name;
}

/* `key: a.b || "value"`, as an object's member has it. */
static bool is_member(const struct ks_lex *x, size_t at)
{
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    if (!ks_lex_is(x, at, "||") && !ks_lex_is(x, at, "??") &&
        !ks_lex_is(x, at, "or "))
        return false;
    at += 2;
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at < x->end && ks_lex_is_quote(x->p[at]);
}

bool ks_lex_is_other_call(const struct ks_lex *x, size_t to)
{
    static const char *const names[] = {
        "split",      "rsplit",       "partition",     "rpartition",
        "strip",      "lstrip",       "rstrip",        "replace",
        "startswith", "endswith",     "includes",      "indexof",
        "contains",   "removeprefix", "authenticated", "unauthenticated",
        NULL};
    size_t from = to;

    while (from > 0 && ks_is_alpha(x->p[from - 1]))
        from--;
    return from > 0 && x->p[from - 1] == '.' &&
           ks_lex_is_one(x, from, to, names);
}

/*
 * A word without quotes. Behind a call, an index or an alternative the value
 * is a string literal further on.
 */
void ks_lex_bare(struct ks_lex *x, bool tight)
{
    bool query = (x->draft.flags & KS_GENERIC_IN_QUERY) != 0;
    size_t from = x->at, to = from;

    while (to < x->end && !ends_bare(x->p[to], query) &&
           !(query && (ks_lex_is(x, to, "%26") || ks_lex_is(x, to, "%22"))))
        to++;
    if (to < x->end && x->p[to] == '(' &&
        ((to > from && x->p[to - 1] == '$') || ks_lex_is_other_call(x, to)))
        return;
    if (to < x->end && (x->p[to] == '(' || x->p[to] == '[')) {
        x->draft.wrap = x->p[to] == '(' ? KS_GENERIC_INCALL : KS_GENERIC_INDEX;
        x->at = to + 1;
        ks_lex_strings(x);
        return;
    }
    if (is_orelse(x, to) &&
        (!tight || (x->draft.op == KS_GENERIC_OP_COLON && is_member(x, to)))) {
        x->draft.wrap = KS_GENERIC_ORELSE;
        x->at = to;
        ks_lex_strings(x);
        return;
    }
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    x->at = to;
    if (to - from < KS_LEX_MIN_VALUE || x->draft.op == KS_GENERIC_OP_COMPARE ||
        x->draft.op == KS_GENERIC_OP_COMMA || is_code(x, from, to, tight))
        return;
    x->draft.quote = KS_GENERIC_BARE;
    ks_lex_emit(x, from, to);
}
