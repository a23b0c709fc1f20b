/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/candidate.h"

#include "scanner/generic/keywords.h"
#include "scanner/generic/lex.h"

static void look(struct ks_lex *x, const struct ks_generic_keyword *k,
                 size_t hit)
{
    switch ((enum ks_generic_form)k->form) {
    case KS_GENERIC_WORD:
        ks_form_word(x, hit, k->len);
        break;
    case KS_GENERIC_URL:
        ks_form_url(x, hit);
        break;
    case KS_GENERIC_SCHEME:
        ks_form_scheme(x, hit, k->len);
        break;
    case KS_GENERIC_IDENTIFIED:
        ks_form_identified(x, hit);
        break;
    case KS_GENERIC_CRYPT:
        ks_form_crypt(x, hit, k->len);
        break;
    case KS_GENERIC_RUN:
        ks_form_run(x, hit, k->len);
        break;
    case KS_GENERIC_PEM:
        ks_form_pem(x, hit);
        break;
    case KS_GENERIC_JWK:
        ks_form_jwk(x, hit);
        break;
    case KS_GENERIC_PGPASS:
        ks_form_pgpass(x, hit);
        break;
    case KS_GENERIC_COMMAND:
        ks_form_command(x, hit, k->len);
        break;
    case KS_GENERIC_PIPE:
        ks_form_pipe(x, hit, k->len);
        break;
    case KS_GENERIC_TAIL:
        ks_form_tail(x, hit, k->len);
        break;
    case KS_GENERIC_DER:
        ks_form_der(x, hit, k->len);
        break;
    case KS_GENERIC_HOST:
        ks_form_host(x, hit, k->len);
        break;
    case KS_GENERIC_ID:
        ks_form_id(x, hit);
        break;
    case KS_GENERIC_DSN:
        ks_form_dsn(x, hit, k->len);
        break;
    case KS_GENERIC_CALL:
        ks_form_call(x, hit, k->len);
        break;
    case KS_GENERIC_INSERT:
        ks_form_insert(x, hit);
        break;
    case KS_GENERIC_MEMBER:
        ks_form_member(x, hit, k->len);
        break;
    case KS_GENERIC_UUID:
        ks_form_uuid(x, hit);
        break;
    }
}

size_t ks_generic_candidates(struct ks_generic_candidate *out, size_t cap,
                             const struct ks_generic_window *window, size_t hit,
                             unsigned keyword)
{
    size_t count;
    const struct ks_generic_keyword *k = ks_generic_keywords(&count);
    struct ks_lex x = {
        .p = window->text.ptr,
        .end = window->text.len,
        .at = hit,
        .whole = window->at_end,
        .out = out,
        .cap = cap < KS_GENERIC_CANDIDATES ? cap : KS_GENERIC_CANDIDATES,
    };

    if (keyword >= count || hit > x.end ||
        hit < (k[keyword].pattern ? 0u : k[keyword].len))
        return 0;
    x.draft.keyword = (uint8_t)keyword;
    x.draft.form = k[keyword].form;
    look(&x, &k[keyword], hit);
    return x.count;
}
