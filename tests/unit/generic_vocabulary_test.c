/* SPDX-License-Identifier: Apache-2.0 */
/* The lexicon holds the words of *.def and no others. */
#include "scanner/generic/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct word {
    const char *text;
    uint8_t kind;
};

static const struct word near_words[] = {
#define N(word, kind) {word, KS_NEAR_##kind},
#include "scanner/generic/near.def"
#undef N
};

static const struct word key_words[] = {
#define W(word, kind) {word, KS_WORD_##kind},
#include "scanner/generic/vocabulary.def"
#undef W
};

static const struct word placeholders[] = {
#define P(word) {word, 1},
#include "scanner/generic/placeholders.def"
#undef P
};

static const struct word settings[] = {
#define S(word) {word, 1},
#include "scanner/generic/settings.def"
#undef S
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct ks_span span(const char *text)
{
    return (struct ks_span){(const uint8_t *)text, strlen(text)};
}

static void every_word_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(near_words); i++)
        assert_int_equal(ks_vocabulary_find(span(near_words[i].text))->near,
                         near_words[i].kind);
    for (size_t i = 0; i < COUNT(key_words); i++)
        assert_int_equal(ks_vocabulary_find(span(key_words[i].text))->kind,
                         key_words[i].kind);
    for (size_t i = 0; i < COUNT(placeholders); i++)
        assert_true(ks_vocabulary_is_placeholder(span(placeholders[i].text)));
    for (size_t i = 0; i < COUNT(settings); i++)
        assert_true(ks_vocabulary_find(span(settings[i].text))->setting);
}

static bool is_in(const struct word *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].text, text) == 0)
            return true;
    }
    return false;
}

static void nothing_else_is_known(void **state)
{
    (void)state;
    for (size_t slot = 0; slot < 1u << KS_LEXICON_BITS; slot++) {
        const struct ks_lexeme *l = &ks_lexicon[ks_lexicon_slots[slot]];
        char text[KS_LEXEME_LONGEST + 1] = {0};

        if (l == ks_lexicon)
            continue;
        memcpy(text, l->word, KS_LEXEME_LONGEST);
        assert_int_equal(l->near != 0,
                         is_in(near_words, COUNT(near_words), text));
        assert_int_equal(l->kind != 0,
                         is_in(key_words, COUNT(key_words), text));
        assert_int_equal(l->placeholder,
                         is_in(placeholders, COUNT(placeholders), text));
        assert_int_equal(l->setting, is_in(settings, COUNT(settings), text));
    }
    assert_ptr_equal(ks_vocabulary_find(span("zzyzx")), ks_lexicon);
    assert_ptr_equal(ks_vocabulary_find(span("longerthansixteenletters")),
                     ks_lexicon);
    assert_ptr_equal(ks_vocabulary_find(span("")), ks_lexicon);
}

/* The parts of a word: its endings before its heads, the longest first. */
static void parts_of_words_count(void **state)
{
    static const struct word words[] = {
        {"password", KS_WORD_PASSWORD},
        {"dbpassword", KS_WORD_PASSWORD},
        {"mysuperpassword", KS_WORD_PASSWORD},
        {"passwordx", KS_WORD_PASSWORD},
        {"tokenizer", KS_WORD_TOKEN},
        {"zzz", KS_WORD_NONE},
        {"thequickbrownfoxpassword", KS_WORD_PASSWORD},
        {"athequickbrownfoxpassword", KS_WORD_NONE}, /* too long for parts */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++)
        assert_int_equal(ks_vocabulary_kind(span(words[i].text)),
                         words[i].kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found),
        cmocka_unit_test(nothing_else_is_known),
        cmocka_unit_test(parts_of_words_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
