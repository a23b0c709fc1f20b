/* SPDX-License-Identifier: Apache-2.0 */
/* regex_sample.c: texts that a pattern matches. */
#include "rules/regex_tree.h"

#include <stdlib.h>
#include <string.h>

/* Marsaglia's xorshift64, seeded with anything but zero. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A member of the set, a readable one if there is any. */
static uint8_t draw_byte(const struct ks_byteset *set, uint64_t *state)
{
    uint8_t members[256];
    unsigned count = 0;

    for (unsigned byte = '!'; byte <= '~'; byte++)
        if (ks_byteset_has(set, byte))
            members[count++] = (uint8_t)byte;
    for (unsigned byte = 0; count == 0 && byte < 256; byte++)
        if (ks_byteset_has(set, byte))
            members[count++] = (uint8_t)byte;
    return count == 0 ? 0 : members[(draw(state) >> 11) % count];
}

static enum ks_rc sample(struct ks_buf *out, const struct ks_regex_node *node,
                         uint64_t *state);

static enum ks_rc sample_branch(struct ks_buf *out,
                                const struct ks_regex_node *alt,
                                uint64_t *state)
{
    const struct ks_regex_node *child = alt->first;
    uint64_t count = 0;

    for (; child != NULL; child = child->next)
        count++;
    child = alt->first;
    for (uint64_t skip = (draw(state) >> 11) % count; skip > 0; skip--)
        child = child->next;
    return sample(out, child, state);
}

static enum ks_rc sample(struct ks_buf *out, const struct ks_regex_node *node,
                         uint64_t *state)
{
    enum ks_rc rc = KS_OK;

    switch (node->kind) {
    case KS_REGEX_SET:
        return ks_buf_add_byte(out, draw_byte(&node->set, state));
    case KS_REGEX_SEQ:
        for (const struct ks_regex_node *child = node->first;
             rc == KS_OK && child != NULL; child = child->next)
            rc = sample(out, child, state);
        return rc;
    case KS_REGEX_ALT:
        return sample_branch(out, node, state);
    case KS_REGEX_REPEAT:
        for (unsigned i = 0; rc == KS_OK && i < node->min; i++)
            rc = sample(out, node->first, state);
        return rc;
    case KS_REGEX_AHEAD:
    case KS_REGEX_BEHIND:
    case KS_REGEX_EDGE:
        return KS_OK;
    }
    return KS_OK;
}

enum ks_rc ks_regex_sample(struct ks_buf *out, const struct ks_regex *regex,
                           uint64_t seed)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15U | 1;

    for (int i = 0; i < 8; i++)
        (void)draw(&state);
    return sample(out, regex->root, &state);
}
