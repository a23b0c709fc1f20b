/* SPDX-License-Identifier: Apache-2.0 */
/* From a keyword to the operator behind its identifier. */
#include "scanner/generic/keywords.h"
#include "scanner/generic/lex.h"

/* Longest identifier looked at on either side of a keyword, in bytes. */
#define KEY_REACH 64u

static bool is_closer(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`' || c == ']' || c == ')' ||
           c == '\\' || c == '*' || c == '}' || c == '?';
}

/* Whether only blanks and comment or diff marks stand between line and key. */
static bool at_line_start(const struct ks_lex *x, size_t from)
{
    while (from > 0 && x->p[from - 1] != '\n') {
        uint8_t c = x->p[from - 1];

        if (!ks_is_blank(c) && c != '+' && c != '-' && c != '#' && c != ';' &&
            c != '/' && c != '*' && c != '>')
            return false;
        from--;
    }
    return true;
}

/* Whether a shell's or Dockerfile's word for assignment stands before. */
static bool behind_command(const struct ks_lex *x, size_t from)
{
    static const char *const words[] = {"env",    "arg",   "set",    "setenv",
                                        "export", "def",   "define", "config",
                                        "header", "param", NULL};
    size_t to = from;

    while (to > 0 && ks_is_blank(x->p[to - 1]))
        to--;
    from = to;
    while (from > 0 && ks_is_alpha(x->p[from - 1]))
        from--;
    return ks_lex_is_one(x, from, to, words);
}

static bool ends_name(const struct ks_lex *x, const char *tail)
{
    size_t len = (size_t)x->draft.key_to - x->draft.key_from;

    return len > strlen(tail) &&
           ks_lex_is(x, x->draft.key_to - strlen(tail), tail);
}

/* Whether a string, or one more word but no option, ends the line. */
static bool is_last_word(const struct ks_lex *x)
{
    size_t at = x->at;

    if (ks_lex_is_quote(x->p[at]))
        return true;
    while (at < x->end && !ks_is_space(x->p[at]))
        at++;
    while (at < x->end && ks_is_blank(x->p[at]))
        at++;
    return (at >= x->end || x->p[at] == '\n' || x->p[at] == '\r') &&
           x->p[x->at] != '-';
}

/* Whether the key alone says that a value may follow without an operator. */
static bool is_bare_name(const struct ks_lex *x)
{
    static const char *const names[] = {
        "password", "passwd",     "pass",     "secret",
        "token",    "passphrase", "identify", "convertto-securestring",
        "psk",      "eap",        NULL};
    size_t from = x->draft.key_from;

    if (ends_name(x, "-password") || ends_name(x, "-digest-key"))
        return is_last_word(x);
    if (ks_lex_is(x, x->at, "sha ") || ks_lex_is(x, x->at, "md5 "))
        return true; /* SNMPv3's `auth sha value` */

    return ks_lex_is_one(x, from, x->draft.key_to, names);
}

/* `key value`: only where a configuration file or a command would say it. */
static bool space_operator(struct ks_lex *x)
{
    uint8_t c = ks_lex_peek(x, 0);

    if (c == 0 || c == '\n' || c == '\r')
        return false;
    if ((x->draft.flags & KS_GENERIC_CLI_FLAG) == 0 &&
        !at_line_start(x, x->draft.key_from) &&
        !behind_command(x, x->draft.key_from) && !is_bare_name(x))
        return false;
    if (ks_lex_is(x, x->at, "is ") || ks_lex_is(x, x->at, "to "))
        x->at += 3;
    x->draft.op = KS_GENERIC_OP_SPACE;
    return true;
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

static bool colon_operator(struct ks_lex *x)
{
    uint8_t next = ks_lex_peek(x, 1);

    if (next == ':')
        return ks_lex_peek(x, 2) == ' ' && take(x, 2, KS_GENERIC_OP_COLON);
    if (next == '=')
        return take(x, 2, KS_GENERIC_OP_ASSIGN);
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

static bool call_operator(struct ks_lex *x)
{
    return take(x, 1, KS_GENERIC_OP_CALL);
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
        return take(x, 3, KS_GENERIC_OP_ASSIGN);
    case '>':
        return take(x, 1, KS_GENERIC_OP_TAG);
    case '<':
        if (ks_lex_peek(x, 1) == '/')
            return element_operator(x);
        if (ks_lex_peek(x, 1) == '-' && ks_is_blank(ks_lex_peek(x, 2)))
            return take(x, 2, KS_GENERIC_OP_ASSIGN);
        return spaced && space_operator(x);
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
        return spaced && (sibling_operator(x) || space_operator(x));
    case '\n':
    case '\r':
        return sibling_operator(x);
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
    return space_operator(x);
}

static bool is_key_byte(uint8_t c)
{
    return ks_is_word(c) || c == '-' || c == '.';
}

/* Sets the draft's key: the identifier around the keyword's letters. */
static void widen(struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len, to = hit;
    size_t low = from > KEY_REACH ? from - KEY_REACH : 0;
    size_t high = hit + KEY_REACH < x->end ? hit + KEY_REACH : x->end;

    while (to > from + 1 && !ks_is_word(x->p[to - 1]))
        to--;
    if (to == hit) {
        while (to < high && (ks_is_word(x->p[to]) ||
                             ((x->p[to] == '-' || x->p[to] == '.') &&
                              to + 1 < high && ks_is_alnum(x->p[to + 1]))))
            to++;
    }
    if (to == hit && ks_lex_is(x, to, "\xc3\xb1")) /* contraseña */
        to += to + 2 < high && x->p[to + 2] == 'a' ? 3 : 2;
    while (from > low && is_key_byte(x->p[from - 1]))
        from--;
    while (from < to && !ks_is_word(x->p[from])) {
        if (x->p[from] == '-')
            x->draft.flags |= KS_GENERIC_CLI_FLAG;
        from++;
    }
    x->draft.key_from = (uint16_t)from;
    x->draft.key_to = (uint16_t)to;
    if (from > 0 && (x->p[from - 1] == '?' || x->p[from - 1] == '&'))
        x->draft.flags |= KS_GENERIC_IN_QUERY;
}

/* Words that only look like a keyword: author, authority (not authorize), and
 * names that end in api. */
static bool is_lookalike(const struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len;

    if (len == 4 && ks_lex_is(x, from, "author"))
        return !ks_lex_is(x, hit, "oriz") && !ks_lex_is(x, hit, "oris");
    if (len == 4 && ks_lex_is(x, from, "api"))
        return from > 0 && ks_is_alpha(x->p[from - 1]) &&
               !ks_is_upper(x->p[from]);
    return false;
}

/* Whether the key is one of a list of names, whose values are listed, too. */
static bool by_place(struct ks_lex *x)
{
    size_t from = x->draft.key_from, at = x->at;

    while (at < x->end && (ks_lex_is_quote(x->p[at]) || x->p[at] == ' '))
        at++;
    switch (at < x->end ? x->p[at] : 0) {
    case ',':
        return ks_lex_tuple(x) || ks_lex_insert(x) || ks_lex_table(x);
    case ')':
        return ks_lex_insert(x);
    case '\t':
    case ';':
    case '|':
    case '\r':
    case '\n':
        return ks_lex_table(x);
    case '=':
    case ':':
        return from > 1 && x->p[from - 1] == ' ' && x->p[from - 2] == ',' &&
               ks_lex_tuple(x);
    default:
        return false;
    }
}

void ks_form_word(struct ks_lex *x, size_t hit, size_t len)
{
    if (is_lookalike(x, hit, len))
        return;
    widen(x, hit, len);
    x->at = x->draft.key_to;
    if (by_place(x))
        return;
    x->at = x->draft.key_to;
    x->draft.op = KS_GENERIC_OP_NONE;
    if (ks_lex_operator(x))
        ks_lex_values(x);
}
