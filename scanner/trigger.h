/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trigger.h: what the prefilter looks for. Each trigger is one literal or one
 * bounded expression, shared by all rules that name it.
 */
#ifndef KS_SCANNER_TRIGGER_H
#define KS_SCANNER_TRIGGER_H

#include "base/arena.h"
#include "rules/rule.h"

enum {
    KS_NO_KEYWORD = 0xffff,
    /* Bytes beyond a pattern's width that lookaround and \b may look at. */
    KS_LOOKAROUND = 16,
    KS_RUN_BORDER = 2, /* bytes in front of a run that leads */
    /*
     * Bytes of a literal that Hyperscan looks for: the fewer, the less must be
     * looked at around what a delta changes.
     */
    KS_TRIGGER_LONGEST = 12,
};

struct ks_trigger {
    const char *text;
    /*
     * Bytes that stand before `text`, in memory and where it counts; a hit
     * alone does not tell, see ks_trigger_stands.
     */
    unsigned head;
    bool literal; /* a hit ends with it; else an expression, or has a run */
    bool caseless;
    enum ks_token_run run; /* not none: a literal that words.h looks for */
    unsigned run_len;      /* of a run that leads; the least of all rules */
    unsigned width;        /* the longest it can match, in bytes */

    /*
     * Bytes before and behind the end of a hit that the verdicts of all its
     * rules may depend on.
     */
    unsigned before, after;

    const uint32_t *rules; /* indices in the rule set, ascending */
    uint32_t rule_count;
    uint16_t keyword; /* of the generic lexer, or KS_NO_KEYWORD */
};

/* Immutable. */
struct ks_triggers {
    struct ks_trigger *items;
    size_t len;
    unsigned widest;          /* of all triggers */
    unsigned widest_word;     /* of those with a run */
    unsigned widest_database; /* of the others */
    unsigned gap; /* NULs across which no trigger without a run matches */
    unsigned before, after; /* the largest of all */
    struct ks_arena arena;
};

/*
 * Whether the model of scanner/generic/ has a say in a rule's matches: where
 * the rule wants it, and where its keyword only stands beside the secret.
 */
bool ks_trigger_asks_model(const struct ks_rule *rule);

/* How far the pattern of a rule may look from the end of a hit. */
struct ks_window {
    unsigned before, after;
};

/* Whether the head of a trigger stands before a hit that ends at `end`. */
bool ks_trigger_stands(const struct ks_trigger *trigger, struct ks_span text,
                       size_t end);

/*
 * Gathers the triggers of all rules. `windows` has one entry for each rule and
 * is filled in. KS_EINVAL names a rule that has no bounded window, or a
 * trigger that is too short or holds a line end. `uuids`: also UUIDs without a
 * key beside them. `identifiers`: also rules with the tag KS_TAG_IDENTIFIER.
 */
enum ks_rc ks_triggers_init(struct ks_triggers *triggers,
                            struct ks_window *windows,
                            const struct ks_ruleset *set, bool uuids,
                            bool identifiers, struct ks_err *err);
void ks_triggers_release(struct ks_triggers *triggers);

#endif
