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

/* Whether a line ends between the two. */
static bool on_two_lines(const struct ks_match *a, const struct ks_match *b,
                         struct ks_span text)
{
    const struct ks_match *first = a->start < b->start ? a : b;
    const struct ks_match *second = first == a ? b : a;

    return second->start > first->end &&
           ks_span_count_lines(text, first->end, second->start) > 0;
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

/*
 * Whether all parts that must be there are; notes the pairs if so, and in
 * `owners` of whom each part is one.
 */
static bool join_one(const struct ks_matches *matches, size_t at,
                     struct ks_pairings *pairings, size_t *owners,
                     const struct ks_ruleset *rules, struct ks_span text,
                     bool *memory)
{
    const struct ks_parts *parts =
        &rules->rules[matches->items[at].rule]->parts;
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
        size_t found =
            wanted == SIZE_MAX
                ? SIZE_MAX
                : find_part(matches, at, wanted, &parts->items[slot], text);

        if (found != SIZE_MAX && owners[found] == 0)
            owners[found] = at + 1;
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

/* A part's place becomes one of its owner, whose secret it is told of with. */
static struct ks_match place_of(const struct ks_match *part,
                                const struct ks_match *owner)
{
    struct ks_match place = *owner;

    place.start = part->start;
    place.end = part->end;
    place.decoded = part->decoded;
    return place;
}

/* Whether the match stays, perhaps as a place of its owner. */
static bool settle(struct ks_matches *matches, size_t at, const size_t *owners,
                   struct ks_span text)
{
    struct ks_match *match = &matches->items[at];
    const struct ks_match *owner;

    if (owners[at] == 0)
        return true;
    owner = &matches->items[owners[at] - 1];
    if (owners[owners[at] - 1] != 0 || !on_two_lines(match, owner, text))
        return false;
    *match = place_of(match, owner);
    return true;
}

enum ks_rc ks_parts_join(struct ks_matches *matches,
                         struct ks_pairings *pairings,
                         const struct ks_matcher *matcher, struct ks_span text,
                         struct ks_err *err)
{
    const struct ks_ruleset *rules = ks_matcher_rules(matcher);
    bool memory = true;
    size_t *owners;
    bool *dropped;
    size_t kept = 0;

    if (!concerns(matches, rules))
        return KS_OK;
    /* Owners by number, from 1, and behind them what is dropped. */
    owners = calloc(2 * matches->len, sizeof(*owners));
    if (owners == NULL)
        return ks_fail_memory(err);
    dropped = (bool *)(owners + matches->len);
    for (size_t i = 0; i < matches->len; i++)
        if (rules->rules[matches->items[i].rule]->parts.len > 0)
            dropped[i] =
                !join_one(matches, i, pairings, owners, rules, text, &memory);
    for (size_t i = 0; i < matches->len; i++)
        dropped[i] |=
            owners[i] == 0 && rules->rules[matches->items[i].rule]->part_only;
    for (size_t i = 0; i < matches->len; i++)
        dropped[i] |= !settle(matches, i, owners, text);
    for (size_t i = 0; i < matches->len; i++)
        if (!dropped[i])
            matches->items[kept++] = matches->items[i];
    matches->len = kept;
    free(owners);
    return memory ? KS_OK : ks_fail_memory(err);
}
