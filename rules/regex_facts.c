/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/regex_tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Widths add up without wrapping round. */
static unsigned plus(unsigned a, unsigned b)
{
    return a > KS_REGEX_UNBOUNDED - b ? KS_REGEX_UNBOUNDED : a + b;
}

static unsigned times(unsigned a, unsigned b)
{
    if (a == 0 || b == 0)
        return 0;
    return a > KS_REGEX_UNBOUNDED / b ? KS_REGEX_UNBOUNDED : a * b;
}

static void widen(unsigned *out, unsigned value)
{
    if (value > *out)
        *out = value;
}

static struct ks_regex_reach reach_of(const struct ks_regex_node *node);

/* Looking around is counted from any place of the match: never too little. */
static struct ks_regex_reach reach_children(const struct ks_regex_node *node)
{
    bool alternatives = node->kind == KS_REGEX_ALT;
    struct ks_regex_reach sum = {.min_width =
                                     alternatives ? KS_REGEX_UNBOUNDED : 0};

    for (const struct ks_regex_node *child = node->first; child != NULL;
         child = child->next) {
        struct ks_regex_reach one = reach_of(child);

        widen(&sum.before, one.before);
        widen(&sum.after, one.after);
        if (!alternatives) {
            sum.min_width = plus(sum.min_width, one.min_width);
            sum.max_width = plus(sum.max_width, one.max_width);
            continue;
        }
        widen(&sum.max_width, one.max_width);
        if (one.min_width < sum.min_width)
            sum.min_width = one.min_width;
    }
    return sum;
}

static struct ks_regex_reach reach_of(const struct ks_regex_node *node)
{
    struct ks_regex_reach reach;

    if (node->kind == KS_REGEX_SET)
        return (struct ks_regex_reach){1, 1, 0, 0};
    if (node->kind == KS_REGEX_EDGE)
        return (struct ks_regex_reach){0, 0, 1, 2};
    reach = reach_children(node);
    if (node->kind == KS_REGEX_REPEAT) {
        reach.min_width = times(reach.min_width, node->min);
        reach.max_width = times(reach.max_width, node->max);
    } else if (node->kind == KS_REGEX_AHEAD) {
        reach.after = plus(reach.after, reach.max_width);
        reach.min_width = reach.max_width = 0;
    } else if (node->kind == KS_REGEX_BEHIND) {
        reach.before = plus(reach.before, reach.max_width);
        reach.min_width = reach.max_width = 0;
    }
    return reach;
}

struct ks_regex_reach ks_regex_reach(const struct ks_regex *regex)
{
    return reach_of(regex->root);
}

static bool may_hold(const struct ks_regex_node *node, uint8_t byte)
{
    if (node->kind == KS_REGEX_SET)
        return ks_byteset_has(&node->set, byte);
    if (node->kind == KS_REGEX_AHEAD || node->kind == KS_REGEX_BEHIND)
        return false;
    for (node = node->first; node != NULL; node = node->next)
        if (may_hold(node, byte))
            return true;
    return false;
}

bool ks_regex_may_hold(const struct ks_regex *regex, uint8_t byte)
{
    return may_hold(regex->root, byte);
}

bool ks_regex_has_caseless(const char *pattern)
{
    for (const char *at = pattern; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] != '\0') {
            at++;
        } else if (at[0] == '(' && at[1] == '?') {
            const char *flag = at + 2;

            while (*flag == 's' || *flag == 'm')
                flag++;
            if (*flag == 'i')
                return true;
        }
    }
    return false;
}

/* -- borders ----------------------------------------------------------- */

static bool has_alphanumerics(const struct ks_byteset *set)
{
    for (unsigned byte = 0; byte < 128; byte++)
        if (isalnum((int)byte) && !ks_byteset_has(set, byte))
            return false;
    return true;
}

/* "(?<![0-9A-Za-z])", perhaps with more in the set. */
static bool refuses_alphanumerics(const struct ks_regex_node *behind)
{
    const struct ks_regex_node *branch = behind->first->first;

    return behind->negative && branch->next == NULL && branch->first != NULL &&
           branch->first->next == NULL && branch->first->kind == KS_REGEX_SET &&
           has_alphanumerics(&branch->first->set);
}

static bool needs_border(const struct ks_regex_node *node)
{
    const struct ks_regex_node *child = node->first;

    switch (node->kind) {
    case KS_REGEX_EDGE:
        return node->word;
    case KS_REGEX_BEHIND:
        return refuses_alphanumerics(node);
    case KS_REGEX_ALT:
        while (child != NULL && needs_border(child))
            child = child->next;
        return child == NULL;
    case KS_REGEX_SEQ:
        while (child != NULL && child->kind == KS_REGEX_AHEAD)
            child = child->next;
        return child != NULL && needs_border(child);
    case KS_REGEX_SET:
    case KS_REGEX_REPEAT:
    case KS_REGEX_AHEAD:
        return false;
    }
    return false;
}

bool ks_regex_needs_border(const struct ks_regex *regex)
{
    return needs_border(regex->root);
}

/* -- runs -------------------------------------------------------------- */

struct lead {
    unsigned len; /* bytes of a run that every match begins with */
    bool through; /* and every match is nothing but such bytes */
};

static struct lead lead_of(const struct ks_regex_node *node);

static struct lead lead_of_set(const struct ks_byteset *set)
{
    for (unsigned byte = 0; byte < 256; byte++)
        if (ks_byteset_has(set, byte) && !ks_regex_in_run((uint8_t)byte))
            return (struct lead){0, false};
    return (struct lead){1, true};
}

static struct lead lead_of_sequence(const struct ks_regex_node *child)
{
    struct lead sum = {0, true};

    for (; child != NULL && sum.through; child = child->next) {
        struct lead one = lead_of(child);

        sum.len = plus(sum.len, one.len);
        sum.through = one.through;
    }
    return sum;
}

static struct lead lead_of_alternatives(const struct ks_regex_node *child)
{
    struct lead least = {KS_REGEX_UNBOUNDED, true};

    for (; child != NULL; child = child->next) {
        struct lead one = lead_of(child);

        if (one.len < least.len)
            least.len = one.len;
        least.through &= one.through;
    }
    return least;
}

static struct lead lead_of(const struct ks_regex_node *node)
{
    struct lead lead = {0, true};

    switch (node->kind) {
    case KS_REGEX_SET:
        return lead_of_set(&node->set);
    case KS_REGEX_SEQ:
        return lead_of_sequence(node->first);
    case KS_REGEX_ALT:
        return lead_of_alternatives(node->first);
    case KS_REGEX_REPEAT:
        lead = lead_of(node->first);
        if (lead.through || node->min == 0)
            lead.len = times(lead.len, node->min);
        return lead;
    case KS_REGEX_AHEAD:
    case KS_REGEX_BEHIND:
    case KS_REGEX_EDGE:
        return lead;
    }
    return lead;
}

unsigned ks_regex_lead(const struct ks_regex *regex)
{
    return lead_of(regex->root).len;
}

/* Of the next `room` bytes of a shortest match: how many are no digit. */
static unsigned fixed_of(const struct ks_regex_node *node, unsigned room)
{
    unsigned width = reach_of(node).min_width;
    unsigned sum = 0;
    unsigned copies;

    switch (node->kind) {
    case KS_REGEX_SET:
        return room > 0 && !(ks_byteset_has(&node->set, '0') &&
                             ks_byteset_has(&node->set, '9'));
    case KS_REGEX_SEQ:
        for (node = node->first; node != NULL && room > 0; node = node->next) {
            width = reach_of(node).min_width;
            sum += fixed_of(node, room);
            room -= width < room ? width : room;
        }
        return sum;
    case KS_REGEX_ALT:
        for (node = node->first; node != NULL; node = node->next) {
            unsigned one = fixed_of(node, room);

            sum = one > sum ? one : sum;
        }
        return sum;
    case KS_REGEX_REPEAT:
        width = reach_of(node->first).min_width;
        copies = node->min;
        if (width > 0 && copies > room / width)
            copies = room / width;
        return times(fixed_of(node->first, room), copies);
    case KS_REGEX_AHEAD:
    case KS_REGEX_BEHIND:
    case KS_REGEX_EDGE:
        return 0;
    }
    return 0;
}

unsigned ks_regex_fixed_bytes(const struct ks_regex *regex)
{
    return fixed_of(regex->root, KS_TOKEN_HEAD);
}

/* The bytes of a word, as far as they were read. */
struct spelling {
    const struct ks_regex_node *sets[KS_WORD_MAX];
    size_t len;
};

/* Whether that is nothing but one of the words, in whatever case. */
static bool is_one_of(const struct spelling *spelling, struct ks_texts words)
{
    for (size_t i = 0; i < words.len; i++) {
        const char *word = words.items[i];
        size_t at = 0;

        while (
            at < spelling->len && word[at] != '\0' &&
            ks_byteset_has(&spelling->sets[at]->set, (unsigned char)word[at]))
            at++;
        if (at == spelling->len && word[at] == '\0')
            return true;
    }
    return false;
}

/* Whether all that the spelling and the sequence from `node` on can be is. */
static bool spells(struct spelling *spelling, const struct ks_regex_node *node,
                   struct ks_texts words)
{
    size_t len = spelling->len;
    bool good = true;

    for (; node != NULL && node->kind == KS_REGEX_SET &&
           spelling->len < KS_WORD_MAX;
         node = node->next)
        spelling->sets[spelling->len++] = node;
    if (node == NULL)
        good = is_one_of(spelling, words);
    else if (node->kind != KS_REGEX_ALT || node->next != NULL)
        good = false;
    else
        for (node = node->first; good && node != NULL; node = node->next)
            good = spells(spelling, node->first, words);
    spelling->len = len;
    return good;
}

/*
 * How many bytes of the head may come behind the end of a keyword that it
 * begins with.
 */
static unsigned beyond_word(const struct ks_regex_node *head,
                            struct ks_texts words)
{
    struct ks_regex_node alone = *head;
    struct spelling spelling = {.len = 0};
    size_t shortest = KS_REGEX_UNBOUNDED;

    alone.next = NULL;
    if (head->kind == KS_REGEX_ALT && spells(&spelling, &alone, words))
        return 0;
    for (size_t i = 0; i < words.len; i++)
        if (strlen(words.items[i]) < shortest)
            shortest = strlen(words.items[i]);
    return shortest < reach_of(head).max_width
               ? reach_of(head).max_width - (unsigned)shortest
               : 0;
}

/*
 * "(?=[A-Za-z_+/=.-]{0,31}[0-9])": a digit in the first KS_TOKEN_HEAD bytes, in
 * the same run.
 */
static bool asks_for_digit(const struct ks_regex_node *node)
{
    const struct ks_regex_node *skip;
    const struct ks_regex_node *digit;

    if (node->kind != KS_REGEX_AHEAD || node->negative ||
        node->first->first->next != NULL)
        return false;
    skip = node->first->first->first;
    digit = skip == NULL ? NULL : skip->next;
    if (digit == NULL || skip->kind != KS_REGEX_REPEAT ||
        skip->max >= KS_TOKEN_HEAD || reach_of(skip->first).max_width != 1 ||
        lead_of(skip->first).len != 1 || digit->kind != KS_REGEX_SET)
        return false;
    for (unsigned byte = 0; byte < 256; byte++)
        if (ks_byteset_has(&digit->set, byte) && (byte < '0' || byte > '9'))
            return false;
    return true;
}

bool ks_regex_run_follows(const struct ks_regex *regex, struct ks_texts words)
{
    const struct ks_regex_node *node = regex->root->first->first;
    unsigned gap;

    if (regex->root->first->next != NULL)
        return false;
    while (node != NULL && reach_of(node).max_width == 0)
        node = node->next;
    if (node == NULL)
        return false;
    gap = beyond_word(node, words);
    for (node = node->next; node != NULL && gap <= KS_TOKEN_GAP;
         node = node->next) {
        if (asks_for_digit(node) &&
            lead_of_sequence(node->next).len >= KS_TOKEN_RUN)
            return true;
        gap = plus(gap, reach_of(node).max_width);
    }
    return false;
}

/* -- windows ----------------------------------------------------------- */

static unsigned shortest_keyword(const struct ks_rule *rule)
{
    size_t least = KS_RULE_WINDOW_MAX;

    for (size_t i = 0; i < rule->keywords.len; i++)
        if (strlen(rule->keywords.items[i]) < least)
            least = strlen(rule->keywords.items[i]);
    return rule->keywords.len == 0 ? 0 : (unsigned)least;
}

static unsigned longest_keyword(const struct ks_rule *rule)
{
    unsigned most = 0;

    for (size_t i = 0; i < rule->keywords.len; i++)
        widen(&most, (unsigned)strlen(rule->keywords.items[i]));
    return most;
}

enum ks_rc ks_regex_window(unsigned *before, unsigned *after,
                           const struct ks_rule *rule, struct ks_err *err)
{
    struct ks_regex *regex;
    struct ks_regex_reach reach;
    unsigned left;
    unsigned least; /* bytes of a match up to the end of its hit */
    enum ks_rc rc = ks_regex_parse(&regex, rule->pattern, err);

    if (rc != KS_OK)
        return rc;
    reach = ks_regex_reach(regex);
    ks_regex_free(regex);
    if (plus(reach.max_width, plus(reach.before, reach.after)) >
        KS_RULE_WINDOW_MAX)
        return ks_fail(err, KS_ELIMIT, "%s",
                       reach.max_width == KS_REGEX_UNBOUNDED
                           ? "matches have no greatest width"
                           : "matches may be wider than 32768 bytes");
    left = reach.max_width;
    least = shortest_keyword(rule);
    if (rule->run == KS_RUN_LEADS) {
        left = rule->run_len;
        least = KS_TOKEN_RUN;
    } else if (rule->run == KS_RUN_FOLLOWS) {
        left = longest_keyword(rule) + KS_TOKEN_GAP + KS_TOKEN_HEAD;
    } else if (rule->starts_at_keyword) {
        left = longest_keyword(rule);
    }
    *before = left + reach.before;
    *after =
        (least < reach.max_width ? reach.max_width - least : 0) + reach.after;
    return KS_OK;
}
