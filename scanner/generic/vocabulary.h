/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.h: words that mean something to the classifier. */
#ifndef KS_SCANNER_GENERIC_VOCABULARY_H
#define KS_SCANNER_GENERIC_VOCABULARY_H

#include "base/span.h"

#include <stdbool.h>

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

/* Bytes that the words of all tables fit into. */
#define KS_VOCABULARY_LONGEST 16

/*
 * A lower-case word and what it means to its table; never 0. The word stands in
 * the table, so that a search touches nothing else.
 */
struct ks_vocabulary_entry {
    char word[KS_VOCABULARY_LONGEST]; /* padded with zeros */
    uint8_t kind;
};

/* The kind of `word` in a table that is sorted by word; 0 if it is not there.
 * The word has a byte at least. */
uint8_t ks_vocabulary_find(const struct ks_vocabulary_entry *table,
                           size_t count, struct ks_span word);

/* The kind of one lower-case word, by itself or by its ending. */
enum ks_word_kind ks_vocabulary_kind(struct ks_span word);

/* Whether it is the whole of a well-known placeholder, in any language. */
bool ks_vocabulary_is_placeholder(struct ks_span word);

/* Whether it names an algorithm, an encoding or a choice, as settings do. */
bool ks_vocabulary_is_setting(struct ks_span word);

/* Whether the letters are a word of the dictionary filter; lower case. */
bool ks_vocabulary_known(struct ks_span word);

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
