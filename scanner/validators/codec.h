/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h: the number systems that tokens are written in. */
#ifndef KS_SCANNER_VALIDATORS_CODEC_H
#define KS_SCANNER_VALIDATORS_CODEC_H

#include "base/span.h"

/* What the decoders return for text that is not of their alphabet or form. */
#define KS_CODEC_BAD SIZE_MAX

/*
 * Each decoder writes at most `room` bytes and returns how many it wrote;
 * KS_CODEC_BAD when the text is not of its form or does not fit.
 */

/* RFC 4648 base64, standard or URL alphabet; padding may be left out. */
size_t ks_codec_base64(uint8_t *out, size_t room, struct ks_span text);

/* RFC 4648 base32 in upper case; padding may be left out. */
size_t ks_codec_base32(uint8_t *out, size_t room, struct ks_span text);

/* Hex digits of either case. */
size_t ks_codec_hex(uint8_t *out, size_t room, struct ks_span text);

/* Base64 in the standard alphabet without padding; `out` ends with a NUL. */
void ks_codec_to_base64(char *out, size_t room, struct ks_span bytes);

/* Base32 without padding; `out` ends with a NUL. */
void ks_codec_to_base32(char *out, size_t room, struct ks_span bytes);

/*
 * Writes `value` with exactly `width` digits of the alphabet's base, most
 * significant first; what does not fit is lost. No NUL.
 */
void ks_codec_number(char *out, size_t width, uint64_t value,
                     const char *alphabet);

/* CRC-16 of XModem: polynomial 0x1021, start 0. */
uint16_t ks_codec_crc16(struct ks_span bytes);

/* Whether each byte of `text` is an ASCII letter or digit. */
bool ks_codec_alphanumeric(struct ks_span text);

/* Whether `text` begins with the string. */
bool ks_codec_begins(struct ks_span text, const char *head);

#endif
