/* SPDX-License-Identifier: Apache-2.0 */
/* What is plainly no value is no candidate. */
#include "scanner/generic/lex.h"

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
    return (memchr(p, '*', len) != NULL && memmem(p, len, "****", 4) != NULL) ||
           (memchr(p, 0xe2, len) != NULL &&
            memmem(p, len, "\xe2\x80\xa2\xe2\x80\xa2", 6) != NULL);
}

/* eyJh...0M30: somebody has cut it. */
static bool is_cut(const uint8_t *p, size_t len)
{
    return (memchr(p, '.', len) != NULL && memmem(p, len, "...", 3) != NULL) ||
           (memchr(p, 0xe2, len) != NULL &&
            memmem(p, len, "\xe2\x80\xa6", 3) != NULL);
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

/* sha512-..., as lock files and pages tell what they expect, and SHA256:..., as
 * ssh calls a key. */
static bool is_integrity(const uint8_t *p, size_t len)
{
    static const char *const heads[] = {"sha1-", "sha256-", "sha384-",
                                        "sha512-", "SHA256:"};

    for (size_t i = 0;
         (p[0] | 32) == 's' && i < sizeof(heads) / sizeof(heads[0]); i++) {
        size_t head = strlen(heads[i]);

        if (len >= head + 28 && memcmp(p, heads[i], head) == 0)
            return true;
    }
    return false;
}

/* [A-Za-z0-9_], as patterns of input have it: two ranges or more. */
static bool is_pattern(const uint8_t *p, size_t len)
{
    unsigned ranges = 0;

    for (size_t i = 1; i + 1 < len; i++) {
        if (p[i] == '-' && ((p[i - 1] == 'a' && p[i + 1] == 'z') ||
                            (p[i - 1] == 'A' && p[i + 1] == 'Z') ||
                            (p[i - 1] == '0' && p[i + 1] == '9')))
            ranges++;
    }
    return ranges > 1;
}

/* #123, as issues and anchors are called. */
static bool is_issue(const uint8_t *p, size_t len)
{
    for (size_t i = 1; p[0] == '#' && i < len; i++) {
        if (!ks_is_digit(p[i]))
            return false;
    }
    return p[0] == '#';
}

/* node.db.example.org:27017, localhost:80: a host and its port. */
static bool is_address(const uint8_t *p, size_t len)
{
    size_t to = len, dots = 0;

    while (to > 0 && ks_is_digit(p[to - 1]))
        to--;
    if (len - to < 2 || len - to > 5 || to < 2 || p[--to] != ':' ||
        !ks_is_alpha(p[to - 1]))
        return false;
    for (size_t i = 0; i < to; i++) {
        if (!ks_is_alnum(p[i]) && p[i] != '.' && p[i] != '-')
            return false;
        dots += p[i] == '.';
    }
    return dots > 1 ||
           (to == strlen("localhost") && memcmp(p, "localhost", to) == 0);
}

/* 192.0.2.7, fe80::1c9a:7cfd, 00:16:3e:5f:a1:07: groups of digits. */
static bool is_digit_groups(const uint8_t *p, size_t len)
{
    size_t colons = 0, dots = 0, group = 0;

    for (size_t i = 0; i < len; i++) {
        if (p[i] == ':' || p[i] == '.') {
            colons += p[i] == ':';
            dots += p[i] == '.';
            group = 0;
        } else if (!ks_is_hex(p[i]) || ++group > 4) {
            return false;
        } else if (dots > 0 && !ks_is_digit(p[i])) {
            return false;
        }
    }
    return dots == 0 ? colons > 3 && colons < 8 : dots == 3 && colons == 0;
}

/* 0x52e: a number of at most 32 bits. */
static bool is_number(const uint8_t *p, size_t len)
{
    for (size_t i = 2; i < len; i++) {
        if (!ks_is_hex(p[i]))
            return false;
    }
    return len > 2 && len <= 10 && p[0] == '0' && p[1] == 'x';
}

/* wJalrXUtEXAMPLEKEY: long values that say so in capitals, as manuals do. */
static bool is_example(const uint8_t *p, size_t len)
{
    return len >= 16 && memmem(p, len, "EXAMPLE", 7) != NULL;
}

/* What has a form of its own that no secret has. */
static bool is_known(const uint8_t *p, size_t len)
{
    return one_byte_repeated(p, len) || is_masked(p, len) || is_cut(p, len) ||
           is_template(p, len) || is_integrity(p, len) || is_pattern(p, len) ||
           is_issue(p, len) || is_address(p, len) || is_digit_groups(p, len) ||
           is_number(p, len) || is_example(p, len);
}

void ks_lex_emit(struct ks_lex *x, size_t from, size_t to)
{
    struct ks_generic_candidate *c;

    while (to > from && ks_is_space(x->p[to - 1]))
        to--;
    while (from < to && ks_is_space(x->p[from]))
        from++;
    if (to - from < KS_LEX_MIN_VALUE || x->count == x->cap)
        return;
    if (is_known(x->p + from, to - from))
        return;
    c = &x->out[x->count++];
    *c = x->draft;
    c->value_from = (uint16_t)from;
    c->value_to = (uint16_t)to;
    x->draft.nth++;
}
