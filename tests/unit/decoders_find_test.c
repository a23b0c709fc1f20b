/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders find, what they make of it, and what they leave alone. */
#include "scanner/decoders/decode.h"

#include "base/buf.h"

#include <libdeflate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 1 << 16, MOST = 64 };

/* Everything that was found, deepest last. */
struct findings {
    struct ks_decoder *decoder;
    struct {
        enum ks_decode_kind kind;
        unsigned depth;
        size_t from, to;
        char *bytes;
        size_t len;
    } items[MOST];
    size_t len;
    unsigned depth;
};

static enum ks_rc keep(void *ctx, const struct ks_decoded *decoded,
                       struct ks_err *err)
{
    struct findings *all = ctx;
    enum ks_rc rc;
    size_t i = all->len++;

    assert_true(i < MOST);
    assert_true(decoded->bytes.len > 0);
    all->items[i].kind = decoded->kind;
    all->items[i].depth = ++all->depth;
    all->items[i].from = decoded->from;
    all->items[i].to = decoded->to;
    all->items[i].len = decoded->bytes.len;
    all->items[i].bytes = malloc(decoded->bytes.len + 1);
    assert_non_null(all->items[i].bytes);
    memcpy(all->items[i].bytes, decoded->bytes.ptr, decoded->bytes.len);
    all->items[i].bytes[decoded->bytes.len] = '\0';
    rc = ks_decode_find(all->decoder, decoded->bytes, 0, decoded->bytes.len,
                        keep, ctx, err);
    all->depth--;
    return rc;
}

static void release(struct findings *all)
{
    for (size_t i = 0; i < all->len; i++)
        free(all->items[i].bytes);
    ks_decoder_free(all->decoder);
    *all = (struct findings){.len = 0};
}

static void find_bytes(struct findings *all, const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len + (len == 0));
    struct ks_err err = {0};

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    *all = (struct findings){.len = 0};
    assert_int_equal(ks_decoder_new(&all->decoder, &err), KS_OK);
    assert_int_equal(ks_decode_find(all->decoder, (struct ks_span){copy, len},
                                    0, len, keep, all, &err),
                     KS_OK);
    free(copy);
}

/* Whether `text` holds an encoding of that kind of something with `inner`. */
static bool finds(const char *text, enum ks_decode_kind kind, const char *inner)
{
    struct findings all;
    bool found = false;

    find_bytes(&all, text, strlen(text));
    for (size_t i = 0; i < all.len; i++)
        found |= all.items[i].kind == kind &&
                 strstr(all.items[i].bytes, inner) != NULL;
    release(&all);
    return found;
}

static size_t count(const char *text)
{
    struct findings all;
    size_t len;

    find_bytes(&all, text, strlen(text));
    len = all.len;
    release(&all);
    return len;
}

/* "password=correct-horse-battery" in base64 */
#define HORSE "cGFzc3dvcmQ9Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5"
#define HORSE_TEXT "password=correct-horse-battery"

static void test_base64(void **state)
{
    (void)state;
    assert_true(finds(HORSE, KS_DECODE_BASE64, HORSE_TEXT));
    assert_true(finds("x: \"" HORSE "\"\n", KS_DECODE_BASE64, HORSE_TEXT));
    assert_true(
        finds("data:text/plain;base64," HORSE, KS_DECODE_BASE64, HORSE_TEXT));
    assert_true(finds("kind: Secret\ndata:\n  login: " HORSE "\n",
                      KS_DECODE_BASE64, HORSE_TEXT));
    /* another alignment of the end, with and without padding */
    assert_true(finds("cGFzc3dvcmQ9Y29ycmVjdC1ob3JzZQ==", KS_DECODE_BASE64,
                      "password=correct-horse"));
    assert_true(finds("cGFzc3dvcmQ9Y29ycmVjdC1ob3JzZQ", KS_DECODE_BASE64,
                      "password=correct-horse"));
    /* glued to a path, a name, an escaped line end */
    assert_true(finds("secrets/" HORSE, KS_DECODE_BASE64, HORSE_TEXT));
    assert_true(finds("token_" HORSE, KS_DECODE_BASE64, HORSE_TEXT));
    assert_true(finds("\\n" HORSE, KS_DECODE_BASE64, HORSE_TEXT));
}

/* ">>>???~~~" and more: the last two digits of either alphabet. */
static void test_base64_alphabets(void **state)
{
    (void)state;
    assert_true(finds("c2VjcmV0PT4+Pj8/P35+fnNlY3JldA==", KS_DECODE_BASE64,
                      "secret=>>>???~~~secret"));
    assert_true(finds("c2VjcmV0PT4-Pj8_P35-fnNlY3JldA==", KS_DECODE_BASE64,
                      "secret=>>>???~~~secret"));
}

static void test_base64_over_lines(void **state)
{
    static const char lines[][80] = {
        "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgdGhl",
        "biB0aGUgbGF6eSBkb2cgYXNrczogd2hhdCBpcyB0aGUgcGFzc3dvcmQ/IEFuZCB0",
        "aGUgZm94IHNheXM6IGh1bnRlcjI=",
    };
    static const char *const ends[] = {"\n", "\r\n", "\n    ", "\\n", "\\r\\n"};
    char text[ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        (void)snprintf(text, sizeof(text), "%s%s%s%s%s\n", lines[0], ends[i],
                       lines[1], ends[i], lines[2]);
        assert_true(finds(text, KS_DECODE_BASE64,
                          "lazy dog, then the lazy dog asks: what is the "
                          "password? And the fox says: hunter2"));
        assert_int_equal(count(text), 1);
        (void)snprintf(text, sizeof(text), "\"x\\n%s%s%s%s%s\"", lines[0],
                       ends[i], lines[1], ends[i], lines[2]);
        assert_true(finds(text, KS_DECODE_BASE64, "The quick brown fox"));
        assert_true(finds(text, KS_DECODE_BASE64, "says: hunter2"));
        assert_int_equal(count(text), 1);
    }
}

static void test_hex(void **state)
{
    (void)state;
    assert_true(finds("70617373776f72643d636f72726563742d686f727365",
                      KS_DECODE_HEX, "password=correct-horse"));
    assert_true(finds("0x70617373776F72643D636F72726563742D686F727365",
                      KS_DECODE_HEX, "password=correct-horse"));
}

static void test_percent(void **state)
{
    (void)state;
    assert_true(finds("https://h/?q=password%3Dcorrect%2Dhorse end",
                      KS_DECODE_PERCENT, "password=correct-horse"));
    assert_true(finds("%22key%22%3A%20%22abc%22", KS_DECODE_PERCENT,
                      "\"key\": \"abc\""));
    /* all of it, letters as well */
    assert_true(finds("k=%63%6f%72%72%65%63%74%2d%68%6F%72%73%65 end",
                      KS_DECODE_PERCENT, "k=correct-horse"));
    assert_true(finds("password=cor%72%65%63t-horse", KS_DECODE_PERCENT,
                      "password=correct-horse"));
    assert_int_equal(count("printf(\"%2d %20s %02x %3d\", a, b);"), 0);
    assert_int_equal(count("printf(\"%4d%4d%4d%4d%4d%4d\", a, b, c);"), 0);
}

static void test_escapes(void **state)
{
    (void)state;
    assert_true(finds("\"pass\\u0077ord=correct-horse\"", KS_DECODE_ESCAPES,
                      "password=correct-horse"));
    assert_true(finds("'pass\\x77ord=correct-horse'", KS_DECODE_ESCAPES,
                      "password=correct-horse"));
    assert_true(finds("'pass\\u{77}ord=correct-horse'", KS_DECODE_ESCAPES,
                      "password=correct-horse"));
    assert_true(finds("\"{\\\"password\\\": \\\"correct-horse\\\"}\"",
                      KS_DECODE_ESCAPES, "{\"password\": \"correct-horse\"}"));
    assert_true(finds("\"key\":\"abcdefgh\\/ijklmnop\\/q\"", KS_DECODE_ESCAPES,
                      "abcdefgh/ijklmnop/q"));
    assert_true(finds("'\\143\\157\\162\\162\\145\\143\\164-horse'",
                      KS_DECODE_ESCAPES, "correct-horse"));
    assert_true(finds("printf '\\160\\141\\163\\163\\075\\154\\151' x",
                      KS_DECODE_ESCAPES, "pass=li"));
    assert_int_equal(count("s/(a)(b)/\\1\\2 or \\0 and \\033[1m/; \\303\\251"),
                     0);
    /* a surrogate pair */
    assert_true(finds("\"\\ud83d\\ude00 pass\\u0077ord\"", KS_DECODE_ESCAPES,
                      "\xf0\x9f\x98\x80 password"));
}

static void test_folded_pem(void **state)
{
    (void)state;
    assert_true(finds("key = \"-----BEGIN X-----\\nAAAA\\nBBBB\\n"
                      "-----END X-----\\n\"",
                      KS_DECODE_ESCAPES,
                      "-----BEGIN X-----\nAAAA\nBBBB\n-----END X-----\n"));
}

static void test_entities(void **state)
{
    (void)state;
    assert_true(finds("<a b=\"password&#61;correct&#x2D;horse\">",
                      KS_DECODE_ENTITIES, "password=correct-horse"));
    assert_true(finds("<a b='{&quot;password&quot;:&quot;horse&quot;}'>",
                      KS_DECODE_ENTITIES, "{\"password\":\"horse\"}"));
    assert_int_equal(count("f(&quota, &#define);"), 0);
}

static void test_quoted_printable(void **state)
{
    (void)state;
    assert_true(finds("password=3Dcorrect=2Dhorse\r\n",
                      KS_DECODE_QUOTED_PRINTABLE, "password=correct-horse"));
    assert_true(finds("and so the line went on and on until it came to this: "
                      "password=3Dcorre=\r\nct-horse\r\n",
                      KS_DECODE_QUOTED_PRINTABLE, "password=correct-horse"));
    assert_true(finds("and so the line went on and on until it came to this: "
                      "password: correct=\nhorse\n",
                      KS_DECODE_QUOTED_PRINTABLE, "password: correcthorse"));
    assert_int_equal(count("value =\n    other;\n"), 0);
}

static void test_concatenation(void **state)
{
    static const char *const sources[] = {
        "t = \"correct\" + \"horse\";",
        "t = \"correct\"+\"horse\";",
        "t = 'correct' + 'horse'",
        "$t = 'correct' . 'horse';",
        "t = \"correct\"\n    \"horse\"",
        "t = \"correct\" \"horse\"",
        "t = \"correct\" \\\n  \"horse\"",
        "t = \"correct\" & _\r\n  \"horse\"",
        "t = \"correct\" +\n    \"horse\"",
        "t = \"correct\"\n  + \"horse\"",
        "t = \"cor\" + \"rect\" + \"hor\" + \"seshoe\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (!finds(sources[i], KS_DECODE_CONCATENATION, "correcthorse"))
            fail_msg("%s", sources[i]);
        assert_int_equal(count(sources[i]), 1);
    }
    assert_int_equal(count("ls 'correct' 'horse'"), 0);
    assert_int_equal(count("printf(\"a %s \" \"b %s\", \"c\", \"d\");"), 0);
    assert_int_equal(count("\"correct\", \"horse\""), 0);
}

/* Asked for a part of a long chain, all of it is reported. */
static void test_chain_by_its_parts(void **state)
{
    enum { LITERALS = 8, LITERAL = 100 };
    struct findings all = {.len = 0};
    struct ks_err err = {0};
    char text[ROOM], literal[LITERAL + 1];
    size_t len = 0;

    (void)state;
    memset(literal, 'k', LITERAL);
    literal[LITERAL] = '\0';
    for (int i = 0; i < LITERALS; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\"%s\"",
                                i == 0 ? "t = " : " +\n    ", literal);
    assert_int_equal(ks_decoder_new(&all.decoder, &err), KS_OK);
    for (size_t from = 5; from + 1 < len; from += 50) {
        size_t seen = all.len;

        assert_int_equal(ks_decode_find(all.decoder, ks_span_str(text), from,
                                        from + 1, keep, &all, &err),
                         KS_OK);
        assert_int_equal(all.len, seen + 1);
        assert_int_equal(all.items[seen].len, LITERALS * LITERAL);
    }
    release(&all);
}

/* A key whose lines are literals of their own. */
static void test_concatenated_key(void **state)
{
    (void)state;
    assert_true(finds("k = \"-----BEGIN X-----\\n\"\n"
                      "    \"MIIEpAIBAAKCAQEAabcd\\n\"\n"
                      "    \"MIIEpAIBAAKCAQEAabcd\\n\"\n"
                      "    \"-----END X-----\\n\";\n",
                      KS_DECODE_CONCATENATION,
                      "-----BEGIN X-----\\nMIIEpAIBAAKCAQEAabcd\\n"
                      "MIIEpAIBAAKCAQEAabcd\\n-----END X-----\\n"));
}

/* Widens the text, behind a byte order mark. */
static size_t widen(uint8_t *out, const char *text, unsigned size,
                    unsigned letter)
{
    size_t len = 0;

    for (const char *c = text; *c != '\0'; c++) {
        memset(out + len, 0, size);
        out[len + letter] = (uint8_t)*c;
        len += size;
    }
    return len;
}

static void test_wide(void **state)
{
    static const struct {
        enum ks_decode_kind kind;
        unsigned size, letter;
        const char *mark;
        size_t mark_len;
    } forms[] = {
        {KS_DECODE_UTF16LE, 2, 0, "\xff\xfe", 2},
        {KS_DECODE_UTF16BE, 2, 1, "\xfe\xff", 2},
        {KS_DECODE_UTF32LE, 4, 0, "\xff\xfe\0\0", 4},
        {KS_DECODE_UTF32BE, 4, 3, "\0\0\xfe\xff", 4},
    };
    static const char text[] = "a line\r\npassword = correct-horse\r\n";
    uint8_t bytes[ROOM];
    struct findings all;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t len = forms[i].mark_len;

        memcpy(bytes, forms[i].mark, len);
        len += widen(bytes + len, text, forms[i].size, forms[i].letter);
        find_bytes(&all, bytes, len);
        assert_int_equal(all.len, 1);
        assert_int_equal(all.items[0].kind, forms[i].kind);
        assert_non_null(strstr(all.items[0].bytes, text));
        release(&all);
    }
}

/* A string of a Windows program, between other bytes. */
static void test_wide_in_binary(void **state)
{
    uint8_t bytes[ROOM];
    size_t len = 0;
    struct findings all;

    (void)state;
    for (; len < 1001; len++)
        bytes[len] = (uint8_t)(len % 7 == 0 ? 0 : 0x80 + len % 100);
    len += widen(bytes + len, "password=correct-horse", 2, 0);
    memset(bytes + len, 0, 500);
    find_bytes(&all, bytes, len + 500);
    assert_int_equal(all.len, 1);
    assert_non_null(strstr(all.items[0].bytes, "password=correct-horse"));
    release(&all);
}

static const char *const innocent[] = {
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwv"
    "Y7kxvUdBeoGlODJ6+SfaPg==",
    "src/components/navigation/HeaderNavigationItem.test.tsx",
    "static const struct very_long_identifier_name_of_something_else x;",
    "RegisterNativeMethodsForTheApplicationContextListener();",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
    "------------------------------------------------------------------------",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "if (a == b && c != d) { return x + y; } // \"text\" + value",
    "",
    "a",
};

static void test_innocent_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(innocent) / sizeof(innocent[0]); i++) {
        if (count(innocent[i]) != 0)
            fail_msg("%s", innocent[i]);
    }
}

/* Base64 of `len` bytes, as a string. */
static char *base64(const uint8_t *bytes, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = malloc(len / 3 * 4 + 8);
    char *at = out;

    assert_non_null(out);
    for (size_t i = 0; i < len; i += 3) {
        uint32_t held = (uint32_t)bytes[i] << 16;

        held |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
        held |= i + 2 < len ? bytes[i + 2] : 0;
        *at++ = digits[held >> 18];
        *at++ = digits[held >> 12 & 63];
        *at++ = i + 1 < len ? digits[held >> 6 & 63] : '=';
        *at++ = i + 2 < len ? digits[held & 63] : '=';
    }
    *at = '\0';
    return out;
}

/* Depth three is found, depth four is not. */
static void test_nesting(void **state)
{
    char *texts[5];
    struct findings all;

    (void)state;
    texts[0] = strdup(HORSE_TEXT);
    for (size_t i = 1; i < 5; i++)
        texts[i] = base64((const uint8_t *)texts[i - 1], strlen(texts[i - 1]));
    assert_true(finds(texts[3], KS_DECODE_BASE64, HORSE_TEXT));
    assert_false(finds(texts[4], KS_DECODE_BASE64, HORSE_TEXT));
    find_bytes(&all, texts[4], strlen(texts[4]));
    assert_int_equal(all.len, KS_DECODE_DEPTH);
    assert_int_equal(all.items[2].depth, KS_DECODE_DEPTH);
    release(&all);
    for (size_t i = 0; i < 5; i++)
        free(texts[i]);
}

/* gzip of the bytes, in base64. */
static char *gzip_base64(const void *bytes, size_t len)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    size_t room = libdeflate_gzip_compress_bound(c, len);
    uint8_t *out = malloc(room);
    char *text;

    assert_non_null(out);
    room = libdeflate_gzip_compress(c, bytes, len, out, room);
    assert_true(room > 0);
    text = base64(out, room);
    libdeflate_free_compressor(c);
    free(out);
    return text;
}

static void test_gzip(void **state)
{
    char *text = gzip_base64(HORSE_TEXT, strlen(HORSE_TEXT));
    struct findings all;

    (void)state;
    find_bytes(&all, text, strlen(text));
    assert_int_equal(all.len, 1);
    assert_int_equal(all.items[0].kind, KS_DECODE_BASE64_GZIP);
    assert_string_equal(all.items[0].bytes, HORSE_TEXT);
    release(&all);
    /* damaged: nothing, and not counted as a bound */
    text[30] = text[30] == 'A' ? 'B' : 'A';
    find_bytes(&all, text, strlen(text));
    assert_int_equal(all.len, 0);
    assert_int_equal(ks_decoder_limited(all.decoder), 0);
    release(&all);
    free(text);
}

static void test_bomb(void **state)
{
    size_t len = (size_t)KS_DECODE_INFLATED + 1;
    char *bytes = malloc(len);
    struct findings all;
    char *text;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', len);
    text = gzip_base64(bytes, len);
    find_bytes(&all, text, strlen(text));
    assert_int_equal(all.len, 0);
    assert_int_equal(ks_decoder_limited(all.decoder), 1);
    assert_int_equal(ks_decoder_limited(all.decoder), 0);
    release(&all);
    free(text);
    free(bytes);
}

/* All bombs of one text together meet the budget. */
static void test_many_bombs(void **state)
{
    size_t len = (size_t)KS_DECODE_INFLATED;
    size_t bombs = KS_DECODE_BUDGET / KS_DECODE_INFLATED + 3;
    char *bytes = malloc(len);
    struct ks_buf all_text;
    struct findings all;
    char *text;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', len);
    text = gzip_base64(bytes, len);
    ks_buf_init(&all_text, SIZE_MAX / 2);
    for (size_t i = 0; i < bombs; i++) {
        assert_int_equal(ks_buf_add_str(&all_text, text), KS_OK);
        assert_int_equal(ks_buf_add_byte(&all_text, '\n'), KS_OK);
    }
    find_bytes(&all, all_text.ptr, all_text.len);
    assert_int_equal(all.len, KS_DECODE_BUDGET / KS_DECODE_INFLATED);
    assert_int_equal(ks_decoder_limited(all.decoder), 3);
    release(&all);
    ks_buf_release(&all_text);
    free(text);
    free(bytes);
}

/* Ten megabytes of each byte in turn: no time lost, nothing found. */
static void test_one_character(void **state)
{
    static const char characters[] = "aA\\%&\"'=0+- \n";
    size_t len = 1 << 20;
    char *bytes = malloc(len);
    struct findings all;

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i + 1 < sizeof(characters); i++) {
        memset(bytes, characters[i], len);
        find_bytes(&all, bytes, len);
        assert_int_equal(all.len, 0);
        release(&all);
    }
    free(bytes);
}

static enum ks_rc stop(void *ctx, const struct ks_decoded *decoded,
                       struct ks_err *err)
{
    (void)decoded;
    ++*(int *)ctx;
    return ks_fail(err, KS_ECANCELED, "enough");
}

static void test_callback_ends_it(void **state)
{
    static const char text[] = HORSE " " HORSE;
    struct ks_decoder *decoder = NULL;
    struct ks_err err = {0};
    int calls = 0;

    (void)state;
    assert_int_equal(ks_decoder_new(&decoder, &err), KS_OK);
    assert_int_equal(ks_decode_find(decoder, ks_span_str(text), 0, SIZE_MAX,
                                    stop, &calls, &err),
                     KS_ECANCELED);
    assert_int_equal(calls, 1);
    assert_string_equal(err.text, "enough");
    ks_decoder_free(decoder);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(ks_decode_name(KS_DECODE_NONE), "");
    for (int i = 1; i < KS_DECODE_KINDS; i++)
        assert_true(ks_decode_name((enum ks_decode_kind)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_alphabets),
        cmocka_unit_test(test_base64_over_lines),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_folded_pem),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_quoted_printable),
        cmocka_unit_test(test_concatenation),
        cmocka_unit_test(test_chain_by_its_parts),
        cmocka_unit_test(test_concatenated_key),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_wide_in_binary),
        cmocka_unit_test(test_innocent_text),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_many_bombs),
        cmocka_unit_test(test_one_character),
        cmocka_unit_test(test_callback_ends_it),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
