/* SPDX-License-Identifier: Apache-2.0 */
/* Mnemonics in ten languages; the words stand apart so that none is whole. */
#include "tests/unit/validators_util.h"

struct phrase {
    const char *language;
    const char *scheme;
    const char *words[4]; /* joined by the separator */
};

static const struct phrase phrases[] = {
    {"english",
     "BIP-39",
     {"yellow funny release", "real shop peanut", "health magic sun",
      "broom beach scale"}},
    {"english",
     "BIP-39",
     {"yellow funny release real shop peanut", "health magic sun broom beach",
      "script bounce rug clean describe change cry",
      "chest load depart ensure pride twenty"}},
    {"japanese",
     "BIP-39",
     {"わかめ さみしい にんむ", "にもつ はんえい てみやげ",
      "しゃりん だいどころ へいたく", "えもの うけたまわる はいご"}},
    {"korean",
     "BIP-39",
     {"흔히 사물 장점", "잠자리 중간 유행", "성인 암컷 출근",
      "근교 관계 제법"}},
    {"spanish",
     "BIP-39",
     {"zafiro fresa pista pie", "remedio oír hamaca maduro",
      "sobre batalla artista rápido", "babor puchero canica"}},
    {"chinese simplified",
     "BIP-39",
     {"卿 搞 艰", "洁 糊 亩", "丰 洗 雕", "别 向 砂"}},
    {"chinese traditional",
     "BIP-39",
     {"卿 搞 艱", "潔 糊 畝", "豐 洗 雕", "別 向 砂"}},
    {"french",
     "BIP-39",
     {"voyelle évidence pélican parole raisin",
      "mythique fongible jaguar séduire bicycle",
      "assurer priver bastion poisson carnage croquer",
      "cabanon coiffer calmer insecte cocotier"}},
    {"italian",
     "BIP-39",
     {"zircone ginepro riforma retina scorta", "piombo insano muovere spillato",
      "bilancia assaggio saziato baule",
      "rovescio cervello difeso capra connesso"}},
    {"czech",
     "BIP-39",
     {"zubr letokruh rozloha", "rostlina spodek porod", "minulost odvaha uboze",
      "dioda chata slabika"}},
    {"portuguese",
     "BIP-39",
     {"xingar estaca papagaio", "padaria queijo molusco",
      "flanela invicto sanidade", "azedo apesar pontaria"}},
    {"english",
     "Electrum",
     {"explain clay witness", "comic sun razor", "husband hunt car",
      "ugly clay dad"}},
    {"english",
     "TON",
     {"panel recipe grant never uncle play", "tree live salt music wrap wish",
      "jealous march artwork fringe daring supply",
      "soup dutch guard reason arch kid"}},
    {"english",
     "Algorand",
     {"lend blouse tuna snow street move",
      "grocery company kite genre chat bulk",
      "exile pact marriage symptom shadow mountain",
      "soon cross flight pizza diary absent tag"}},
};

static const char *assemble(char out[TOKEN_ROOM], const struct phrase *phrase,
                            const char *separator)
{
    (void)snprintf(out, TOKEN_ROOM, "%s%s%s%s%s%s%s", phrase->words[0],
                   separator, phrase->words[1], separator, phrase->words[2],
                   separator, phrase->words[3]);
    return out;
}

static void test_each_language_and_scheme(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        assemble(text, &phrases[i], " ");
        assert_int_equal(check_text("bip39", text), KS_VALIDITY_CHECKSUM);
        assert_fact("bip39", text, "language", phrases[i].language);
        assert_fact("bip39", text, "scheme", phrases[i].scheme);
    }
}

static void test_words_however_they_are_written(void **state)
{
    static const char *const separators[] = {
        "\n", "\r\n  ", "\\n",          "\", \"",
        "  ", " 7. ",   "\xe3\x80\x80", "\xc2\xa0",
    };
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
        assemble(text, &phrases[0], separators[i]);
        assert_int_equal(check_text("bip39", text), KS_VALIDITY_CHECKSUM);
    }
    assemble(text, &phrases[0], " ");
    text[0] = 'Y';
    assert_int_equal(check_text("bip39", text), KS_VALIDITY_CHECKSUM);
}

/* Decomposed letters, as the lists have them. */
static void test_decomposed_letters(void **state)
{
    (void)state;
    assert_int_equal(
        check_text("bip39", "zafiro fresa pista pie remedio oi\xcc\x81r hamaca "
                            "maduro sobre batalla artista "
                            "ra\xcc\x81pido babor puchero canica"),
        KS_VALIDITY_CHECKSUM);
}

static void test_han_without_spaces(void **state)
{
    (void)state;
    assert_int_equal(check_text("bip39", "卿搞艰洁糊亩丰洗雕别向砂"),
                     KS_VALIDITY_CHECKSUM);
}

/* "scale" → "scan" and so on: one word changed breaks the checksum. */
static void test_one_word_changed(void **state)
{
    (void)state;
    assert_int_equal(check_text("bip39",
                                "yellow funny release real shop peanut "
                                "health magic sun broom beach school"),
                     KS_VALIDITY_FAKE);
    assert_int_equal(check_text("bip39",
                                "yellow funny release real shop peanut "
                                "health magic sun broom beach keysweep"),
                     KS_VALIDITY_FAKE);
    assert_int_equal(check_text("bip39", "yellow funny release"),
                     KS_VALIDITY_FAKE);
    assert_int_equal(check_text("bip39", ""), KS_VALIDITY_FAKE);
}

/*
 * The words that share the last seven bits of entropy with "scale": the four
 * bits of checksum leave one of them.
 */
static void test_every_bit_of_the_checksum(void **state)
{
    static const char *const last[] = {
        "scale",  "scan",    "scare",    "scatter",  "scene", "scheme",
        "school", "science", "scissors", "scorpion", "scout", "scrap",
        "screen", "script",  "scrub",    "sea",
    };
    size_t valid = 0;
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++) {
        join(text, "yellow funny release real shop peanut ",
             "health magic sun broom beach ", last[i]);
        valid += check_text("bip39", text) == KS_VALIDITY_CHECKSUM;
    }
    assert_int_equal(valid, 1);
}

static void test_words_that_follow(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    assemble(text, &phrases[0], " ");
    (void)snprintf(text + strlen(text), 64, " keysweep is not a word");
    assert_int_equal(check_text("bip39", text), KS_VALIDITY_CHECKSUM);
    assert_fact("bip39", text, "words", "12");
}

static void test_samples(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "test test test test test test ", "test test test test test ",
         "junk");
    assert_int_equal(check_text("bip39", text), KS_VALIDITY_SAMPLE);
    join(text, "legal winner thank year wave sausage ",
         "worth useful legal winner thank ", "yellow");
    assert_int_equal(check_text("bip39", text), KS_VALIDITY_SAMPLE);
    join(text, "Bottom Drive obey lake curtain smoke ",
         "basket hold race lonely fit ", "walk");
    assert_int_equal(check_text("bip39", text), KS_VALIDITY_SAMPLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_language_and_scheme),
        cmocka_unit_test(test_words_however_they_are_written),
        cmocka_unit_test(test_decomposed_letters),
        cmocka_unit_test(test_han_without_spaces),
        cmocka_unit_test(test_one_word_changed),
        cmocka_unit_test(test_every_bit_of_the_checksum),
        cmocka_unit_test(test_words_that_follow),
        cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
