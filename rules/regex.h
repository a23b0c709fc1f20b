/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.h: what a pattern says about itself without being run: how wide its
 * matches are, how far it looks around them, what they begin with, what they
 * look like. It knows the part of PCRE2's syntax that rules need (byte mode);
 * matching is left to the scanner.
 */
#ifndef KS_RULES_REGEX_H
#define KS_RULES_REGEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "rules/rule.h"

struct ks_regex;

/* A width past all bounds. */
#define KS_REGEX_UNBOUNDED 0xffffffffU

struct ks_regex_reach {
    unsigned min_width, max_width; /* bytes of a match */
    unsigned before, after;        /* bytes looked at on either side of it */
};

/*
 * KS_EINVAL with the offset of what is not understood: a mistake, or syntax
 * that is beyond this (back references, recursion, conditions, \K, \X).
 */
enum ks_rc ks_regex_parse(struct ks_regex **out, const char *pattern,
                          struct ks_err *err);
void ks_regex_free(struct ks_regex *regex);

struct ks_regex_reach ks_regex_reach(const struct ks_regex *regex);

/* Whether a match may hold that byte. */
bool ks_regex_may_hold(const struct ks_regex *regex, uint8_t byte);

/*
 * Whether every match begins with one of the words. May say no where the
 * answer is yes, never the other way round.
 */
bool ks_regex_starts_with(const struct ks_regex *regex, struct ks_texts words,
                          bool caseless);

/*
 * 1 if the byte may be in a token's run (enum ks_token_run), else 0; in a form
 * that compilers turn into few instructions.
 */
static inline uint8_t ks_regex_in_run(uint8_t byte)
{
    return (uint8_t)(((uint8_t)((byte | 0x20) - 'a') <= 'z' - 'a') |
                     ((uint8_t)(byte - '-') <= '9' - '-') | (byte == '_') |
                     (byte == '+') | (byte == '='));
}

/*
 * Whether no match begins right behind a letter or digit, given that matches
 * begin with a letter or digit where the pattern asks for \b. May say no where
 * the answer is yes.
 */
bool ks_regex_needs_border(const struct ks_regex *regex);

/* How many bytes of a token's run every match begins with. */
unsigned ks_regex_lead(const struct ks_regex *regex);

/*
 * How many of the first KS_TOKEN_HEAD bytes of a shortest match cannot be just
 * any digit, at most.
 */
unsigned ks_regex_fixed_bytes(const struct ks_regex *regex);

/*
 * Whether every match begins with one of the words and holds a token as
 * KS_RUN_FOLLOWS promises. May say no where the answer is yes.
 */
bool ks_regex_run_follows(const struct ks_regex *regex, struct ks_texts words);

/*
 * Words of one length, 3 bytes or more, with one of which every match begins;
 * owned by the arena. None if there are none, or too many. False without
 * memory.
 */
bool ks_regex_heads(struct ks_texts *out, struct ks_arena *arena,
                    const struct ks_regex *regex);

/*
 * Appends a text of least width that the pattern matches, lookaround aside;
 * the same for the same seed. KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_regex_sample(struct ks_buf *out, const struct ks_regex *regex,
                           uint64_t seed);

/* Whether some part of the pattern is caseless: "(?i". */
bool ks_regex_has_caseless(const char *pattern);

/*
 * How many bytes before and behind the end of a keyword or prefilter hit the
 * rule's pattern may look at. KS_EINVAL when the pattern is not understood,
 * KS_ELIMIT when it has no bound or more than KS_RULE_WINDOW_MAX.
 */
enum ks_rc ks_regex_window(unsigned *before, unsigned *after,
                           const struct ks_rule *rule, struct ks_err *err);

enum { KS_RULE_WINDOW_MAX = 32768 };

#endif
