/* SPDX-License-Identifier: Apache-2.0 */
/* From a keyword to the identifier around it, and on to its values. */
#include "scanner/generic/keywords.h"
#include "scanner/generic/lex.h"

/* Longest identifier looked at on either side of a keyword, in bytes. */
#define KEY_REACH 64u

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

/* encryptedKey, encrypted_key: what another key has to open first. */
static bool is_wrapped_key(const struct ks_lex *x, size_t from)
{
    static const char *const names[] = {"encryptedkey", "encrypted_key",
                                        "encrypted-key"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t head = strlen(names[i]) - strlen("key");

        if (from >= head && ks_lex_is(x, from - head, names[i]))
            return true;
    }
    return false;
}

/* Words that only look like a keyword: author, authority (not authorize), and
 * names that end in api. */
static bool is_lookalike(const struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len;

    if (len == 4 && ks_lex_is(x, from, "author"))
        return !ks_lex_is(x, hit, "oriz") && !ks_lex_is(x, hit, "oris");
    if (ks_lex_is(x, from, "secret:")) /* arn:aws:secretsmanager:...:secret: */
        return from > 0 && x->p[from - 1] == ':';
    if (ks_lex_is(x, from, "key"))
        return is_wrapped_key(x, from);
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
