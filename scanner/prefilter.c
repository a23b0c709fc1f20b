/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/prefilter.h"

#include "scanner/hs_cache.h"
#include "scanner/words.h"

#include <hs.h>

#include <stdlib.h>
#include <string.h>

enum { PRIVATE_DIRECTORY = 0700, PUBLIC_DIRECTORY = 0755 };

struct ks_prefilter {
    hs_database_t *database; /* NULL when there is nothing to look for */
    struct ks_words *words;
    const char *origin;
};

struct ks_prefilter_scratch {
    hs_scratch_t *scratch;
};

/* Escapes all that has a meaning in an expression. */
static char *escape(struct ks_arena *arena, const char *literal)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(literal);
    char *out = ks_arena_alloc(arena, 4 * len + 1);

    for (size_t i = 0; out != NULL && i < len; i++) {
        unsigned char c = (unsigned char)literal[i];

        memcpy(out + 4 * i,
               (const char[]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
    }
    return out;
}

struct expressions {
    const char **texts;
    unsigned *flags;
    unsigned *ids;
    unsigned len;
    struct ks_arena arena;
};

static bool expressions_init(struct expressions *e,
                             const struct ks_triggers *triggers)
{
    size_t n = triggers->len;

    *e = (struct expressions){
        .texts = calloc(n + 1, sizeof(*e->texts)),
        .flags = calloc(n + 1, sizeof(*e->flags)),
        .ids = calloc(n + 1, sizeof(*e->ids)),
    };
    if (e->texts == NULL || e->flags == NULL || e->ids == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct ks_trigger *trigger = &triggers->items[i];

        if (trigger->run != KS_RUN_NONE)
            continue;
        e->ids[e->len] = (unsigned)i;
        e->flags[e->len] = trigger->caseless ? HS_FLAG_CASELESS : 0;
        e->texts[e->len] =
            trigger->literal ? escape(&e->arena, trigger->text) : trigger->text;
        if (e->texts[e->len++] == NULL)
            return false;
    }
    return true;
}

static void expressions_release(struct expressions *e)
{
    free(e->texts);
    free(e->flags);
    free(e->ids);
    ks_arena_release(&e->arena);
}

static enum ks_rc compile(hs_database_t **out,
                          const struct ks_triggers *triggers,
                          struct ks_err *err)
{
    struct expressions e;
    hs_compile_error_t *fault = NULL;
    enum ks_rc rc = KS_OK;

    if (!expressions_init(&e, triggers)) {
        rc = ks_fail_memory(err);
    } else if (e.len > 0 &&
               hs_compile_multi(e.texts, e.flags, e.ids, e.len, HS_MODE_BLOCK,
                                NULL, out, &fault) != HS_SUCCESS) {
        const char *text = fault->expression < 0
                               ? "all keywords"
                               : triggers->items[e.ids[fault->expression]].text;

        rc = ks_fail(err, KS_EINVAL, "prefilter %s: %s", text, fault->message);
        (void)hs_free_compile_error(fault);
    }
    expressions_release(&e);
    return rc;
}

static bool load(struct ks_prefilter *prefilter, const char *directory,
                 const char *key, const char *origin)
{
    if (directory != NULL)
        prefilter->database = ks_hs_cache_load(directory, key);
    prefilter->origin = origin;
    return prefilter->database != NULL;
}

static enum ks_rc load_or_compile(struct ks_prefilter *prefilter,
                                  const struct ks_triggers *triggers,
                                  const struct ks_prefilter_cache *cache,
                                  struct ks_err *err)
{
    char key[KS_HS_KEY];
    enum ks_rc rc = ks_hs_cache_key(key, triggers, err);

    if (rc != KS_OK)
        return rc;
    if (load(prefilter, cache->shipped, key, "shipped") ||
        load(prefilter, cache->user, key, "cached"))
        return KS_OK;
    prefilter->origin = "compiled";
    rc = compile(&prefilter->database, triggers, err);
    if (rc == KS_OK && cache->user != NULL && prefilter->database != NULL)
        (void)ks_hs_cache_store(cache->user, PRIVATE_DIRECTORY, key,
                                prefilter->database, true, NULL);
    return rc;
}

enum ks_rc ks_prefilter_new(struct ks_prefilter **out,
                            const struct ks_triggers *triggers,
                            const struct ks_prefilter_cache *cache,
                            struct ks_err *err)
{
    struct ks_prefilter *prefilter;
    enum ks_rc rc = KS_OK;

    if (hs_valid_platform() != HS_SUCCESS)
        return ks_fail(err, KS_EINVAL,
                       "this processor lacks SSSE3, which Hyperscan needs");
    prefilter = calloc(1, sizeof(*prefilter));
    if (prefilter == NULL)
        return ks_fail_memory(err);
    prefilter->origin = "compiled";
    rc = ks_words_new(&prefilter->words, triggers, err);
    if (rc == KS_OK && triggers->len > 0)
        rc = load_or_compile(prefilter, triggers, cache, err);
    if (rc == KS_OK) {
        *out = prefilter;
        prefilter = NULL;
    }
    ks_prefilter_free(prefilter);
    return rc;
}

void ks_prefilter_free(struct ks_prefilter *prefilter)
{
    if (prefilter == NULL)
        return;
    (void)hs_free_database(prefilter->database);
    ks_words_free(prefilter->words);
    free(prefilter);
}

enum ks_rc ks_prefilter_ship(const struct ks_triggers *triggers,
                             const char *directory, struct ks_err *err)
{
    char key[KS_HS_KEY];
    hs_database_t *database = NULL;
    enum ks_rc rc = ks_hs_cache_key(key, triggers, err);

    if (rc == KS_OK)
        rc = compile(&database, triggers, err);
    if (rc == KS_OK)
        rc = ks_hs_cache_store(directory, PUBLIC_DIRECTORY, key, database,
                               false, err);
    (void)hs_free_database(database);
    return rc;
}

enum ks_rc ks_prefilter_scratch_new(struct ks_prefilter_scratch **out,
                                    const struct ks_prefilter *prefilter,
                                    struct ks_err *err)
{
    struct ks_prefilter_scratch *scratch = calloc(1, sizeof(*scratch));

    if (scratch == NULL)
        return ks_fail_memory(err);
    if (prefilter->database != NULL &&
        hs_alloc_scratch(prefilter->database, &scratch->scratch) !=
            HS_SUCCESS) {
        free(scratch);
        return ks_fail_memory(err);
    }
    *out = scratch;
    return KS_OK;
}

void ks_prefilter_scratch_free(struct ks_prefilter_scratch *scratch)
{
    if (scratch == NULL)
        return;
    (void)hs_free_scratch(scratch->scratch);
    free(scratch);
}

struct collecting {
    struct ks_hits *hits;
    uint32_t base;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to,
                    unsigned flags, void *ctx)
{
    struct collecting *c = ctx;

    (void)from;
    (void)flags;
    return KS_VEC_PUSH(c->hits,
                       (struct ks_hit){c->base + (uint32_t)to, (uint16_t)id, 0})
               ? 0
               : 1;
}

static int by_end(const void *a, const void *b)
{
    const struct ks_hit *x = a, *y = b;

    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return (x->trigger > y->trigger) - (x->trigger < y->trigger);
}

void ks_prefilter_order(struct ks_hits *hits, size_t first)
{
    struct ks_hit *items = hits->items;
    size_t kept = first;
    bool ordered = true;

    for (size_t i = first + 1; i < hits->len && ordered; i++)
        ordered = by_end(&items[i - 1], &items[i]) < 0;
    if (ordered)
        return;
    qsort(items + first, hits->len - first, sizeof(*items), by_end);
    for (size_t i = first; i < hits->len; i++)
        if (kept == first || by_end(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    hits->len = kept;
}

static enum ks_rc scan_database(struct ks_hits *hits,
                                const struct ks_prefilter *prefilter,
                                struct ks_prefilter_scratch *scratch,
                                struct ks_span text, uint32_t base,
                                struct ks_err *err)
{
    struct collecting collecting = {hits, base};
    hs_error_t result;

    if (prefilter->database == NULL || text.len == 0)
        return KS_OK;
    result =
        hs_scan(prefilter->database, (const char *)text.ptr, (unsigned)text.len,
                0, scratch->scratch, on_match, &collecting);
    if (result == HS_SCAN_TERMINATED)
        return ks_fail_memory(err);
    if (result != HS_SUCCESS)
        return ks_fail(err, KS_EIO, "Hyperscan failed with code %d", result);
    return KS_OK;
}

enum ks_rc ks_prefilter_scan(struct ks_hits *hits,
                             const struct ks_prefilter *prefilter,
                             struct ks_prefilter_scratch *scratch,
                             enum ks_prefilter_part part, struct ks_span text,
                             uint32_t base, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (part != KS_PREFILTER_WORDS)
        rc = scan_database(hits, prefilter, scratch, text, base, err);
    if (part != KS_PREFILTER_DATABASE && rc == KS_OK)
        rc = ks_words_scan(hits, prefilter->words, text, base, err);
    return rc;
}

const char *ks_prefilter_origin(const struct ks_prefilter *prefilter)
{
    return prefilter->origin;
}

size_t ks_prefilter_size(const struct ks_prefilter *prefilter)
{
    size_t size = 0;

    if (prefilter->database != NULL)
        (void)hs_database_size(prefilter->database, &size);
    return size;
}
