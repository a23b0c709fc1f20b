/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/locked.h"

#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { CHUNK = 64 * 1024 };

struct ks_locked_chunk {
    struct ks_locked_chunk *next;
    size_t size; /* of the mapping, this header included */
    size_t used;
};

static enum ks_rc add_chunk(struct ks_locked *locked, size_t len,
                            struct ks_err *err)
{
    size_t size =
        (len + sizeof(struct ks_locked_chunk) + CHUNK - 1) / CHUNK * CHUNK;
    struct ks_locked_chunk *chunk;

    if (len > SIZE_MAX / 2)
        return ks_fail_memory(err);
    chunk = mmap(NULL, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED)
        return ks_fail_memory(err);
    if (mlock(chunk, size) < 0)
        locked->unlocked = true;
    (void)madvise(chunk, size, MADV_DONTDUMP);
    chunk->next = locked->chunks;
    chunk->size = size;
    chunk->used = sizeof(*chunk);
    locked->chunks = chunk;
    return KS_OK;
}

enum ks_rc ks_locked_alloc(uint8_t **out, struct ks_locked *locked, size_t len,
                           struct ks_err *err)
{
    struct ks_locked_chunk *chunk = locked->chunks;

    if (chunk == NULL || chunk->size - chunk->used < len) {
        enum ks_rc rc = add_chunk(locked, len, err);

        if (rc != KS_OK)
            return rc;
        chunk = locked->chunks;
    }
    *out = (uint8_t *)chunk + chunk->used;
    chunk->used += len;
    return KS_OK;
}

enum ks_rc ks_locked_copy(struct ks_span *out, struct ks_locked *locked,
                          struct ks_span secret, struct ks_err *err)
{
    uint8_t *bytes = NULL;
    enum ks_rc rc = ks_locked_alloc(&bytes, locked, secret.len, err);

    if (rc != KS_OK)
        return rc;
    if (secret.len > 0)
        memcpy(bytes, secret.ptr, secret.len);
    *out = (struct ks_span){bytes, secret.len};
    return KS_OK;
}

void ks_locked_release(struct ks_locked *locked)
{
    while (locked->chunks != NULL) {
        struct ks_locked_chunk *chunk = locked->chunks;
        size_t size = chunk->size;

        locked->chunks = chunk->next;
        ks_secret_wipe(chunk, size);
        (void)munmap(chunk, size);
    }
    *locked = (struct ks_locked){0};
}

void ks_locked_harden(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
