/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose arguments are known by their place. */
#include "scanner/generic/lex.h"

/* Functions that take a password, and which of their arguments it is. */
static const struct {
    const char *head; /* lower case, up to the bracket */
    uint8_t argument; /* from 0 */
} calls[] = {
    {"mysql_connect(", 2},
    {"mysqli_connect(", 2},
    {"pdo(", 2},
    {"mysqli(", 2},
    {"getconnection(", 2},
    {"networkcredential(", 1},
    {"ftp_login(", 2},
    {".login(", 1},
    {"ldap_bind(", 2},
    {"imap_open(", 2},
    {"real_connect(", 2},
    {"dbi->connect(", 2},
    {"sequelize(", 2},
    {"basicauth(", 1},
    {"basic_auth(", 1},
    {"plainauth(", 2},
    {"simple_bind_s(", 1},
    {"sp_addlogin ", 1},
    {"fernet(", 0},
    {"createhmac(", 1},
    {"usernamepasswordcredentials(", 1},
    {"passwordauthentication(", 1},
    {".unauthenticated(", 1},
    {".authenticated(", 1},
};

/* Moves over one argument and its comma; false at the end of the list. */
static bool skip_argument(struct ks_lex *x)
{
    uint8_t quote = 0;

    for (; x->at < x->end && x->p[x->at] != '\n'; x->at++) {
        uint8_t c = x->p[x->at];

        if (quote != 0 && c == '\\')
            x->at++;
        else if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (ks_lex_is_quote(c))
            quote = c;
        else if (c == '(' || c == ')' || c == ';')
            return false;
        else if (c == ',') {
            x->at++;
            return true;
        }
    }
    return false;
}

void ks_form_call(struct ks_lex *x, size_t hit, size_t len)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if ((uint8_t)calls[i].head[0] != ks_to_lower(x->p[hit - len]) ||
            len != strlen(calls[i].head) ||
            !ks_lex_is(x, hit - len, calls[i].head))
            continue;
        x->draft.key_from = (uint16_t)(hit - len);
        x->draft.key_to = (uint16_t)(hit - 1);
        x->draft.op = KS_GENERIC_OP_CALL;
        x->at = hit;
        if (ks_lex_is(x, x->draft.key_from >= 6 ? hit - len - 6 : hit,
                      "mysql_"))
            skip_argument(x); /* of the C library, with a handle in front */
        for (uint8_t n = 0; n < calls[i].argument; n++) {
            if (!skip_argument(x))
                return;
        }
        while (x->at < x->end && ks_is_space(x->p[x->at]))
            x->at++;
        if (ks_lex_is(x, x->at, "some(")) /* Rust's Some("...") */
            x->at += strlen("some(");
        if (ks_is_alpha(ks_lex_peek(x, 0)) &&
            ks_lex_is_quote(ks_lex_peek(x, 1))) /* b"..." */
            x->at++;
        ks_lex_string(x);
        return;
    }
}
