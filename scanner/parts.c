/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c: secrets of several parts, such as an id and its key. */
#include "scanner/occurrence.h"

#include <stdlib.h>

enum { NEIGHBOURS = 64 }; /* matches looked at on either side of one */

static bool near(const struct ks_part *part, const struct ks_match *a,
                 const struct ks_match *b, struct ks_span text)
{
    const struct ks_match *first = a->start < b->start ? a : b;
    const struct ks_match *second = first == a ? b : a;
    size_t gap = second->start > first->end ? second->start - first->end : 0;

    if (part->within_bytes != 0 && gap > part->within_bytes)
        return false;
    return part->within_lines == 0 ||
           ks_span_count_lines(text, first->end, second->start) <=
               part->within_lines;
}

/* The nearest match of rule `wanted`, SIZE_MAX if none is near enough. */
static size_t find_part(const struct ks_matches *matches, size_t at,
                        size_t wanted, const struct ks_part *part,
                        struct ks_span text)
{
    size_t low = at > NEIGHBOURS ? at - NEIGHBOURS : 0;
    size_t high =
        matches->len - at > NEIGHBOURS ? at + NEIGHBOURS : matches->len;
    const struct ks_match *me = &matches->items[at];
    uint64_t best = UINT64_MAX;
    size_t found = SIZE_MAX;

    for (size_t i = low; i < high; i++) {
        const struct ks_match *other = &matches->items[i];
        uint64_t distance = other->start > me->start ? other->start - me->start
                                                     : me->start - other->start;

        if (i != at && other->rule == wanted && distance < best &&
            near(part, me, other, text)) {
            best = distance;
            found = i;
        }
    }
    return found;
}

/* Whether all parts that must be there are; notes the pairs if so. */
static bool join_one(const struct ks_matches *matches, size_t at,
                     struct ks_pairings *pairings, bool *consumed,
                     const struct ks_ruleset *rules, struct ks_span text,
                     bool *memory)
{
    const struct ks_parts *parts = &rules->rules[matches->items[at].rule]->parts;
    size_t first = pairings->len;

    for (size_t slot = 0; slot < parts->len; slot++) {
        const struct ks_part *part = &parts->items[slot];
        size_t wanted = ks_ruleset_index(rules, part->rule);
        size_t found = wanted == SIZE_MAX
                           ? SIZE_MAX
                           : find_part(matches, at, wanted, part, text);

        if (found == SIZE_MAX && !part->optional) {
            pairings->len = first;
            return false;
        }
        if (found != SIZE_MAX)
            *memory &= KS_VEC_PUSH(
                pairings, (struct ks_pairing){matches->items[at].leak,
                                              matches->items[found].leak,
                                              (uint32_t)slot});
    }
    for (size_t slot = 0; slot < parts->len; slot++) {
        size_t wanted = ks_ruleset_index(rules, parts->items[slot].rule);
        size_t found = wanted == SIZE_MAX
                           ? SIZE_MAX
                           : find_part(matches, at, wanted,
                                       &parts->items[slot], text);

        if (found != SIZE_MAX)
            consumed[found] = true;
    }
    return true;
}

static bool concerns(const struct ks_matches *matches,
                     const struct ks_ruleset *rules)
{
    for (size_t i = 0; i < matches->len; i++) {
        const struct ks_rule *rule = rules->rules[matches->items[i].rule];

        if (rule->parts.len > 0 || rule->part_only)
            return true;
    }
    return false;
}

enum ks_rc ks_parts_join(struct ks_matches *matches,
                         struct ks_pairings *pairings,
                         const struct ks_matcher *matcher, struct ks_span text,
                         struct ks_err *err)
{
    const struct ks_ruleset *rules = ks_matcher_rules(matcher);
    bool memory = true;
    bool *consumed, *lacking;
    size_t kept = 0;

    if (!concerns(matches, rules))
        return KS_OK;
    consumed = calloc(2 * matches->len, sizeof(*consumed));
    if (consumed == NULL)
        return ks_fail_memory(err);
    lacking = consumed + matches->len;
    for (size_t i = 0; i < matches->len; i++)
        if (rules->rules[matches->items[i].rule]->parts.len > 0)
            lacking[i] = !join_one(matches, i, pairings, consumed, rules, text,
                                   &memory);
    for (size_t i = 0; i < matches->len; i++) {
        bool part_only = rules->rules[matches->items[i].rule]->part_only;

        if (!consumed[i] && !lacking[i] && !part_only)
            matches->items[kept++] = matches->items[i];
    }
    matches->len = kept;
    free(consumed);
    return memory ? KS_OK : ks_fail_memory(err);
}
