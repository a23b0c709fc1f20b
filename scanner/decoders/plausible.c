/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/decoders/kinds.h"

int ks_decode_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Length of the UTF-8 sequence at `at`, or 0 if there is none. */
static size_t sequence(struct ks_span bytes, size_t at)
{
    uint8_t lead = bytes.ptr[at];
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    for (size_t i = 1; i < len && at + i < bytes.len; i++) {
        if ((bytes.ptr[at + i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

/* NULs count as text when every second byte is one: UTF-16. */
static bool is_wide(struct ks_span bytes)
{
    size_t nuls = 0;

    if (bytes.len < 16)
        return false;
    for (size_t i = 0; i < 16; i++)
        nuls += bytes.ptr[i] == 0;
    return nuls == 8 && ((bytes.ptr[0] == 0) != (bytes.ptr[1] == 0));
}

bool ks_decode_plausible(struct ks_span bytes)
{
    size_t bad = 0;
    size_t i = 0;

    if (bytes.len == 0)
        return false;
    if (is_wide(bytes))
        return true;
    while (i < bytes.len) {
        uint8_t c = bytes.ptr[i];
        size_t len = 1;

        if (c >= 0x80) {
            len = sequence(bytes, i);
            bad += len == 0;
        } else {
            bad +=
                c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r');
        }
        if (bad * 20 > i + 20)
            return false;
        i += len == 0 ? 1 : len;
    }
    return bad * 20 <= bytes.len;
}
