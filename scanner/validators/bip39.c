/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bip39.c: mnemonics of the word lists of BIP-39, with the checksums of
 * BIP-39 itself, Electrum, Algorand and TON, which share the English list.
 */
#include "base/hash.h"
#include "base/secret.h"
#include "scanner/validators/bip39_words.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/samples.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { WORDS_MOST = 25, NORMAL_MOST = 640, NOT_A_WORD = 0xffff };

/* The words of a text, where they stand. */
struct words {
    struct ks_span items[WORDS_MOST];
    size_t len;
    bool more; /* than there is room for */
};

/* Bytes of what separates words at `at`; 0 inside a word. */
static size_t separator_at(struct ks_span text, size_t at)
{
    static const struct {
        const char *bytes;
        size_t len;
    } wide[] = {{"\xe3\x80\x80", 3}, {"\xc2\xa0", 2}}; /* U+3000, U+00A0 */
    uint8_t c = text.ptr[at];

    for (size_t i = 0; i < 2; i++) {
        if (text.len - at >= wide[i].len &&
            memcmp(text.ptr + at, wide[i].bytes, wide[i].len) == 0)
            return wide[i].len;
    }
    if (c == '\\' && at + 1 < text.len &&
        memchr("nrt", text.ptr[at + 1], 3) != NULL)
        return 2;
    if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return 0;
    return 1;
}

/* Han characters are words of their own: U+4E00 to U+9FFF, three bytes. */
static bool is_han(uint8_t lead)
{
    return lead >= 0xe4 && lead <= 0xe9;
}

static void add_word(struct words *words, struct ks_span word)
{
    size_t step = is_han(word.ptr[0]) ? 3 : word.len;

    for (size_t at = 0; at < word.len; at += step) {
        if (words->len == WORDS_MOST) {
            words->more = true;
            return;
        }
        words->items[words->len++] = ks_span_slice(word, at, at + step);
    }
}

static void split(struct words *words, struct ks_span text)
{
    size_t from = 0;
    size_t at = 0;

    *words = (struct words){.len = 0};
    while (at <= text.len && !words->more) {
        size_t gap = at == text.len ? 1 : separator_at(text, at);

        if (gap > 0) {
            if (at > from)
                add_word(words, ks_span_slice(text, from, at));
            from = at + gap;
            at = from;
        } else {
            at++;
        }
    }
}

static int compare(struct ks_span word, const struct ks_bip39_list *list,
                   size_t i)
{
    size_t from = i == 0 ? 0 : list->ends[i - 1];
    size_t len = list->ends[i] - from;

    for (size_t k = 0; k < word.len && k < len; k++) {
        uint8_t a = word.ptr[k];
        uint8_t b = (uint8_t)list->text[from + k];

        if (a >= 'A' && a <= 'Z')
            a = (uint8_t)(a - 'A' + 'a');
        if (a != b)
            return a < b ? -1 : 1;
    }
    return word.len < len ? -1 : word.len > len;
}

static unsigned number_of(const struct ks_bip39_list *list, struct ks_span word)
{
    size_t low = 0;
    size_t high = list->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(word, list, middle);

        if (order == 0)
            return list->numbers[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NOT_A_WORD;
}

/* The numbers of the leading words that the list has; returns how many. */
static size_t look_up(uint16_t numbers[WORDS_MOST], const struct words *words,
                      const struct ks_bip39_list *list)
{
    size_t count = 0;

    while (count < words->len) {
        unsigned number = number_of(list, words->items[count]);

        if (number == NOT_A_WORD)
            break;
        numbers[count++] = (uint16_t)number;
    }
    return count;
}

/* 11 bits a word; the last count / 3 bits begin the SHA-256 of the others. */
static bool bip39_holds(const uint16_t *numbers, size_t count)
{
    uint8_t bytes[33] = {0};
    uint8_t digest[KS_SHA256_LEN];
    size_t check = count / 3;
    size_t entropy = (count * 11 - check) / 8;
    unsigned mask = 0xffU << (8 - check) & 0xff;
    bool holds;

    for (size_t bit = 0; bit < count * 11; bit++) {
        if ((numbers[bit / 11] >> (10 - bit % 11) & 1) != 0)
            bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    }
    ks_sha256(digest, (struct ks_span){bytes, entropy});
    holds = ((bytes[entropy] ^ digest[0]) & mask) == 0;
    ks_secret_wipe(bytes, sizeof(bytes));
    return holds;
}

static bool is_bip39_count(size_t count)
{
    return count >= 12 && count <= 24 && count % 3 == 0;
}

/* The words in lower case, joined by one space; 0 if they do not fit. */
static size_t normalise(char out[NORMAL_MOST], const struct words *words,
                        size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        struct ks_span word = words->items[i];

        if (len + word.len + 1 >= NORMAL_MOST)
            return 0;
        if (i > 0)
            out[len++] = ' ';
        for (size_t k = 0; k < word.len; k++) {
            char c = (char)word.ptr[k];

            out[len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        }
    }
    return len;
}

/* Electrum's documentation, "Electrum Seed Version System". */
static bool electrum_holds(const char *text, size_t len)
{
    static const char key[] = "Seed version";
    uint8_t digest[64] = {0};

    (void)HMAC(EVP_sha512(), key, sizeof(key) - 1, (const uint8_t *)text, len,
               digest, NULL);
    return digest[0] == 0x01 || (digest[0] == 0x10 && digest[1] >> 4 <= 2);
}

/* The TON documentation, "Mnemonics": a seed without a password. */
static bool ton_holds(const char *text, size_t len)
{
    static const char salt[] = "TON seed version";
    enum { ROUNDS = 100000 / 256 };
    uint8_t entropy[64] = {0};
    uint8_t seed[64] = {1};

    (void)HMAC(EVP_sha512(), text, (int)len, (const uint8_t *)"", 0, entropy,
               NULL);
    (void)PKCS5_PBKDF2_HMAC((const char *)entropy, sizeof(entropy),
                            (const uint8_t *)salt, sizeof(salt) - 1, ROUNDS,
                            EVP_sha512(), sizeof(seed), seed);
    ks_secret_wipe(entropy, sizeof(entropy));
    return seed[0] == 0;
}

/*
 * Algorand's documentation, "Keys and addresses": 11 bits a word, least
 * significant first, and a last word of SHA-512/256.
 */
static bool algorand_holds(const uint16_t numbers[WORDS_MOST])
{
    uint8_t key[33] = {0};
    uint8_t digest[64] = {0};
    bool holds;

    for (size_t bit = 0; bit < (size_t)24 * 11; bit++) {
        if ((numbers[bit / 11] >> bit % 11 & 1) != 0)
            key[bit / 8] |= (uint8_t)(1U << bit % 8);
    }
    (void)EVP_Digest(key, 32, digest, NULL, EVP_sha512_256(), NULL);
    holds = key[32] == 0 && (digest[0] | (digest[1] & 7U) << 8) == numbers[24];
    ks_secret_wipe(key, sizeof(key));
    return holds;
}

/* Which scheme the first `count` words follow, or NULL. */
static const char *scheme_of(const struct words *words,
                             const uint16_t numbers[WORDS_MOST], size_t count,
                             bool english)
{
    char text[NORMAL_MOST];
    const char *scheme = NULL;
    size_t len;

    if (is_bip39_count(count) && bip39_holds(numbers, count))
        return "BIP-39";
    if (!english)
        return NULL;
    len = normalise(text, words, count);
    if (count == 25 && algorand_holds(numbers))
        scheme = "Algorand";
    else if (count == 12 && electrum_holds(text, len))
        scheme = "Electrum";
    else if (count == 24 && ton_holds(text, len))
        scheme = "TON";
    ks_secret_wipe(text, sizeof(text));
    return scheme;
}

/* The same few words over and over, or a phrase that is printed somewhere. */
static bool is_sample(const struct words *words,
                      const uint16_t numbers[WORDS_MOST], size_t count)
{
    enum { FEW = 4 };
    char text[NORMAL_MOST];
    size_t distinct = 0;
    size_t len;
    bool known;

    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        while (k < i && numbers[k] != numbers[i])
            k++;
        distinct += k == i;
    }
    if (distinct <= FEW)
        return true;
    len = normalise(text, words, count);
    known = ks_sample_known((struct ks_span){(const uint8_t *)text, len});
    ks_secret_wipe(text, sizeof(text));
    return known;
}

/*
 * What the leading `count` words are in this language. A rule may have caught
 * a few words more than belong to the phrase, never fewer.
 */
static enum ks_validity check_list(struct ks_proof_facts *facts,
                                   const struct words *words,
                                   const struct ks_bip39_list *list)
{
    uint16_t numbers[WORDS_MOST];
    size_t count = look_up(numbers, words, list);
    bool english = list == ks_bip39_lists;
    enum ks_validity verdict = KS_VALIDITY_FAKE;

    /* Not so in Chinese: its list holds most characters of any prose. */
    if (count == words->len && !is_bip39_count(count) && count != WORDS_MOST &&
        !is_han(words->items[0].ptr[0]))
        verdict = KS_VALIDITY_UNKNOWN;
    for (size_t n = count; n >= 12; n--) {
        const char *scheme = scheme_of(words, numbers, n, english);

        if (scheme == NULL)
            continue;
        if (is_sample(words, numbers, n))
            return KS_VALIDITY_SAMPLE;
        ks_proof_fact(facts, "scheme", "%s", scheme);
        ks_proof_fact(facts, "language", "%s", list->language);
        ks_proof_fact(facts, "words", "%zu", n);
        return KS_VALIDITY_CHECKSUM;
    }
    ks_secret_wipe(numbers, sizeof(numbers));
    return verdict;
}

/* The most favourable verdict of all languages. */
KS_CHECK(bip39)
{
    struct words words;
    enum ks_validity verdict = KS_VALIDITY_FAKE;

    (void)match;
    (void)now;
    split(&words, secret);
    if (words.len < 12)
        return KS_VALIDITY_FAKE;
    for (size_t i = 0; i < KS_BIP39_LISTS; i++) {
        enum ks_validity one = check_list(facts, &words, &ks_bip39_lists[i]);

        if (one == KS_VALIDITY_SAMPLE || one == KS_VALIDITY_CHECKSUM)
            return one;
        if (one == KS_VALIDITY_UNKNOWN)
            verdict = one;
    }
    return verdict;
}
