/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.h: words that mean something to the classifier. */
#ifndef KS_SCANNER_GENERIC_VOCABULARY_H
#define KS_SCANNER_GENERIC_VOCABULARY_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What a word in a key speaks of, from the least to the most telling; the
 * model's thresholds rely on this order.
 */
enum ks_word_kind {
    KS_WORD_NONE,     /* not in the table */
    KS_WORD_TEXT,     /* label, title, message, error */
    KS_WORD_PLACE,    /* url, path, file, host */
    KS_WORD_META,     /* name, type, length, expires */
    KS_WORD_BAD,      /* invalid, forgot, reset, required */
    KS_WORD_PUBLIC,   /* public, foreign, primary */
    KS_WORD_TEST,     /* test, fake, example */
    KS_WORD_ID,       /* id, uuid */
    KS_WORD_USER,     /* user, login, email */
    KS_WORD_SYSTEM,   /* db, mysql, aws, admin, root: whose credential */
    KS_WORD_HASH,     /* hash, digest, signature, checksum */
    KS_WORD_SESSION,  /* session, cookie, csrf */
    KS_WORD_SALT,     /* salt, nonce, iv, seed */
    KS_WORD_API,      /* api, client, consumer, app */
    KS_WORD_ACCESS,   /* access, refresh, bearer */
    KS_WORD_AUTH,     /* auth, oauth, credential */
    KS_WORD_KEY,      /* key */
    KS_WORD_PRIVATE,  /* private, encryption, signing */
    KS_WORD_TOKEN,    /* token, jwt */
    KS_WORD_SECRET,   /* secret */
    KS_WORD_PASSWORD, /* password */
    KS_WORD_KINDS
};

/* What a word of a text tells about the text around a candidate. */
enum ks_near_kind {
    KS_NEAR_NONE,
    KS_NEAR_USER,
    KS_NEAR_HOST,
    KS_NEAR_CRED,
    KS_NEAR_TEST,
    KS_NEAR_DOC,
    KS_NEAR_CODE,
    KS_NEAR_CRYPTO,
    KS_NEAR_TEXT,
    KS_NEAR_KINDS
};

/* Bytes that every word of the lexicon fits into. */
#define KS_LEXEME_LONGEST 16

/* All that is known of one lower-case word. */
struct ks_lexeme {
    char word[KS_LEXEME_LONGEST]; /* padded with zeros */
    uint8_t near;                 /* enum ks_near_kind */
    uint8_t kind;                 /* enum ks_word_kind, by itself */
    uint8_t placeholder;          /* stands where a secret would be */
    uint8_t setting; /* names an algorithm, an encoding or a choice */
};

/* The words of *.def; the first is none. Made by tools/classifier/lexicon.py.
 */
extern const struct ks_lexeme ks_lexicon[];

/* Where a word's hash leads, in ks_lexicon; open addressing, 0 ends a search.
 */
#define KS_LEXICON_BITS 12
extern const uint16_t ks_lexicon_slots[1 << KS_LEXICON_BITS];

/* What is known of a lower-case word; ks_lexicon[0] if nothing is. */
const struct ks_lexeme *ks_vocabulary_find(struct ks_span word);

/* The kind of one lower-case word, by itself or by its ending or head. */
enum ks_word_kind ks_vocabulary_kind(struct ks_span word);

/* The same, of a word that has been looked up already. */
enum ks_word_kind ks_vocabulary_kind_of(struct ks_span word,
                                        const struct ks_lexeme *lexeme);

/* Whether the letters are the whole of a well-known placeholder. */
bool ks_vocabulary_is_placeholder(struct ks_span word);

/*
 * How the letters of `text` are covered by known words: the greatest number
 * that words of three and more letters cover without overlap.
 */
struct ks_cover {
    unsigned letters; /* all letters, at most KS_COVER_LETTERS looked at */
    unsigned covered; /* in known words */
    unsigned in_long; /* in known words of five and more */
    unsigned words;   /* number of words in the cover */
    unsigned longest; /* letters of the longest */
};
#define KS_COVER_LETTERS 96u

struct ks_cover ks_vocabulary_cover(struct ks_span text);

#endif
