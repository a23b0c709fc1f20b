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

/* sha512-..., as lock files and pages tell what they expect. */
static bool is_integrity(const uint8_t *p, size_t len)
{
    static const char *const heads[] = {"sha1-", "sha256-", "sha384-",
                                        "sha512-"};

    for (size_t i = 0; p[0] == 's' && i < sizeof(heads) / sizeof(heads[0]);
         i++) {
        size_t head = strlen(heads[i]);

        if (len >= head + 28 && memcmp(p, heads[i], head) == 0)
            return true;
    }
    return false;
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
    if (one_byte_repeated(x->p + from, to - from) ||
        is_masked(x->p + from, to - from) ||
        is_template(x->p + from, to - from) ||
        is_integrity(x->p + from, to - from))
        return;
    c = &x->out[x->count++];
    *c = x->draft;
    c->value_from = (uint16_t)from;
    c->value_to = (uint16_t)to;
    x->draft.nth++;
}
