/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/reasons.h"

#include "scanner/generic/features.h"
#include "scanner/generic/keywords.h"
#include "scanner/generic/path.h"
#include "scanner/generic/score.h"
#include "scanner/generic/vocabulary.h"

/* A bit, its words, and the features' values for which it holds. */
struct reason {
    const char *words;
    uint8_t feature;
    int16_t low, high; /* inclusive */
};

#define ANY_MORE INT16_MAX

static const struct reason reasons[] = {
    {"the key says password", KS_FEATURE_key_pass, 1, 1},
    {"the key says secret", KS_FEATURE_key_secret, 1, 1},
    {"the key says token", KS_FEATURE_key_token, 1, 1},
    {"the key says key", KS_FEATURE_key_key, 1, 1},
    {"the key speaks of authentication", KS_FEATURE_key_auth, 1, 1},
    {"a password in a URL", KS_FEATURE_form, KS_GENERIC_URL, KS_GENERIC_URL},
    {"an authorization header's value", KS_FEATURE_form, KS_GENERIC_SCHEME,
     KS_GENERIC_SCHEME},
    {"a password hash", KS_FEATURE_form, KS_GENERIC_CRYPT, KS_GENERIC_CRYPT},
    {"a password option of a command", KS_FEATURE_form, KS_GENERIC_COMMAND,
     KS_GENERIC_COMMAND},
    {"no dictionary words in the value", KS_FEATURE_cover, 0, 20},
    {"the value is mostly dictionary words", KS_FEATURE_cover, 80, 100},
    {"letters unlike any language", KS_FEATURE_english, -127, -8},
    {"high entropy", KS_FEATURE_entropy, 4 * 256, ANY_MORE},
    {"low entropy", KS_FEATURE_entropy, 0, 2 * 256},
    {"the value is quoted", KS_FEATURE_quote, KS_GENERIC_SINGLE,
     KS_GENERIC_ESCAPED},
    {"the value is a placeholder", KS_FEATURE_placeholder_share, 80, 100},
    {"a placeholder word in the value", KS_FEATURE_placeholder, 1, ANY_MORE},
    {"the value repeats its key", KS_FEATURE_holds_key, 1, 1},
    {"the value is words of keys", KS_FEATURE_cred_share, 70, 100},
    {"the value is filled in elsewhere", KS_FEATURE_shape, 1, 1},
    {"the value is a sentence", KS_FEATURE_sentence, 2, ANY_MORE},
    {"the key speaks of texts or labels", KS_FEATURE_key_text, 1, 1},
    {"the key speaks of a place", KS_FEATURE_key_place, 1, 1},
    {"the key speaks of something public", KS_FEATURE_key_public, 1, 1},
    {"in a comment", KS_FEATURE_comment, 1, 3},
    {"a user name stands near", KS_FEATURE_near_user, 1, ANY_MORE},
    {"a host stands near", KS_FEATURE_near_host, 1, ANY_MORE},
    {"other credentials stand near", KS_FEATURE_near_cred, 2, ANY_MORE},
    {"words of tests stand near", KS_FEATURE_near_test, 1, ANY_MORE},
    {"like its neighbouring lines", KS_FEATURE_prev_like, 8, ANY_MORE},
};

_Static_assert(sizeof(reasons) / sizeof(reasons[0]) <= 32, "one bit each");

uint32_t ks_reasons_of(const int16_t *x)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        int16_t v = x[reasons[i].feature];

        if (v >= reasons[i].low && v <= reasons[i].high)
            bits |= (uint32_t)1 << i;
    }
    return bits;
}

static const char *const path_words[KS_PATH_FEATURES] = {
    [KS_PATH_TEST] = "in a test folder",
    [KS_PATH_EXAMPLE] = "in an example",
    [KS_PATH_DOC] = "in documentation",
    [KS_PATH_VENDOR] = "in generated or foreign code",
    [KS_PATH_LOCALE] = "in translations",
    [KS_PATH_CONF] = "in configuration",
    [KS_PATH_SECRET] = "in a folder of secrets",
};

size_t ks_generic_reasons(const char **out, size_t cap, uint32_t bits,
                          const char *path)
{
    int16_t x[KS_PATH_FEATURES] = {0};
    size_t n = 0;

    for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if ((bits >> i & 1) != 0 && n < cap)
            out[n++] = reasons[i].words;
    }
    if (path != NULL)
        ks_path_features(x, path);
    for (unsigned i = 0; i < KS_PATH_FEATURES; i++) {
        if (path_words[i] != NULL && x[i] != 0 && n < cap)
            out[n++] = path_words[i];
    }
    return n;
}
