/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h: numbers and runs of bytes, one behind the other, written and read
 * again. Numbers are big-endian; the reader must know what comes.
 */
#ifndef KS_BASE_RECORD_H
#define KS_BASE_RECORD_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>

/* A failure stays in `rc`, and what follows does nothing. */
struct ks_record_out {
    struct ks_buf *buf; /* borrowed */
    enum ks_rc rc;
};

/* The low `width` bytes of a number; `width` ≤ 8. */
void ks_record_put(struct ks_record_out *out, uint64_t value, unsigned width);
void ks_record_put_bytes(struct ks_record_out *out, const void *bytes,
                         size_t len);

/* A text of at most 4 GiB, or none. */
void ks_record_put_text(struct ks_record_out *out, const char *text);

/* What is taken behind the end, or in vain, is 0 and makes it not `good`. */
struct ks_record_in {
    struct ks_span rest;
    bool good;
};

uint64_t ks_record_take(struct ks_record_in *in, unsigned width);
struct ks_span ks_record_take_bytes(struct ks_record_in *in, size_t len);

/* A number below `end`. */
uint64_t ks_record_take_below(struct ks_record_in *in, unsigned width,
                              uint64_t end);

/* A text, borrowed from what is read; {NULL, 0} for none. */
struct ks_span ks_record_take_text(struct ks_record_in *in);

/*
 * A text kept in the arena, cut at a NUL byte; NULL for none. False without
 * memory.
 */
bool ks_record_keep_text(const char **text, struct ks_arena *arena,
                         struct ks_record_in *in);

#endif
