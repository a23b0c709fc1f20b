/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/leak.h"

#include "base/buf.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void ks_leak_id(uint8_t out[KS_LEAK_ID], const struct ks_leak *leak,
                const char *rule)
{
    static const char domain[] = "keysweep finding 1";
    uint8_t digest[KS_SHA256_LEN] = {0};
    struct ks_buf text;

    if (leak->id != NULL) {
        memcpy(out, leak->id, KS_LEAK_ID);
        return;
    }
    ks_buf_init(&text, SIZE_MAX);
    if (ks_buf_add_str(&text, rule) == KS_OK &&
        ks_buf_add_byte(&text, 0) == KS_OK)
        (void)ks_buf_add(&text, leak->secret);
    ks_hmac_sha256(digest, ks_span_str(domain), ks_buf_span(&text));
    ks_buf_wipe(&text);
    memcpy(out, digest, KS_LEAK_ID);
}

/* The key of the map: the rule's index in front of the secret, in the arena. */
static uint8_t *make_key(struct ks_leaks *leaks, const struct ks_leak *leak)
{
    uint8_t *key = ks_arena_alloc(&leaks->arena,
                                  sizeof(leak->rule) + leak->secret.len + 1);

    if (key == NULL)
        return NULL;
    memcpy(key, &leak->rule, sizeof(leak->rule));
    if (leak->secret.len > 0)
        memcpy(key + sizeof(leak->rule), leak->secret.ptr, leak->secret.len);
    return key;
}

static const struct ks_proof_facts *keep_facts(struct ks_leaks *leaks,
                                               const struct ks_leak *leak)
{
    struct ks_proof_facts *facts;

    if (leak->facts == NULL || (leak->facts->len == 0 && !leak->facts->expired))
        return NULL;
    facts = ks_arena_alloc(&leaks->arena, sizeof(*facts));
    if (facts != NULL)
        *facts = *leak->facts;
    return facts;
}

/* Looks the leak up without taking memory for one that is known. */
static size_t find(struct ks_leaks *leaks, const struct ks_leak *leak)
{
    uint8_t small[512];
    size_t len = sizeof(leak->rule) + leak->secret.len;
    uint8_t *key = small;
    size_t at;

    if (len > sizeof(small) && (key = malloc(len)) == NULL)
        return SIZE_MAX;
    memcpy(key, &leak->rule, sizeof(leak->rule));
    if (leak->secret.len > 0)
        memcpy(key + sizeof(leak->rule), leak->secret.ptr, leak->secret.len);
    at = ks_map_get(&leaks->known, (struct ks_span){key, len}, SIZE_MAX);
    ks_secret_wipe(key, len);
    if (key != small)
        free(key);
    return at;
}

static enum ks_rc add_new(size_t *out, struct ks_leaks *leaks,
                          const struct ks_leak *leak, struct ks_err *err)
{
    struct ks_leak kept = *leak;
    uint8_t *key = make_key(leaks, leak);
    size_t *at;

    if (leaks->items.len >= KS_LEAK_INDEX_MASK)
        return ks_fail(err, KS_ELIMIT, "more than %d secrets",
                       KS_LEAK_INDEX_MASK);
    if (key == NULL)
        return ks_fail_memory(err);
    kept.secret.ptr = key + sizeof(leak->rule);
    kept.facts = keep_facts(leaks, leak);
    at = ks_map_put(&leaks->known,
                    (struct ks_span){key, sizeof(leak->rule) + leak->secret.len},
                    leaks->items.len);
    if (at == NULL || !KS_VEC_PUSH(&leaks->items, kept))
        return ks_fail_memory(err);
    *out = *at;
    return KS_OK;
}

enum ks_rc ks_leaks_add(uint32_t *reference, struct ks_leaks *leaks,
                        const struct ks_leak *leak, struct ks_err *err)
{
    size_t at = find(leaks, leak);
    enum ks_rc rc = KS_OK;

    if (at == SIZE_MAX) {
        rc = add_new(&at, leaks, leak, err);
    } else if (leaks->items.items[at].proof < leak->proof) {
        leaks->items.items[at].proof = leak->proof;
        leaks->items.items[at].facts = keep_facts(leaks, leak);
    }
    if (rc == KS_OK)
        *reference = (uint32_t)(leaks->worker << KS_LEAK_WORKER_SHIFT |
                                (unsigned)at);
    return rc;
}

enum ks_rc ks_leaks_recall(uint32_t *reference, struct ks_leaks *leaks,
                           const struct ks_leak *leak, struct ks_err *err)
{
    struct ks_leak kept = *leak;
    uint8_t *id = ks_arena_alloc(&leaks->arena, KS_LEAK_ID);
    uint8_t *secret = ks_arena_alloc(&leaks->arena, leak->secret.len + 1);

    if (leaks->items.len >= KS_LEAK_INDEX_MASK)
        return ks_fail(err, KS_ELIMIT, "more than %d secrets",
                       KS_LEAK_INDEX_MASK);
    if (id == NULL || secret == NULL)
        return ks_fail_memory(err);
    memcpy(id, leak->id, KS_LEAK_ID);
    memset(secret, '*', leak->secret.len);
    kept.id = id;
    kept.secret.ptr = secret;
    kept.facts = keep_facts(leaks, leak);
    if (!KS_VEC_PUSH(&leaks->items, kept))
        return ks_fail_memory(err);
    *reference = (uint32_t)(leaks->worker << KS_LEAK_WORKER_SHIFT |
                            (unsigned)(leaks->items.len - 1));
    return KS_OK;
}

void ks_leaks_release(struct ks_leaks *leaks)
{
    KS_VEC_RELEASE(&leaks->items);
    ks_map_release(&leaks->known);
    ks_arena_wipe(&leaks->arena);
}
