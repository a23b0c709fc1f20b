/* SPDX-License-Identifier: Apache-2.0 */
/* chars.h: ASCII classes that do not depend on the locale. */
#ifndef KS_SCANNER_GENERIC_CHARS_H
#define KS_SCANNER_GENERIC_CHARS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool ks_is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static inline bool ks_is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool ks_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline uint8_t ks_to_lower(uint8_t c)
{
    return ks_is_upper(c) ? (uint8_t)(c + 32) : c;
}

static inline bool ks_is_alpha(uint8_t c)
{
    return ks_is_lower((uint8_t)(c | 32));
}

static inline bool ks_is_alnum(uint8_t c)
{
    return ks_is_alpha(c) || ks_is_digit(c);
}

/* A letter, a digit, or an underscore. */
static inline bool ks_is_word(uint8_t c)
{
    return ks_is_alnum(c) || c == '_';
}

/* Space or tab. */
static inline bool ks_is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Blank, CR or LF. */
static inline bool ks_is_space(uint8_t c)
{
    return ks_is_blank(c) || c == '\n' || c == '\r';
}

static inline bool ks_is_hex(uint8_t c)
{
    return ks_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Both base64 alphabets and their padding. */
static inline bool ks_is_base64(uint8_t c)
{
    return ks_is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '-' ||
           c == '_';
}

#endif
