/* SPDX-License-Identifier: Apache-2.0 */
/* The place of a value that a rule's own pattern found. */
#include "scanner/generic/keywords.h"
#include "scanner/generic/lex.h"

/* Offset behind the `://` of the URL that the value is the password of, or 0.
 */
static size_t url_start(const struct ks_lex *x, size_t from, size_t to)
{
    size_t at = from;

    if (to >= x->end || x->p[to] != '@' || from == 0 || x->p[from - 1] != ':')
        return 0;
    while (at >= 3 && from - at < 80 && !ks_is_space(x->p[at - 1])) {
        if (memcmp(x->p + at - 3, "://", 3) == 0)
            return at;
        at--;
    }
    return 0;
}

static uint8_t operator_of(uint8_t c)
{
    switch (c) {
    case '=':
        return KS_GENERIC_OP_ASSIGN;
    case ':':
        return KS_GENERIC_OP_COLON;
    case ',':
        return KS_GENERIC_OP_COMMA;
    case '(':
        return KS_GENERIC_OP_CALL;
    case '>':
        return KS_GENERIC_OP_TAG;
    default:
        return KS_GENERIC_OP_NONE;
    }
}

/* Operator and quotes between the draft's key and the value. */
static void between(struct ks_lex *x, size_t from)
{
    if (from > 0 && ks_lex_is_quote(x->p[from - 1]))
        x->draft.quote = ks_lex_quote_kind(x->p[from - 1]);
    if (ks_lex_is_quote(x->p[x->draft.key_to]))
        x->draft.flags |= KS_GENERIC_KEY_QUOTED;
    for (size_t i = x->draft.key_to; i < from; i++) {
        if (x->draft.op == KS_GENERIC_OP_NONE)
            x->draft.op = operator_of(x->p[i]);
    }
    if (x->draft.op == KS_GENERIC_OP_NONE)
        x->draft.op = KS_GENERIC_OP_SPACE;
}

void ks_lex_place(struct ks_lex *x, size_t from, size_t to)
{
    size_t url = url_start(x, from, to);

    if (url != 0) {
        x->draft.form = KS_GENERIC_URL;
        x->draft.key_from = (uint16_t)url;
        x->draft.key_to = (uint16_t)(from - 1);
        return;
    }
    x->draft.form = KS_GENERIC_RUN;
    ks_lex_key_before(x, from);
    if (x->draft.key_to > x->draft.key_from) {
        x->draft.form = KS_GENERIC_WORD;
        between(x, from);
    }
}
