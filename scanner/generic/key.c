/* SPDX-License-Identifier: Apache-2.0 */
/* What the key and the syntax around it say. */
#include "scanner/generic/chars.h"
#include "scanner/generic/parts.h"
#include "scanner/generic/vocabulary.h"

#include <string.h>

#define KEY_WORDS 10u

struct key_words {
    uint8_t kinds[KEY_WORDS];
    size_t count;
    uint32_t set; /* of the kinds */
};

_Static_assert(KS_WORD_KINDS <= 32, "one bit each");

/* Splits at punctuation, digits and camel humps; the last ten words stay. */
static void split(struct key_words *out, struct ks_span key)
{
    uint8_t word[32];
    size_t n = 0;

    out->count = 0;
    for (size_t i = 0; i <= key.len; i++) {
        uint8_t c = i < key.len ? key.ptr[i] : 0;
        bool hump = i > 0 && i < key.len && ks_is_upper(c) &&
                    (ks_is_lower(key.ptr[i - 1]) ||
                     (i + 1 < key.len && ks_is_lower(key.ptr[i + 1])));

        if (n > 0 && (!ks_is_alpha(c) || hump || n == sizeof(word))) {
            if (out->count == KEY_WORDS) {
                memmove(out->kinds, out->kinds + 1, KEY_WORDS - 1);
                out->count--;
            }
            out->kinds[out->count++] =
                (uint8_t)ks_vocabulary_kind((struct ks_span){word, n});
            n = 0;
        }
        if (ks_is_alpha(c))
            word[n++] = ks_to_lower(c);
    }
}

static bool has(const struct key_words *w, enum ks_word_kind kind)
{
    return (w->set >> kind & 1) != 0;
}

static int16_t style(struct ks_span key)
{
    bool lower = false, upper = false, dash = false, dot = false;
    bool underscore = false;

    for (size_t i = 0; i < key.len; i++) {
        lower = lower || ks_is_lower(key.ptr[i]);
        upper = upper || ks_is_upper(key.ptr[i]);
        dash = dash || key.ptr[i] == '-';
        dot = dot || key.ptr[i] == '.';
        underscore = underscore || key.ptr[i] == '_';
    }
    if (dot)
        return 1;
    if (dash)
        return 2;
    if (lower && upper)
        return ks_is_upper(key.ptr[0]) ? 3 : 4;
    if (upper)
        return underscore ? 5 : 6;
    return underscore ? 7 : 8;
}

static void key_words(int16_t *out, struct ks_span key)
{
    struct key_words w;
    int16_t best = 0, meta = 0, unknown = 0, digits = 0;

    split(&w, key);
    w.set = 0;
    for (size_t i = 0; i < w.count; i++) {
        int16_t k = w.kinds[i];

        w.set |= 1u << k;
        best = k > best ? k : best;
        meta = (int16_t)(meta + (k >= KS_WORD_TEXT && k <= KS_WORD_BAD));
        unknown = (int16_t)(unknown + (k == KS_WORD_NONE));
    }
    for (size_t i = 0; i < key.len; i++)
        digits = (int16_t)(digits + ks_is_digit(key.ptr[i]));
    out[KS_FEATURE_key_words] = ks_clamp16(w.count);
    out[KS_FEATURE_key_best] = best;
    out[KS_FEATURE_key_last] = w.count > 0 ? w.kinds[w.count - 1] : -1;
    out[KS_FEATURE_key_before_last] = w.count > 1 ? w.kinds[w.count - 2] : -1;
    out[KS_FEATURE_key_first] = w.count > 0 ? w.kinds[0] : -1;
    out[KS_FEATURE_key_meta] = meta;
    out[KS_FEATURE_key_unknown] = unknown;
    out[KS_FEATURE_key_digits] = digits;
    out[KS_FEATURE_key_pass] = has(&w, KS_WORD_PASSWORD);
    out[KS_FEATURE_key_secret] = has(&w, KS_WORD_SECRET);
    out[KS_FEATURE_key_token] = has(&w, KS_WORD_TOKEN);
    out[KS_FEATURE_key_key] = has(&w, KS_WORD_KEY);
    out[KS_FEATURE_key_auth] = has(&w, KS_WORD_AUTH);
    out[KS_FEATURE_key_api] = has(&w, KS_WORD_API);
    out[KS_FEATURE_key_salt] = has(&w, KS_WORD_SALT);
    out[KS_FEATURE_key_private] = has(&w, KS_WORD_PRIVATE);
    out[KS_FEATURE_key_public] = has(&w, KS_WORD_PUBLIC);
    out[KS_FEATURE_key_access] = has(&w, KS_WORD_ACCESS);
    out[KS_FEATURE_key_id] = has(&w, KS_WORD_ID);
    out[KS_FEATURE_key_user] = has(&w, KS_WORD_USER);
    out[KS_FEATURE_key_hash] = has(&w, KS_WORD_HASH);
    out[KS_FEATURE_key_text] = has(&w, KS_WORD_TEXT);
    out[KS_FEATURE_key_place] = has(&w, KS_WORD_PLACE);
    out[KS_FEATURE_key_bad] = has(&w, KS_WORD_BAD);
    out[KS_FEATURE_key_test] = has(&w, KS_WORD_TEST);
}

/* A small number for a byte of syntax; 0 for what is not in the list. */
static int16_t mark(const struct ks_span text, size_t at, bool inside)
{
    static const char marks[] = " \n\t\"'`.$-@:#<>(){}[],;=&?/\\*%+|!_~^";
    const char *found;

    if (!inside || at >= text.len)
        return -1;
    if (ks_is_alpha(text.ptr[at]))
        return 40;
    if (ks_is_digit(text.ptr[at]))
        return 41;
    found = text.ptr[at] == 0 ? NULL : strchr(marks, text.ptr[at]);
    return found == NULL ? 0 : (int16_t)(found - marks + 1);
}

/* What a function's name before the key makes of its arguments. */
static int16_t call_word(const struct ks_generic_window *w, size_t key_from)
{
    static const struct {
        const char *word;
        int16_t kind;
    } calls[] = {
        {"getenv", 1},      {"env", 1},      {"get", 2},       {"fetch", 2},
        {"find", 2},        {"param", 2},    {"pop", 2},       {"contains", 2},
        {"has", 2},         {"label", 3},    {"t", 3},         {"tr", 3},
        {"gettext", 3},     {"_", 3},        {"translate", 3}, {"it", 3},
        {"describe", 3},    {"message", 3},  {"print", 3},     {"printf", 3},
        {"log", 3},         {"error", 3},    {"format", 3},    {"column", 4},
        {"string", 4},      {"field", 4},    {"value", 4},     {"put", 5},
        {"set", 5},         {"add", 5},      {"append", 5},    {"define", 5},
        {"setproperty", 5}, {"property", 5}, {"header", 5},    {"setheader", 5},
        {"with", 5},
    };
    const uint8_t *p = w->text.ptr;
    size_t at = key_from, to;

    while (at > 0 && (p[at - 1] == '"' || p[at - 1] == '\'' ||
                      p[at - 1] == '[' || ks_is_blank(p[at - 1])))
        at--;
    if (at == 0 || p[at - 1] != '(')
        return 0;
    to = --at;
    while (at > 0 && ks_is_word(p[at - 1]) && to - at < 16)
        at--;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        size_t len = strlen(calls[i].word), n = 0;

        if (len != to - at)
            continue;
        while (n < len && ks_to_lower(p[at + n]) == (uint8_t)calls[i].word[n])
            n++;
        if (n == len)
            return calls[i].kind;
    }
    return 9;
}

void ks_key_features(int16_t *out, const struct ks_generic_window *window,
                     const struct ks_generic_candidate *c)
{
    struct ks_span key = {window->text.ptr + c->key_from,
                          (size_t)c->key_to - c->key_from};
    size_t gap =
        c->value_from > c->key_to ? (size_t)c->value_from - c->key_to : 0;

    out[KS_FEATURE_form] = c->form;
    out[KS_FEATURE_op] = c->op;
    out[KS_FEATURE_quote] = c->quote;
    out[KS_FEATURE_wrap] = c->wrap;
    out[KS_FEATURE_nth] = c->nth;
    out[KS_FEATURE_key_quoted] = (c->flags & KS_GENERIC_KEY_QUOTED) != 0;
    out[KS_FEATURE_annotated] = (c->flags & KS_GENERIC_ANNOTATED) != 0;
    out[KS_FEATURE_next_line] = (c->flags & KS_GENERIC_NEXT_LINE) != 0;
    out[KS_FEATURE_cut] = (c->flags & KS_GENERIC_CUT) != 0;
    out[KS_FEATURE_in_query] = (c->flags & KS_GENERIC_IN_QUERY) != 0;
    out[KS_FEATURE_cli_flag] = (c->flags & KS_GENERIC_CLI_FLAG) != 0;
    out[KS_FEATURE_gap] = ks_clamp16(gap);
    out[KS_FEATURE_key_len] = ks_clamp16(key.len);
    out[KS_FEATURE_key_style] = key.len > 0 ? style(key) : 0;
    out[KS_FEATURE_before_key] =
        mark(window->text, (size_t)c->key_from - 1, c->key_from > 0);
    out[KS_FEATURE_call_word] = call_word(window, c->key_from);
    out[KS_FEATURE_after] = mark(window->text, c->value_to, true);
    out[KS_FEATURE_before_value] =
        mark(window->text, (size_t)c->value_from - 1, c->value_from > 0);
    key_words(out, key);
}
