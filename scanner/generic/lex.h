/* SPDX-License-Identifier: Apache-2.0 */
/* lex.h: the forward lexer behind a key; internal to scanner/generic. */
#ifndef KS_SCANNER_GENERIC_LEX_H
#define KS_SCANNER_GENERIC_LEX_H

#include "scanner/generic/candidate.h"
#include "scanner/generic/chars.h"

#include <string.h>

/* Fewer bytes are no value. */
#define KS_LEX_MIN_VALUE 3u

/* A walk through one window, and the candidates it has found. */
struct ks_lex {
    const uint8_t *p;                  /* the window's bytes */
    size_t end;                        /* their number */
    size_t at;                         /* next byte to read */
    bool whole;                        /* the window ends where the blob does */
    struct ks_generic_candidate draft; /* what is known of the next one */
    struct ks_generic_candidate *out;
    size_t cap, count;
};

/* The byte `ahead` bytes on; 0 behind the window. */
static inline uint8_t ks_lex_peek(const struct ks_lex *x, size_t ahead)
{
    return x->at + ahead < x->end ? x->p[x->at + ahead] : 0;
}

/* Whether the string stands at `at`, ASCII case ignored; `word` is lower. */
static inline bool ks_lex_is(const struct ks_lex *x, size_t at,
                             const char *word)
{
    for (; *word != 0; word++, at++) {
        if (at >= x->end || ks_to_lower(x->p[at]) != (uint8_t)*word)
            return false;
    }
    return true;
}

/* Whether [from, to) is one of the words, ASCII case ignored; NULL ends them.
 */
static inline bool ks_lex_is_one(const struct ks_lex *x, size_t from, size_t to,
                                 const char *const *words)
{
    uint8_t first = from < to ? ks_to_lower(x->p[from]) : 0;

    for (; *words != NULL; words++) {
        if ((uint8_t) * *words == first && strlen(*words) == to - from &&
            ks_lex_is(x, from, *words))
            return true;
    }
    return false;
}

/* Length of the first of the words that stands at `at`, 0 for none. */
static inline size_t ks_lex_head(const struct ks_lex *x, size_t at,
                                 const char *const *words)
{
    uint8_t first = at < x->end ? ks_to_lower(x->p[at]) : 0;

    for (; *words != NULL; words++) {
        if ((uint8_t) * *words == first && ks_lex_is(x, at, *words))
            return strlen(*words);
    }
    return 0;
}

static inline bool ks_lex_is_quote(uint8_t c)
{
    return c == '"' || c == '\'' || c == '`';
}

/* Moves over blanks. Returns whether there were any. */
static inline bool ks_lex_blanks(struct ks_lex *x)
{
    size_t from = x->at;

    while (x->at < x->end && ks_is_blank(x->p[x->at]))
        x->at++;
    return x->at > from;
}

/*
 * Adds the bytes [from, to) as a value, unless they plainly cannot be one:
 * too short, one byte repeated, a template's variable.
 */
void ks_lex_emit(struct ks_lex *x, size_t from, size_t to);

/* The enum ks_generic_quote of a quote. */
uint8_t ks_lex_quote_kind(uint8_t c);

/* Length of the escaped quote (\" or &quot;) at `at`, 0 if there is none. */
size_t ks_lex_escaped_quote(const struct ks_lex *x, size_t at);

/* Reads and emits the string at x->at. False if none stands there. */
bool ks_lex_string(struct ks_lex *x);

/* Emits the string literals in the rest of the line's expression. */
void ks_lex_strings(struct ks_lex *x);

/* Emits the value at x->at that has no quotes; `tight`: no blank before it. */
void ks_lex_bare(struct ks_lex *x, bool tight);

/*
 * Whether the bytes before `to` are a call whose first argument is no value: it
 * takes a text apart or looks for one in it (key.split), or names a user.
 */
bool ks_lex_is_other_call(const struct ks_lex *x, size_t to);

/* The text of an element, up to the next tag; <Value> and <string> opened. */
void ks_lex_element(struct ks_lex *x);

/* Perl's q{value} and qq(value); false, with nothing emitted: none is here. */
bool ks_lex_quote_like(struct ks_lex *x);

/* {AES}base64, with the braces: a value without quotes. False: none is here. */
bool ks_lex_scheme(struct ks_lex *x);

/* Reads what stands behind an operator and emits its values. */
void ks_lex_values(struct ks_lex *x);

/* Reads closers, annotation and operator behind an identifier; false: none. */
bool ks_lex_operator(struct ks_lex *x);

/* `key value`: only where a configuration file or a command would say it. */
bool ks_lex_space_operator(struct ks_lex *x);

/*
 * `a, key = x, y`: reads the value at the key's place. False, with nothing
 * emitted, if no such list is there.
 */
bool ks_lex_tuple(struct ks_lex *x);

/* INSERT ... (a, key) VALUES (x, y): the same for the key's column. */
bool ks_lex_insert(struct ks_lex *x);

/* A head line of names, by commas, tabs or bars, and rows under it. */
bool ks_lex_table(struct ks_lex *x);

/* Sets the draft's key to the identifier that `value` is assigned to, if any.
 */
void ks_lex_key_before(struct ks_lex *x, size_t value);

/*
 * Describes in the draft, as the lexer would have, how the value [from, to)
 * that somebody else found stands in the window: form, key, operator, quote.
 */
void ks_lex_place(struct ks_lex *x, size_t from, size_t to);

/* One function a form (see keywords.h); `hit` is the end of the keyword. */
void ks_form_word(struct ks_lex *x, size_t hit, size_t len);
void ks_form_url(struct ks_lex *x, size_t hit);
void ks_form_scheme(struct ks_lex *x, size_t hit, size_t len);
void ks_form_identified(struct ks_lex *x, size_t hit);
void ks_form_crypt(struct ks_lex *x, size_t hit, size_t len);
void ks_form_run(struct ks_lex *x, size_t hit, size_t len);
void ks_form_pem(struct ks_lex *x, size_t hit);
void ks_form_jwk(struct ks_lex *x, size_t hit);
void ks_form_pgpass(struct ks_lex *x, size_t hit);
void ks_form_command(struct ks_lex *x, size_t hit, size_t len);
void ks_form_pipe(struct ks_lex *x, size_t hit, size_t len);
void ks_form_tail(struct ks_lex *x, size_t hit, size_t len);
void ks_form_der(struct ks_lex *x, size_t hit, size_t len);
void ks_form_host(struct ks_lex *x, size_t hit, size_t len);
void ks_form_id(struct ks_lex *x, size_t hit);
void ks_form_dsn(struct ks_lex *x, size_t hit, size_t len);
void ks_form_call(struct ks_lex *x, size_t hit, size_t len);
void ks_form_insert(struct ks_lex *x, size_t hit);
void ks_form_member(struct ks_lex *x, size_t hit, size_t len);
void ks_form_uuid(struct ks_lex *x, size_t hit);

#endif
