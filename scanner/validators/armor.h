/* SPDX-License-Identifier: Apache-2.0 */
/*
 * armor.h: text blocks between "-----BEGIN x-----" and "-----END x-----", as
 * they are found in files: indented, quoted, with "\n" for line ends, or as
 * concatenated strings.
 */
#ifndef KS_SCANNER_VALIDATORS_ARMOR_H
#define KS_SCANNER_VALIDATORS_ARMOR_H

#include "base/span.h"

enum {
    KS_ARMOR_LARGEST = 1 << 18, /* bytes of text */
    KS_ARMOR_LABEL = 48,
};

struct ks_armor {
    char label[KS_ARMOR_LABEL]; /* such as "RSA PRIVATE KEY" */
    struct ks_span body;        /* between the marks; borrowed from the text */
    bool whole;                 /* the end mark is there */
};

/* The first block of the text; false when there is none. */
bool ks_armor_find(struct ks_armor *out, struct ks_span text);

/*
 * Header lines ("Name: value") at the beginning of a body, and the rest.
 * Bodies without headers are all rest.
 */
struct ks_span ks_armor_headers(struct ks_span body, struct ks_span *rest);

/*
 * Decodes the base64 of a body: everything up to a line that begins with "=",
 * which is left in `*checksum` (empty if there is none). Returns bytes that the
 * caller wipes and frees, with their number in `*len`; NULL when the body is
 * not base64, is empty or too large, or without memory.
 */
uint8_t *ks_armor_decode(struct ks_span body, size_t *len,
                         struct ks_span *checksum);

#endif
