/* SPDX-License-Identifier: Apache-2.0 */
/* Values between marks that are no quotes. */
#include "scanner/generic/lex.h"

/* OpenVPN's <auth-user-pass>: the user on a line, the password on the next. */
static bool second_line(struct ks_lex *x, size_t at)
{
    const uint8_t *p = x->p;
    const uint8_t *from, *to;

    from = at < x->end ? memchr(p + at, '\n', x->end - at) : NULL;
    if (from == NULL || ++from >= p + x->end || *from == '<' ||
        ks_is_space(*from))
        return false;
    to = memchr(from, '\n', x->end - (size_t)(from - p));
    if (to == NULL || to + 1 >= p + x->end || to[1] != '<')
        return false;
    ks_lex_emit(x, (size_t)(from - p), (size_t)(to - p));
    return true;
}

void ks_lex_element(struct ks_lex *x)
{
    size_t from = x->at, to;

    if (ks_lex_is(x, from, "<![cdata["))
        from += strlen("<![cdata[");
    else if (ks_lex_is(x, from, "<value>") || ks_lex_is(x, from, "<string>"))
        from +=
            ks_lex_is(x, from, "<v") ? strlen("<value>") : strlen("<string>");
    if ((x->draft.flags & KS_GENERIC_NEXT_LINE) != 0 && second_line(x, from))
        return;
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

bool ks_lex_quote_like(struct ks_lex *x)
{
    static const char opens[] = "{([<", closes[] = "})]>";
    size_t at = x->at, from;
    const char *open;

    while (at < x->end && at < x->at + 2 && x->p[at] == 'q')
        at++;
    open = at > x->at && at < x->end && x->p[at] != 0 ? strchr(opens, x->p[at])
                                                      : NULL;
    if (open == NULL)
        return false;
    from = ++at;
    while (at < x->end && x->p[at] != (uint8_t)closes[open - opens] &&
           x->p[at] != '\n')
        at++;
    x->draft.quote = KS_GENERIC_SINGLE;
    if (at < x->end && x->p[at] != '\n')
        ks_lex_emit(x, from, at);
    return true;
}

bool ks_lex_scheme(struct ks_lex *x)
{
    size_t at = x->at + 1, to;

    while (at < x->end && (ks_is_upper(x->p[at]) || ks_is_digit(x->p[at])))
        at++;
    if (at < x->at + 3 || at >= x->end || x->p[at] != '}')
        return false;
    for (to = ++at; to < x->end && ks_is_base64(x->p[to]); to++)
        ;
    if (to - at < 16)
        return false;
    x->draft.quote = KS_GENERIC_BARE;
    ks_lex_emit(x, x->at, to);
    return true;
}
