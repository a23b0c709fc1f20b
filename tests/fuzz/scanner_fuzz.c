/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes through the scanner; and as a delta against a base, where the
 * result must be that of the whole.
 *
 * The first byte says how much of the input is the base; the rest is what the
 * new blob ends with, behind copies whose places the base's bytes choose.
 */
#include "scanner/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COPIES = 4, LARGEST = 1 << 16 };

struct state {
    struct ks_matcher *matcher;
    struct ks_coverage *coverage;
    struct ks_scan whole, delta;
};

static struct state *state_of(void)
{
    static struct state state;
    struct ks_matcher_options options = {.now = 1700000000};

    if (state.matcher != NULL)
        return &state;
    if (ks_coverage_new(&state.coverage, NULL) != KS_OK ||
        ks_matcher_new(&state.matcher, ks_rules_builtin(), &options, NULL) !=
            KS_OK ||
        ks_scan_init(&state.whole, state.matcher, 0, state.coverage, NULL) !=
            KS_OK ||
        ks_scan_init(&state.delta, state.matcher, 1, state.coverage, NULL) !=
            KS_OK)
        abort();
    return &state;
}

/* Copies of the base, then the fresh bytes. Returns the length. */
static size_t derive(uint8_t *out, struct ks_copy *copies, struct ks_span base,
                     struct ks_span fresh)
{
    size_t len = 0;

    for (size_t i = 0; i < COPIES; i++) {
        size_t from = base.len == 0 ? 0 : base.ptr[i % base.len] * 7 % base.len;
        size_t count = (base.len - from) / (i + 1);
        size_t part = fresh.len / COPIES;

        memcpy(out + len, base.ptr + from, count);
        copies[i] = (struct ks_copy){.to = (uint32_t)len,
                                     .from = (uint32_t)from,
                                     .len = (uint32_t)count};
        len += count;
        memcpy(out + len, fresh.ptr + i * part, part);
        len += part;
    }
    return len;
}

static struct ks_memo *scan(struct ks_scan *scanner, struct ks_blob blob)
{
    struct ks_memo *memo = NULL;

    blob.wants_memo = true;
    if (ks_scan_blob(scanner, &blob, &memo, NULL) != KS_OK || memo == NULL)
        abort();
    for (size_t i = 0; i < scanner->all.len; i++)
        if (scanner->all.items[i].end > blob.bytes.len ||
            scanner->all.items[i].start > scanner->all.items[i].end)
            abort();
    return memo;
}

static bool same(const struct ks_matches *a, const struct ks_matches *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++)
        if (a->items[i].start != b->items[i].start ||
            a->items[i].end != b->items[i].end ||
            a->items[i].rule != b->items[i].rule ||
            a->items[i].score != b->items[i].score)
            return false;
    return a->len == b->len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t text[COPIES * LARGEST + LARGEST];
    struct state *state = state_of();
    struct ks_copy copies[COPIES];
    struct ks_span base, fresh;
    struct ks_blob blob;
    struct ks_memo *of_base, *by_delta, *by_whole;
    size_t len;

    if (size < 1 || size > LARGEST)
        return 0;
    base = (struct ks_span){data + 1, (size - 1) * data[0] / 255};
    fresh = (struct ks_span){base.ptr + base.len, size - 1 - base.len};
    len = derive(text, copies, base, fresh);
    of_base = scan(&state->whole, ks_blob_whole(base, KS_BLOB_FILE, NULL));
    blob = ks_blob_whole((struct ks_span){text, len}, KS_BLOB_FILE, NULL);
    by_whole = scan(&state->whole, blob);
    blob.memos[KS_COPY_BASE] = of_base;
    blob.copies = copies;
    blob.copy_count = COPIES;
    by_delta = scan(&state->delta, blob);
    if (!same(&state->delta.all, &state->whole.all) ||
        by_delta->hit_count != by_whole->hit_count)
        abort();
    ks_memo_free(by_delta);
    ks_memo_free(by_whole);
    ks_memo_free(of_base);
    return 0;
}
