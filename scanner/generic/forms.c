/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates that a structure shows, not a key. */
#include "scanner/generic/lex.h"

static bool ends_url(uint8_t c)
{
    return ks_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' ||
           c == '`' || c == 0;
}

void ks_lex_key_before(struct ks_lex *x, size_t value)
{
    size_t to = value, from;

    while (to > 0 && value - to < 12 &&
           memchr(" \t\"'`=:>([{\\,", x->p[to - 1], 14) != NULL)
        to--;
    from = to;
    while (from > 0 && to - from < 48 &&
           (ks_is_word(x->p[from - 1]) || x->p[from - 1] == '-' ||
            x->p[from - 1] == '.'))
        from--;
    if (to == value || to == from)
        return;
    x->draft.key_from = (uint16_t)from;
    x->draft.key_to = (uint16_t)to;
}

/* https://token@host: a user that is a long run with a digit in it. */
static void lone_user(struct ks_lex *x, size_t from, size_t to)
{
    bool digit = false;

    for (size_t i = from; i < to; i++) {
        if (!ks_is_word(x->p[i]))
            return;
        digit = digit || ks_is_digit(x->p[i]);
    }
    if (to - from >= 20 && digit)
        ks_lex_emit(x, from, to);
}

/* scheme://user:password@host */
void ks_form_url(struct ks_lex *x, size_t hit)
{
    size_t limit = hit + 160 < x->end ? hit + 160 : x->end;
    size_t at = hit, colon = 0, last = 0;
    bool port = true; /* only digits behind the colon so far */

    for (; at < limit && !ends_url(x->p[at]); at++) {
        uint8_t c = x->p[at];

        if (c == '/' && last != 0)
            break;
        if (c == '/' && colon == 0)
            return;
        if (c == '/' && port && at > colon + 1)
            return; /* host:port/path */
        port = port && (colon == 0 || ks_is_digit(c));
        if (c == ':' && colon == 0)
            colon = at;
        if (c == '@' && colon == 0)
            break;
        if (c == '@')
            last = at;
        if (last != 0 && (c == ',' || c == '?'))
            break;
    }
    if (colon == 0 && at < limit && x->p[at] == '@') {
        lone_user(x, hit, at);
        return;
    }
    if (colon == 0 || last == 0)
        return;
    x->draft.key_from = (uint16_t)hit;
    x->draft.key_to = (uint16_t)colon;
    ks_lex_emit(x, colon + 1, last);
}

/* user:password@tcp(host) */
void ks_form_dsn(struct ks_lex *x, size_t hit, size_t len)
{
    size_t to = hit - len, from = to, colon = 0;

    while (from > 0 && to - from < 80 && !ends_url(x->p[from - 1])) {
        from--;
        if (x->p[from] == ':')
            colon = from;
    }
    if (colon == 0 || colon == from)
        return;
    x->draft.key_from = (uint16_t)from;
    x->draft.key_to = (uint16_t)colon;
    ks_lex_emit(x, colon + 1, to);
}

/* `Bearer token`, `Basic base64`: outside of a key's value as well. */
void ks_form_scheme(struct ks_lex *x, size_t hit, size_t len)
{
    size_t to = hit;

    if (hit > len && ks_is_word(x->p[hit - len - 1]))
        return;
    while (to < x->end &&
           (ks_is_base64(x->p[to]) || x->p[to] == '.' || x->p[to] == '~'))
        to++;
    if (to - hit < 6)
        return;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    x->draft.key_from = (uint16_t)(hit - len);
    x->draft.key_to = (uint16_t)(hit - 1);
    ks_lex_emit(x, hit, to);
}

/* IDENTIFIED BY 'x', IDENTIFIED WITH plugin [AS|BY] 'x' */
void ks_form_identified(struct ks_lex *x, size_t hit)
{
    size_t limit = hit + 64 < x->end ? hit + 64 : x->end;

    x->draft.key_from = (uint16_t)(hit - strlen("identified "));
    x->draft.key_to = (uint16_t)(hit - 1);
    for (size_t at = hit; at + 3 < limit; at++) {
        if (x->p[at] == '\n')
            return;
        if (ks_lex_is(x, at, "by ") || ks_lex_is(x, at, "as ")) {
            x->at = at + 3;
            if (ks_lex_is(x, x->at, "password "))
                x->at += strlen("password ");
            x->draft.op = KS_GENERIC_OP_SPACE;
            ks_lex_values(x);
            return;
        }
    }
}

static bool is_crypt_byte(uint8_t c)
{
    return ks_is_base64(c) || c == '$' || c == '.' || c == ',' || c == '}';
}

/* $2b$10$..., {SSHA}...; a salt or cost must follow. */
void ks_form_crypt(struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len, to = hit;

    while (to < x->end && is_crypt_byte(x->p[to]))
        to++;
    if (x->p[from] == '"') {
        from++; /* "md5...", as PgBouncer and PostgreSQL store it */
        if (to - hit != 32)
            return;
    }
    if (to - hit < 18 || (from > 0 && ks_is_word(x->p[from - 1])))
        return;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, to);
}

/* eyJ...: base64 of a JSON object, and what follows a dot. */
void ks_form_run(struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len, to = hit;

    if (from > 0 && ks_is_base64(x->p[from - 1]) && x->p[from - 1] != '=')
        return;
    if (memcmp(x->p + from, "eyJ", len) != 0)
        return;
    while (to < x->end && (ks_is_base64(x->p[to]) || x->p[to] == '.'))
        to++;
    if (to - hit < 20 || memchr(x->p + hit, '.', to - hit) == NULL)
        return;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, to);
}

/* The first line of a private key's body. */
void ks_form_pem(struct ks_lex *x, size_t hit)
{
    size_t limit = hit + 96 < x->end ? hit + 96 : x->end;
    size_t from = hit, to;
    size_t key = hit;

    while (from < limit && x->p[from] != '\n' && x->p[from - 1] != '-')
        from++;
    while (key > 0 && hit - key < 40 && x->p[key - 1] != '\n' &&
           x->p[key - 1] != '"')
        key--;
    while (from + 1 < limit && !ks_is_alnum(x->p[from]))
        from += x->p[from] == '\\' && x->p[from + 1] == 'n' ? 2 : 1;
    for (to = from; to < x->end && ks_is_base64(x->p[to]); to++)
        ;
    x->draft.key_from = (uint16_t)key;
    x->draft.key_to = (uint16_t)hit;
    if (to - from >= 16)
        ks_lex_emit(x, from, to);
}

/* Emits the value of the one-letter member at `at`, if it is a long one. */
static void jwk_member(struct ks_lex *x, size_t at)
{
    size_t from = at + 1, to;

    while (from < x->end && from < at + 8 && !ks_is_alnum(x->p[from]))
        from++;
    for (to = from; to < x->end && ks_is_base64(x->p[to]); to++)
        ;
    if (to - from < 16)
        return;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    x->draft.key_from = (uint16_t)at;
    x->draft.key_to = (uint16_t)(at + 1);
    ks_lex_emit(x, from, to);
}

/* "d": and "k": with a long value, where `kty` stands too far away. */
void ks_form_member(struct ks_lex *x, size_t hit, size_t len)
{
    size_t at = hit - len;

    while (at < hit && !ks_is_alpha(x->p[at]))
        at++;
    jwk_member(x, at);
}

/* `k` of a symmetric key, `d` of a private one, in the object around `kty`. */
void ks_form_jwk(struct ks_lex *x, size_t hit)
{
    size_t from = hit, to = hit;

    while (from > 0 && x->p[from - 1] != '{' && x->p[from - 1] != '}')
        from--;
    while (to < x->end && x->p[to] != '}' && x->p[to] != '{')
        to++;
    for (size_t at = from; at + 4 < to; at++) {
        uint8_t before = at > 0 ? x->p[at - 1] : '\n';

        if ((x->p[at] == 'k' || x->p[at] == 'd') && !ks_is_word(before) &&
            !ks_is_word(x->p[at + 1]))
            jwk_member(x, at);
    }
}

/* host:port:database:user:password: the last field, two behind `:*:`, three
 * behind a port. */
void ks_form_pgpass(struct ks_lex *x, size_t hit)
{
    size_t at = hit, from = hit, colons = x->p[hit - 2] == '*' ? 1 : 0;

    if (colons == 1 && ks_lex_is(x, hit, "*:"))
        return;
    for (size_t i = hit; i > 0 && x->p[i - 1] != '\n'; i--) {
        if (ks_is_blank(x->p[i - 1]) || x->p[i - 1] == '|')
            return;
    }
    for (; at < x->end && x->p[at] != '\n' && x->p[at] != '\r'; at++) {
        if ((ks_is_blank(x->p[at]) && colons < 2) || x->p[at] == '/' ||
            x->p[at] == '"')
            return;
        if (x->p[at] == ':' && colons < 3) {
            colons++;
            from = at + 1;
        }
    }
    if (colons == 2)
        ks_lex_emit(x, from, at);
}

/* A private key's DER without armour: the head of an RSA or EC key, in base64,
 * `back` bytes behind its first byte. */
void ks_form_der(struct ks_lex *x, size_t hit, size_t len)
{
    size_t back = x->p[hit - 1] == 'G' ? 4 : 6, from, to = hit;

    if (hit - len < back)
        return;
    from = hit - len - back;
    if (memcmp(x->p + from, "MI", 2) != 0 ||
        (from > 0 && (x->p[from - 1] == '\n' || x->p[from - 1] == 'n')))
        return; /* the first line of a PEM block, which has its own form */
    while (to < x->end && ks_is_base64(x->p[to]))
        to++;
    if (to - from < 80)
        return;
    if (to == x->end && !x->whole)
        x->draft.flags |= KS_GENERIC_CUT;
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, to);
}

/* name.s3.amazonaws.com: the host that the hit ends. */
void ks_form_host(struct ks_lex *x, size_t hit, size_t len)
{
    size_t from = hit - len;

    while (from > 0 && (ks_is_word(x->p[from - 1]) || x->p[from - 1] == '-' ||
                        x->p[from - 1] == '.'))
        from--;
    if (hit - len - from < 3 || (hit < x->end && ks_is_alnum(x->p[hit])))
        return;
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, hit);
}

/* Four letters of an identifier, upper case: AIDA..., AROA... */
void ks_form_id(struct ks_lex *x, size_t hit)
{
    size_t from = hit, to = hit;

    while (from > 0 && ks_is_alnum(x->p[from - 1]))
        from--;
    while (to < x->end && ks_is_alnum(x->p[to]))
        to++;
    for (size_t i = from; i < to; i++) {
        if (ks_is_lower(x->p[i]))
            return;
    }
    if (to - from < 16 || to - from > 24)
        return;
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, to);
}

void ks_form_uuid(struct ks_lex *x, size_t hit)
{
    static const uint8_t dashes[] = {8, 13, 18, 23};
    size_t from = hit - 36, d = 0;

    if (hit < 36 || (hit < x->end && ks_is_alnum(x->p[hit])) ||
        (from > 0 && (ks_is_alnum(x->p[from - 1]) || x->p[from - 1] == '-')))
        return;
    for (size_t i = 0; i < 36; i++) {
        if (d < sizeof(dashes) && i == dashes[d]) {
            if (x->p[from + i] != '-')
                return;
            d++;
        } else if (!ks_is_hex(x->p[from + i])) {
            return;
        }
    }
    ks_lex_key_before(x, from);
    ks_lex_emit(x, from, hit);
}
