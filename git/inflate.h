/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.h: zlib streams of known size, from libdeflate. */
#ifndef KS_GIT_INFLATE_H
#define KS_GIT_INFLATE_H

#include "base/err.h"
#include "base/span.h"

/*
 * Bytes that every output buffer has behind its contents. The decoder and the
 * delta code write whole words there, which is faster than minding the end.
 */
enum { KS_INFLATE_SLACK = 320 };

/* State of one thread. */
struct ks_inflater;

enum ks_rc ks_inflater_new(struct ks_inflater **out, struct ks_err *err);
void ks_inflater_free(struct ks_inflater *inflater);

/*
 * Inflates the stream at the start of `in`, which may go on behind it, to
 * `out`, which has room for `size` + KS_INFLATE_SLACK bytes. False if the
 * stream is broken, its checksum is wrong or it does not hold `size` bytes.
 */
bool ks_inflate(struct ks_inflater *inflater, struct ks_span in, uint8_t *out,
                size_t size);

/*
 * As ks_inflate for a stream of unknown size up to `room`. Returns the size,
 * SIZE_MAX for a broken stream, SIZE_MAX − 1 if `room` is too small.
 */
size_t ks_inflate_up_to(struct ks_inflater *inflater, struct ks_span in,
                        uint8_t *out, size_t room);

#endif
