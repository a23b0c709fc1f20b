/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/score.h"

#include "rules/classifier/model.h"
#include "scanner/generic/features.h"
#include "scanner/generic/keywords.h"
#include "scanner/generic/lex.h"
#include "scanner/generic/path.h"
#include "scanner/generic/reasons.h"
#include "scanner/generic/vocabulary.h"

/* A path moves a score by no more than this: it never decides alone. */
#define PATH_LIMIT (3 * KS_MODEL_ONE / 2)

static int32_t leaf_of(const struct ks_model_tree *tree, const int16_t *x)
{
    const struct ks_model_node *nodes = ks_model.nodes + tree->node;
    int at = 0;

    if (tree->nodes == 0)
        return ks_model.leaves[tree->leaf];
    while (at >= 0)
        at = x[nodes[at].feature] <= nodes[at].threshold ? nodes[at].child[0]
                                                         : nodes[at].child[1];
    return ks_model.leaves[tree->leaf - 1 - at];
}

int32_t ks_generic_model_window(const int16_t *features)
{
    int32_t sum = 0;

    for (size_t i = 0; i < ks_model.windows; i++)
        sum += leaf_of(&ks_model.window[i], features);
    return sum;
}

/* Whether the window's sum reaches `floor`; `*sum` is whole only if so. */
static bool reaches(int32_t *sum, const int16_t *features, int32_t floor)
{
    *sum = 0;
    for (size_t i = 0; i < ks_model.windows; i++) {
        *sum += leaf_of(&ks_model.window[i], features);
        if (*sum + ks_model.rest[i] < floor)
            return false;
    }
    return *sum >= floor;
}

static int32_t model_path(const int16_t *features)
{
    int32_t sum = 0;

    for (size_t i = 0; i < ks_model.paths; i++)
        sum += leaf_of(&ks_model.path[i], features);
    if (sum > PATH_LIMIT)
        return PATH_LIMIT;
    return sum < -PATH_LIMIT ? -PATH_LIMIT : sum;
}

/* Whether the key names a credential plainly enough for a UUID to be one. */
static bool is_strong(const int16_t *x)
{
    int16_t last = x[KS_FEATURE_key_last];
    int16_t owner = x[KS_FEATURE_key_before_last];

    if (last >= KS_WORD_PRIVATE)
        return true;
    if (last == KS_WORD_KEY && x[KS_FEATURE_key_public] == 0)
        return x[KS_FEATURE_key_api] != 0 || x[KS_FEATURE_key_access] != 0 ||
               x[KS_FEATURE_key_private] != 0 || x[KS_FEATURE_key_auth] != 0 ||
               x[KS_FEATURE_key_secret] != 0 || owner == KS_WORD_SYSTEM;
    return last == KS_WORD_NONE &&
           (x[KS_FEATURE_key_token] != 0 || x[KS_FEATURE_key_secret] != 0 ||
            x[KS_FEATURE_key_pass] != 0);
}

static bool looks_like_uuid(struct ks_span v)
{
    return v.len == 36 && v.ptr[8] == '-' && v.ptr[13] == '-' &&
           v.ptr[18] == '-' && v.ptr[23] == '-';
}

static enum ks_generic_class class_of(const int16_t *x, struct ks_span value)
{
    int16_t form = x[KS_FEATURE_form];

    if (form == KS_GENERIC_ID || form == KS_GENERIC_HOST)
        return KS_GENERIC_CLASS_ID;
    if ((form == KS_GENERIC_UUID || looks_like_uuid(value)) && !is_strong(x))
        return KS_GENERIC_CLASS_ID;
    if (form == KS_GENERIC_URL || form == KS_GENERIC_DSN)
        return KS_GENERIC_CLASS_CONNECTION;
    if (form == KS_GENERIC_CRYPT)
        return KS_GENERIC_CLASS_HASH;
    if (form == KS_GENERIC_PIPE || form == KS_GENERIC_TAIL ||
        form == KS_GENERIC_PGPASS || form == KS_GENERIC_COMMAND ||
        form == KS_GENERIC_IDENTIFIED || x[KS_FEATURE_key_pass] != 0)
        return KS_GENERIC_CLASS_PASSWORD;
    if (form == KS_GENERIC_SCHEME || form == KS_GENERIC_RUN ||
        x[KS_FEATURE_key_token] != 0 || x[KS_FEATURE_key_auth] != 0)
        return KS_GENERIC_CLASS_TOKEN;
    return KS_GENERIC_CLASS_KEY;
}

static void tell(struct ks_generic_verdict *out, const int16_t *x,
                 const struct ks_generic_window *window,
                 const struct ks_generic_candidate *c)
{
    struct ks_span value = {window->text.ptr + c->value_from,
                            (size_t)c->value_to - c->value_from};

    out->entropy = (uint16_t)x[KS_FEATURE_entropy];
    out->class_ = (uint8_t)class_of(x, value);
    out->reasons = ks_reasons_of(x);
}

void ks_generic_score(struct ks_generic_verdict *out,
                      const struct ks_generic_window *window,
                      const struct ks_generic_candidate *c)
{
    int16_t x[KS_FEATURES];

    ks_generic_features(x, window, c);
    out->score = ks_generic_model_window(x);
    tell(out, x, window, c);
}

bool ks_generic_judge(struct ks_generic_verdict *out,
                      const struct ks_generic_window *window,
                      const struct ks_generic_candidate *c)
{
    int16_t x[KS_FEATURES];

    ks_generic_features(x, window, c);
    if (!reaches(&out->score, x, ks_generic_floor()))
        return false;
    tell(out, x, window, c);
    return true;
}

void ks_generic_value_score(struct ks_generic_verdict *out,
                            const struct ks_generic_window *window, size_t from,
                            size_t to)
{
    struct ks_lex x = {.p = window->text.ptr, .end = window->text.len};

    if (to > x.end)
        to = x.end;
    x.draft.value_from = (uint16_t)from;
    x.draft.value_to = (uint16_t)to;
    if (from < to)
        ks_lex_place(&x, from, to);
    ks_generic_score(out, window, &x.draft);
}

int32_t ks_generic_path_score(const char *path)
{
    int16_t x[KS_PATH_FEATURES];

    if (path == NULL)
        return 0;
    ks_path_features(x, path);
    return model_path(x);
}

int32_t ks_generic_threshold(enum ks_generic_class class_,
                             enum ks_generic_level level)
{
    if (class_ == KS_GENERIC_CLASS_ID)
        return level == KS_GENERIC_LOW ? ks_model.medium : INT32_MAX;
    if (level == KS_GENERIC_LOW)
        return ks_model.medium - 3 * KS_MODEL_ONE / 2;
    return level == KS_GENERIC_HIGH ? ks_model.high : ks_model.medium;
}

int32_t ks_generic_floor(void)
{
    return ks_generic_threshold(KS_GENERIC_CLASS_PASSWORD, KS_GENERIC_LOW) -
           PATH_LIMIT;
}

unsigned ks_generic_confidence_permille(int32_t score)
{
    const int32_t step = KS_MODEL_ONE / 4, last = 64 * step;
    int32_t at = score + 32 * step, low, high;

    if (at <= 0)
        return ks_model.calibration[0];
    if (at >= last)
        return ks_model.calibration[64];
    low = ks_model.calibration[at / step];
    high = ks_model.calibration[at / step + 1];
    return (unsigned)(low + (high - low) * (at % step) / step);
}

const char *ks_generic_class_name(enum ks_generic_class class_)
{
    static const char *const names[KS_GENERIC_CLASSES] = {
        "password", "key", "token", "connection string", "hash", "identifier"};

    return (unsigned)class_ < KS_GENERIC_CLASSES ? names[class_] : "secret";
}

const char *ks_generic_model_version(void)
{
    return ks_model.version;
}
