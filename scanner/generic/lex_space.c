/* SPDX-License-Identifier: Apache-2.0 */
/* `key value`: a value behind nothing but a blank. */
#include "scanner/generic/lex.h"

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

/* `to pass VALUE as a header`, `a secret vow."`: a verb or noun among words. */
static bool is_prose(const struct ks_lex *x)
{
    static const char *const words[] = {"pass", "secret", "token", NULL};
    size_t from = x->draft.key_from, at = x->at;

    if (!ks_lex_is_one(x, from, x->draft.key_to, words) || from < 2 ||
        x->p[from - 1] != ' ' || !ks_is_alpha(x->p[from - 2]))
        return false;
    while (at < x->end && ks_is_lower(x->p[at]))
        at++;
    if (at > x->at && at < x->end && x->p[at] != 0 &&
        strchr("\"'.,;:!?", x->p[at]) != NULL)
        return true;
    while (at < x->end && !ks_is_space(x->p[at]))
        at++;
    return at + 1 < x->end && x->p[at] == ' ' && ks_is_lower(x->p[at + 1]);
}

/* `a=password b=c`, `@PASSWORD b`: the key's letters are a value themselves. */
static bool is_value(const struct ks_lex *x)
{
    uint8_t before = x->draft.key_from > 0 ? x->p[x->draft.key_from - 1] : 0;

    return before == '=' || before == '@' || before == '$';
}

/* Whether the key alone says that a value may follow without an operator. */
static bool is_bare_name(const struct ks_lex *x)
{
    static const char *const names[] = {
        "password", "passwd",     "pass",     "secret",
        "token",    "passphrase", "identify", "convertto-securestring",
        "psk",      "eap",        NULL};
    size_t from = x->draft.key_from;

    if (ends_name(x, "-digest-key") && ks_is_digit(ks_lex_peek(x, 0)))
        return true;
    if (ends_name(x, "-password") || ends_name(x, "-digest-key"))
        return is_last_word(x);
    if (ks_lex_is(x, x->at, "sha ") || ks_lex_is(x, x->at, "md5 "))
        return true; /* SNMPv3's `auth sha value` */
    return ks_lex_is_one(x, from, x->draft.key_to, names) && !is_prose(x) &&
           !is_value(x);
}

bool ks_lex_space_operator(struct ks_lex *x)
{
    static const char *const programs[] = {"salt", NULL};
    uint8_t c = ks_lex_peek(x, 0);

    if (c == 0 || c == '\n' || c == '\r' ||
        ks_lex_is_one(x, x->draft.key_from, x->draft.key_to, programs))
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
