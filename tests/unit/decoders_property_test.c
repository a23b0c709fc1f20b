/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was encoded comes back, and its places too; and random texts break no
 * invariant.
 */
#include "base/buf.h"
#include "scanner/decoders/sweep.h"
#include "tests/unit/decoders_invariants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PLAIN = 120, ENCODED = 8192, ROUNDS = 300 };

/* SplitMix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* An encoded text; `at[i]` is where what stands for byte i begins. */
struct encoded {
    char text[ENCODED];
    size_t at[PLAIN + 1];
};

static void put(struct encoded *out, size_t *len, const char *piece)
{
    *len += (size_t)snprintf(out->text + *len, ENCODED - *len, "%s", piece);
}

static void encode_base64(struct encoded *out, const char *plain, size_t len,
                          const char *line_end, const char *digits)
{
    size_t to = 0;

    for (size_t i = 0; i < len; i += 3) {
        const uint8_t *p = (const uint8_t *)plain + i;
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t held = (uint32_t)p[0] << 16;
        char four[5] = "";

        held |= left > 1 ? (uint32_t)p[1] << 8 : 0;
        held |= left > 2 ? p[2] : 0;
        for (size_t k = 0; k < left; k++)
            out->at[i + k] = to + k;
        four[0] = digits[held >> 18];
        four[1] = digits[held >> 12 & 63];
        four[2] = left > 1 ? digits[held >> 6 & 63] : '=';
        four[3] = left > 2 ? digits[held & 63] : '=';
        put(out, &to, four);
        if (line_end != NULL && i / 3 % 16 == 15 && i + 3 < len)
            put(out, &to, line_end);
    }
    out->at[len] = to;
}

/* The number of a byte behind what begins an escape; in octal behind "\\". */
static void encode_byte(char *out, size_t room, const char *mark, char c)
{
    unsigned value = (uint8_t)c;

    if (strcmp(mark, "\\") == 0)
        (void)snprintf(out, room, "\\%03o", value);
    else
        (void)snprintf(out, room, "%s%02X%s", mark, value,
                       mark[0] == '&' ? ";" : "");
}

/* Each byte by itself; those that are not among `only` as they are. */
static void encode_bytes(struct encoded *out, const char *plain, size_t len,
                         const char *mark, const char *only)
{
    size_t to = 0;

    for (size_t i = 0; i < len; i++) {
        char piece[16];

        if (only == NULL || strchr(only, plain[i]) != NULL)
            encode_byte(piece, sizeof(piece), mark, plain[i]);
        else
            (void)snprintf(piece, sizeof(piece), "%c", plain[i]);
        out->at[i] = to;
        put(out, &to, piece);
    }
    out->at[len] = to;
}

static void encode_wide(struct encoded *out, const char *plain, size_t len,
                        unsigned size, unsigned letter)
{
    memset(out->text, 0, ENCODED);
    for (size_t i = 0; i <= len; i++) {
        out->at[i] = i * size;
        if (i < len)
            out->text[i * size + letter] = plain[i];
    }
}

static void encode(struct encoded *out, enum ks_decode_kind kind,
                   const char *plain, size_t len, uint64_t random)
{
    static const char standard[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char *const escapes[] = {"\\u00", "\\x", "\\"};
    static const char *const ends[] = {NULL, "\n", "\r\n", "\\n", "\n      "};

    memset(out, 0, sizeof(*out));
    switch (kind) {
    case KS_DECODE_BASE64:
        encode_base64(out, plain, len, ends[random % 5],
                      random % 2 == 0 ? standard : url);
        break;
    case KS_DECODE_HEX:
        encode_bytes(out, plain, len, "", NULL);
        break;
    case KS_DECODE_PERCENT:
        encode_bytes(out, plain, len, "%",
                     random % 2 == 0 ? " \"'=:/+@&{}%;,<>\\()[]^`" : NULL);
        break;
    case KS_DECODE_ESCAPES:
        encode_bytes(out, plain, len, escapes[random % 3], NULL);
        break;
    case KS_DECODE_ENTITIES:
        encode_bytes(out, plain, len, "&#x", NULL);
        break;
    case KS_DECODE_QUOTED_PRINTABLE:
        encode_bytes(out, plain, len, "=", "= ");
        break;
    case KS_DECODE_UTF16LE:
        encode_wide(out, plain, len, 2, 0);
        break;
    case KS_DECODE_UTF16BE:
        encode_wide(out, plain, len, 2, 1);
        break;
    case KS_DECODE_UTF32LE:
        encode_wide(out, plain, len, 4, 0);
        break;
    case KS_DECODE_UTF32BE:
        encode_wide(out, plain, len, 4, 3);
        break;
    case KS_DECODE_NONE:
    case KS_DECODE_BASE64_GZIP:
    case KS_DECODE_CONCATENATION:
    case KS_DECODE_KINDS:
        fail();
    }
}

struct expected {
    const struct encoded *encoded;
    const char *plain;
    size_t len;
    size_t offset; /* of the encoded text */
    enum ks_decode_kind kind;
    bool found;
};

/* Looks for the plain text in the decoded one, and for the place of each. */
static enum ks_rc expect(void *ctx, const struct ks_decoded *decoded,
                         struct ks_err *err)
{
    struct expected *e = ctx;
    struct ks_span plain = {(const uint8_t *)e->plain, e->len};
    size_t at = ks_span_find(decoded->bytes, 0, plain);

    (void)err;
    if (decoded->kind != e->kind || at == SIZE_MAX)
        return KS_OK;
    e->found = true;
    for (size_t i = 0; i < e->len; i++) {
        size_t from, to, want = e->offset + e->encoded->at[i];

        ks_decode_outer(decoded, at + i, at + i + 1, &from, &to);
        if (from != want)
            fail_msg("%s: byte %zu stands at %zu, not %zu",
                     ks_decode_name(e->kind), i, want, from);
        assert_true(to > from);
        assert_true(e->kind == KS_DECODE_BASE64 ||
                    to == e->offset + e->encoded->at[i + 1]);
    }
    return KS_OK;
}

/* Text with at least one character that each encoding must touch. */
static size_t make_plain(char out[PLAIN + 1], uint64_t *random)
{
    size_t len = 24 + next_random(random) % (PLAIN - 24);

    for (size_t i = 0; i < len; i++)
        out[i] = (char)(0x20 + next_random(random) % 0x5f);
    out[len / 2] = '=';
    out[0] = 'p';
    out[len - 1] = 'q';
    out[len] = '\0';
    return len;
}

/* Beside such text a printable byte could belong to either byte order. */
static bool is_wide(enum ks_decode_kind kind)
{
    return kind >= KS_DECODE_UTF16LE;
}

static void test_identity(void **state)
{
    static const enum ks_decode_kind kinds[] = {
        KS_DECODE_BASE64,  KS_DECODE_HEX,      KS_DECODE_PERCENT,
        KS_DECODE_ESCAPES, KS_DECODE_ENTITIES, KS_DECODE_QUOTED_PRINTABLE,
        KS_DECODE_UTF16LE, KS_DECODE_UTF16BE,  KS_DECODE_UTF32LE,
        KS_DECODE_UTF32BE,
    };
    uint64_t random = 1;
    struct ks_decoder *decoder = NULL;
    struct ks_err err = {0};

    (void)state;
    assert_int_equal(ks_decoder_new(&decoder, &err), KS_OK);
    for (size_t i = 0; i < ROUNDS; i++) {
        enum ks_decode_kind kind =
            kinds[i % (sizeof(kinds) / sizeof(kinds[0]))];
        static struct encoded encoded;
        char plain[PLAIN + 1];
        size_t len = make_plain(plain, &random);
        char before[300];
        struct ks_buf text;
        struct expected e = {&encoded, plain, len, 0, kind, false};

        encode(&encoded, kind, plain, len, next_random(&random));
        memset(before, '.', sizeof(before));
        ks_buf_init(&text, 1 << 20);
        e.offset = next_random(&random) % sizeof(before);
        if (kind == KS_DECODE_QUOTED_PRINTABLE)
            e.offset = 0;
        if (e.offset > 0)
            before[e.offset - 1] = is_wide(kind) ? '\1' : '"';
        (void)ks_buf_add(&text,
                         (struct ks_span){(const uint8_t *)before, e.offset});
        (void)ks_buf_add(&text, (struct ks_span){(const uint8_t *)encoded.text,
                                                 encoded.at[len]});
        (void)ks_buf_add_str(&text, is_wide(kind) ? "\1" : "\" and so on\n");
        assert_int_equal(ks_decode_find(decoder, ks_buf_span(&text), 0,
                                        text.len, expect, &e, &err),
                         KS_OK);
        if (!e.found)
            fail_msg("%s: not found: %s", ks_decode_name(kind), encoded.text);
        ks_buf_release(&text);
    }
    ks_decoder_free(decoder);
}

/* Pieces that make the decoders look. */
static const char *const pieces[] = {
    "\"",
    "'",
    "\\",
    "\n",
    "\r\n",
    "\\n",
    " + ",
    "\" + \"",
    "\"\n  \"",
    "%3D",
    "%22",
    "%2d",
    "%67%68",
    "\\147\\150",
    "\\0",
    "\\1",
    "&#65;",
    "&quot;",
    "&",
    "=3D",
    "=\n",
    "=",
    "\\u0041",
    "\\x41",
    "\\\":",
    "a\\/b",
    "-----\\n",
    "abc",
    "password",
    " ",
    "\t",
    "<",
    ">",
    ".",
    "AKIA",
    "0123456789abcdef",
    "+",
    "/",
    "cGFzc3dvcmQ9Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5",
    "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgdGhl",
    "70617373776f72643d636f72726563742d686f727365",
    "and so the line went on and on until it came to this, which is it",
};

static void add_piece(struct ks_buf *text, uint64_t *random)
{
    uint64_t r = next_random(random);
    size_t many = sizeof(pieces) / sizeof(pieces[0]);
    const char *piece = pieces[r % many];

    switch (r >> 32 & 15) {
    case 0: /* UTF-16, perhaps off by a byte */
        if ((r >> 40 & 1) != 0)
            (void)ks_buf_add_byte(text, 0);
        for (; *piece != '\0'; piece++) {
            (void)ks_buf_add_byte(text, (uint8_t)*piece);
            (void)ks_buf_add_byte(text, 0);
        }
        break;
    case 1:
        (void)ks_buf_add_byte(text, (uint8_t)(r >> 40));
        break;
    default:
        (void)ks_buf_add_str(text, piece);
    }
}

static void test_invariants(void **state)
{
    struct ks_decoder *decoder = NULL;
    struct ks_err err = {0};
    uint64_t random = 2;

    (void)state;
    assert_int_equal(ks_decoder_new(&decoder, &err), KS_OK);
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t many = 1 + next_random(&random) % 200;
        struct ks_buf text;

        ks_buf_init(&text, 1 << 20);
        while (many-- > 0)
            add_piece(&text, &random);
        check_invariants(decoder, ks_buf_span(&text), next_random(&random));
        ks_buf_release(&text);
    }
    ks_decoder_free(decoder);
}

static bool is_digit(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("+/-_", c) != NULL);
}

static bool has(const char *set, uint8_t c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* The pairs that the decoders count on. */
static bool is_mark(uint8_t a, uint8_t b)
{
    return (a == '%' && has("0234567", b)) ||
           (a == '\\' && has("uxUX01\"/", b)) || (a == '&' && has("#q", b)) ||
           (a == '=' && has("3\n\r", b)) || (a == '-' && b == '\\');
}

/* All pairs of bytes, at every offset of a block. */
static void test_sweep(void **state)
{
    uint8_t bytes[KS_SWEEP_BLOCK + 1];
    struct ks_sweep_masks masks;

    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        uint8_t a = (uint8_t)pair, b = (uint8_t)(pair >> 8);
        unsigned at = pair % KS_SWEEP_BLOCK;

        memset(bytes, '.', sizeof(bytes));
        bytes[at] = a;
        bytes[at + 1] = b;
        ks_sweep(&masks, bytes, 1);
        assert_int_equal(masks.digits >> at & 1, is_digit(a));
        if (is_mark(a, b))
            assert_int_equal(masks.marks >> at & 1, 1);
        if (has("\"'", a) && has(" \r\n+.&\"'", b))
            assert_int_equal(masks.quotes >> at & 1, 1);
        if (is_digit(a) && a != '-')
            assert_int_equal((masks.marks | masks.quotes) >> at & 1, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_sweep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
