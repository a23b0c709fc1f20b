/* SPDX-License-Identifier: Apache-2.0 */
/* The operator behind an identifier. */
#include "scanner/generic/lex.h"

static bool is_closer(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`' || c == ']' || c == ')' ||
           c == '\\' || c == '*' || c == '}' || c == '?';
}

/* `name: KEY, value: x` and `name="KEY" value="x"`. */
static bool sibling_operator(struct ks_lex *x)
{
    static const char *const names[] = {"value",   "val",    "content", "with",
                                        "default", "secret", "string",  NULL};
    size_t back = x->at, spaces = 0, len;

    while (x->at < x->end && spaces++ < 48 &&
           (ks_is_space(x->p[x->at]) || x->p[x->at] == ',' ||
            x->p[x->at] == ':' || x->p[x->at] == '-'))
        x->at++;
    if (ks_lex_is_quote(ks_lex_peek(x, 0)) || ks_lex_peek(x, 0) == '\\')
        x->at += ks_lex_peek(x, 0) == '\\' ? 2 : 1;
    len = ks_lex_head(x, x->at, names);
    if (len == 0)
        goto none;
    x->at += len;
    while (is_closer(ks_lex_peek(x, 0)))
        x->at++;
    if (ks_lex_blanks(x) && ks_lex_is_quote(ks_lex_peek(x, 0)))
        x->at--;
    else if (ks_lex_peek(x, 0) != '=' && ks_lex_peek(x, 0) != ':')
        goto none;
    x->at++;
    if (ks_lex_peek(x, 0) == '>')
        x->at++;
    x->draft.op = KS_GENERIC_OP_SIBLING;
    return true;
none:
    x->at = back;
    return false;
}

/* Over `</key>`, blanks and `<string>`, to the text of the next element. */
static bool element_operator(struct ks_lex *x)
{
    size_t limit = x->at + 96 < x->end ? x->at + 96 : x->end;
    size_t at = x->at;
    int tags = 0;

    while (at < limit && tags < 2) {
        if (x->p[at] == '>')
            tags++;
        else if (tags == 1 && x->p[at] != '<' && !ks_is_space(x->p[at]))
            break;
        else if (tags == 1 && x->p[at] == '<') {
            while (at + 1 < limit && x->p[at + 1] != '>')
                at++;
        }
        at++;
    }
    if (tags < 2)
        return false;
    x->at = at;
    x->draft.op = KS_GENERIC_OP_TAG;
    return true;
}

/* `variable "key" { ... default = "value" }`, as HCL declares it. */
static bool default_operator(struct ks_lex *x)
{
    size_t limit = x->at + 200 < x->end ? x->at + 200 : x->end;

    for (size_t at = x->at; at < limit && x->p[at] != '}'; at++) {
        if (!ks_is_space(x->p[at]) || !ks_lex_is(x, at + 1, "default"))
            continue;
        x->at = at + 1 + strlen("default");
        ks_lex_blanks(x);
        if (ks_lex_peek(x, 0) != '=')
            return false;
        x->at++;
        x->draft.op = KS_GENERIC_OP_SIBLING;
        return true;
    }
    return false;
}

/* `<key attribute="...">value`. */
static bool attribute_operator(struct ks_lex *x)
{
    size_t limit = x->at + 80 < x->end ? x->at + 80 : x->end;
    size_t at = x->at;

    while (at < limit && x->p[at] != '>' && x->p[at] != '<' && x->p[at] != '\n')
        at++;
    if (at >= limit || x->p[at] != '>' || x->p[at - 1] == '/')
        return false;
    x->at = at + 1;
    x->draft.op = KS_GENERIC_OP_TAG;
    return true;
}

/* `password`, `V 9` and the value on a line each, as Subversion stores it. */
static bool counted_operator(struct ks_lex *x)
{
    size_t at = x->at + 3;

    if (!ks_lex_is(x, x->at, "\nv "))
        return false;
    while (at < x->end && ks_is_digit(x->p[at]))
        at++;
    if (at == x->at + 3 || at >= x->end || x->p[at] != '\n')
        return false;
    x->at = at + 1;
    x->draft.op = KS_GENERIC_OP_SIBLING;
    return true;
}

static bool take(struct ks_lex *x, size_t bytes, enum ks_generic_op op)
{
    x->at += bytes;
    x->draft.op = (uint8_t)op;
    return true;
}

/* `key: Type = value`, `key Type = value`: moves over the type, if any. */
static void annotation(struct ks_lex *x)
{
    size_t back = x->at, limit = x->at + 48;

    ks_lex_blanks(x);
    if (ks_lex_is(x, x->at, "as "))
        x->at += strlen("as "); /* Dim key As String = ... */
    if (!ks_is_alpha(ks_lex_peek(x, 0)) && ks_lex_peek(x, 0) != '[' &&
        ks_lex_peek(x, 0) != '&' && ks_lex_peek(x, 0) != '*')
        goto none;
    while (x->at < x->end && x->at < limit &&
           (ks_is_word(x->p[x->at]) || strchr(".[]<>?&*'|", x->p[x->at])) &&
           x->p[x->at] != 0)
        x->at++;
    if (ks_lex_blanks(x) && ks_lex_peek(x, 0) == '=' &&
        ks_lex_peek(x, 1) != '=' && ks_lex_peek(x, 1) != '>') {
        x->at++;
        x->draft.flags |= KS_GENERIC_ANNOTATED;
        x->draft.op = KS_GENERIC_OP_ASSIGN;
        return;
    }
none:
    x->at = back;
}

static bool equals_operator(struct ks_lex *x)
{
    uint8_t next = ks_lex_peek(x, 1);

    if (next == '=')
        return take(x, ks_lex_peek(x, 2) == '=' ? 3 : 2, KS_GENERIC_OP_COMPARE);
    if (next == '>')
        return take(x, 2, KS_GENERIC_OP_ARROW);
    if (next == '~')
        return take(x, 2, KS_GENERIC_OP_COMPARE);
    return take(x, 1, KS_GENERIC_OP_ASSIGN);
}

/* ${KEY:-value} of a shell. */
static bool is_expansion(const struct ks_lex *x)
{
    size_t from = x->draft.key_from;

    return from > 1 && x->p[from - 1] == '{' && x->p[from - 2] == '$';
}

static bool colon_operator(struct ks_lex *x)
{
    uint8_t next = ks_lex_peek(x, 1);

    if (next == ':')
        return ks_lex_peek(x, 2) == ' ' && take(x, 2, KS_GENERIC_OP_COLON);
    if (next == '=')
        return take(x, 2, KS_GENERIC_OP_ASSIGN);
    if (next == '-' && is_expansion(x))
        return take(x, 2, KS_GENERIC_OP_COLON);
    if ((x->draft.flags & KS_GENERIC_KEY_QUOTED) == 0 &&
        (next == '\n' || next == '\r') && sibling_operator(x))
        return true;
    take(x, 1, KS_GENERIC_OP_COLON);
    if ((x->draft.flags & KS_GENERIC_KEY_QUOTED) == 0)
        annotation(x);
    while (ks_lex_peek(x, 0) == '*')
        x->at++;
    return true;
}

/* A key that is a tag's name, or stands in one, has `<` before it. */
static bool in_tag(const struct ks_lex *x)
{
    size_t from = x->draft.key_from;

    return from > 0 && x->p[from - 1] == '<';
}

/* `:key` is a symbol of Ruby. */
static bool is_symbol(const struct ks_lex *x)
{
    size_t from = x->draft.key_from;

    return from > 1 && x->p[from - 1] == ':' && !ks_is_word(x->p[from - 2]);
}

/* Whether the key is written as a constant: CURLOPT_USERPWD. */
static bool is_constant_name(const struct ks_lex *x)
{
    for (size_t i = x->draft.key_from; i < x->draft.key_to; i++) {
        if (!ks_is_upper(x->p[i]) && x->p[i] != '_' && !ks_is_digit(x->p[i]))
            return false;
    }
    return true;
}

/* `{key, "value"}` of Erlang, `f(KEY, "value")` with a constant. */
static bool is_pair(const struct ks_lex *x)
{
    size_t at = x->at + 1;
    bool brace = x->draft.key_from > 0 && x->p[x->draft.key_from - 1] == '{';

    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return at < x->end && ks_lex_is_quote(x->p[at]) &&
           brace != is_constant_name(x);
}

static bool comma_operator(struct ks_lex *x)
{
    if (sibling_operator(x))
        return true;
    if ((x->draft.flags & KS_GENERIC_KEY_QUOTED) == 0 && !is_symbol(x) &&
        !is_pair(x))
        return false;
    return take(x, 1, KS_GENERIC_OP_COMMA);
}

/* getKey(name), x.find_secret(name): what is asked for has a name only. */
static bool is_getter(const struct ks_lex *x)
{
    static const char *const verbs[] = {"get", "find", "fetch", "lookup",
                                        "has", "is",   "check", NULL};
    size_t from = x->draft.key_to, verb;

    while (from > x->draft.key_from && ks_is_word(x->p[from - 1]))
        from--;
    while (x->p[from] == '_')
        from++;
    verb = ks_lex_head(x, from, verbs);
    return verb > 0 && from + verb < x->draft.key_to &&
           !ks_is_lower(x->p[from + verb]);
}

static bool call_operator(struct ks_lex *x)
{
    return !ks_lex_is_other_call(x, x->at) && !is_getter(x) &&
           take(x, 1, KS_GENERIC_OP_CALL);
}

/* Two-byte operators that end in `=`. */
static bool compound_operator(struct ks_lex *x, uint8_t c)
{
    uint8_t next = ks_lex_peek(x, 1);

    if (next == '=')
        return take(x, ks_lex_peek(x, 2) == '=' ? 3 : 2,
                    c == '!' ? KS_GENERIC_OP_COMPARE : KS_GENERIC_OP_ASSIGN);
    if (c == '|' && next == '|' && ks_lex_peek(x, 2) == '=')
        return take(x, 3, KS_GENERIC_OP_ASSIGN);
    if (c == '-' && next == '>' && ks_is_space(ks_lex_peek(x, 2)))
        return take(x, 2, KS_GENERIC_OP_ARROW);
    if (c == '|' && ks_is_blank(next))
        return take(x, 1, KS_GENERIC_OP_SPACE);
    return false;
}

static void closers(struct ks_lex *x)
{
    size_t limit = x->at + 8;

    while (x->at < limit && is_closer(ks_lex_peek(x, 0))) {
        uint8_t c = ks_lex_peek(x, 0);

        if (c == '?' && ks_lex_peek(x, 1) == '=')
            return;
        if (ks_lex_is_quote(c))
            x->draft.flags |= KS_GENERIC_KEY_QUOTED;
        x->at++;
    }
    if (ks_lex_peek(x, 0) == '&') {
        static const char *const quotes[] = {"&quot;", "&#34;", NULL};
        size_t len = ks_lex_head(x, x->at, quotes);

        if (len > 0)
            x->draft.flags |= KS_GENERIC_KEY_QUOTED;
        x->at += len;
    }
    while (ks_lex_is(x, x->at, "%5d") || ks_lex_is(x, x->at, "%22")) {
        x->draft.flags |= KS_GENERIC_IN_QUERY;
        x->at += 3;
    }
    if (x->at > x->draft.key_to && ks_lex_peek(x, 0) == '.') {
        static const char *const members[] = {".text", ".value", NULL};

        x->at += ks_lex_head(x, x->at, members);
    }
    if (ks_lex_peek(x, 0) == '[') {
        size_t at = x->at + 1;

        while (at < x->end && (ks_is_word(x->p[at])))
            at++;
        if (at < x->end && x->p[at] == ']')
            x->at = at + 1;
    }
}

bool ks_lex_operator(struct ks_lex *x)
{
    bool spaced;
    uint8_t c;

    closers(x);
    spaced = ks_lex_blanks(x);
    c = ks_lex_peek(x, 0);
    if (spaced && ks_lex_is_quote(c) &&
        (x->draft.flags & KS_GENERIC_KEY_QUOTED) != 0)
        return take(x, 0, KS_GENERIC_OP_SPACE);
    switch (c) {
    case 0:
        return false;
    case '{':
        if (!spaced && ks_lex_is_quote(ks_lex_peek(x, 1)))
            return call_operator(x);
        if (spaced && (x->draft.flags & KS_GENERIC_KEY_QUOTED) != 0 &&
            default_operator(x))
            return true;
        break;
    case 0xef: /* the wide colon of Chinese and Japanese text */
        return ks_lex_peek(x, 1) == 0xbc && ks_lex_peek(x, 2) == 0x9a &&
               take(x, 3, KS_GENERIC_OP_COLON);
    case '=':
        return equals_operator(x);
    case ':':
        return colon_operator(x);
    case ',':
        return comma_operator(x);
    case '(':
        return call_operator(x);
    case '%':
        if (!ks_lex_is(x, x->at, "%3d") && !ks_lex_is(x, x->at, "%3a"))
            return false;
        x->draft.flags |= KS_GENERIC_IN_QUERY;
        take(x, 3, KS_GENERIC_OP_ASSIGN);
        x->at += ks_lex_is(x, x->at, "+%22") ? 4 : 0; /* "key": "value" */
        return true;
    case '>':
        return take(x, 1, KS_GENERIC_OP_TAG);
    case '<':
        if (ks_lex_peek(x, 1) == '/')
            return element_operator(x);
        if (ks_lex_peek(x, 1) == '-' && ks_is_blank(ks_lex_peek(x, 2)))
            return take(x, 2, KS_GENERIC_OP_ASSIGN);
        return spaced && ks_lex_space_operator(x);
    case '!':
    case '+':
    case '?':
    case '|':
    case '-':
    case '.':
        if (compound_operator(x, c))
            return true;
        if (c == '.' && ks_lex_is(x, x->at, ". default: ")) {
            x->at++;
            return sibling_operator(x);
        }
        return spaced && (sibling_operator(x) || ks_lex_space_operator(x));
    case '\n':
    case '\r':
        return counted_operator(x) || sibling_operator(x);
    default:
        break;
    }
    if (!spaced)
        return false;
    if (in_tag(x) || ((x->draft.flags & KS_GENERIC_KEY_QUOTED) != 0 &&
                      (ks_lex_is(x, x->at, "type=\"") ||
                       ks_lex_is(x, x->at, "encoding=\""))))
        return attribute_operator(x);
    if (sibling_operator(x))
        return true;
    if (ks_is_alpha(c) || c == '[' || c == '*') {
        annotation(x);
        if (x->draft.op == KS_GENERIC_OP_ASSIGN)
            return true;
    }
    return ks_lex_space_operator(x);
}
