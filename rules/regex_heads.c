/* SPDX-License-Identifier: Apache-2.0 */
/* regex_heads.c: what every match of a pattern begins with. */
#include "rules/regex_tree.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX = 32, HEADS_MAX = 65536 };

/*
 * Walks all beginnings of the pattern at once as a depth-first search over
 * "what is still to come" lists. A beginning is good once the bytes so far
 * spell a word whatever the rest.
 */
struct todo {
    const struct ks_regex_node *node;
    unsigned repeats; /* of a REPEAT: copies that were taken already */
    const struct todo *then;
};

struct heads {
    struct ks_texts words;
    bool caseless;
    struct ks_byteset sets[HEAD_MAX];
    unsigned steps;
};

/* Whether all that `set` allows at a place is the word's byte there. */
static bool set_within(const struct ks_byteset *set, char byte, bool caseless)
{
    struct ks_byteset allowed = {{0}};
    unsigned char c = (unsigned char)byte;

    ks_byteset_add(&allowed, c);
    if (caseless && (c | 32) >= 'a' && (c | 32) <= 'z') {
        ks_byteset_add(&allowed, c | 32U);
        ks_byteset_add(&allowed, c & ~32U);
    }
    for (size_t i = 0; i < 4; i++)
        if ((set->bits[i] & ~allowed.bits[i]) != 0)
            return false;
    return true;
}

static bool spells_a_word(const struct heads *heads, size_t len)
{
    for (size_t i = 0; i < heads->words.len; i++) {
        const char *word = heads->words.items[i];
        size_t at = 0;

        if (strlen(word) > len)
            continue;
        while (word[at] != '\0' &&
               set_within(&heads->sets[at], word[at], heads->caseless))
            at++;
        if (word[at] == '\0')
            return true;
    }
    return false;
}

static bool walk(struct heads *heads, size_t len, const struct todo *todo);

/* The bytes of a set, a letter once where case does not matter. */
static struct ks_byteset folded(const struct ks_byteset *set, bool caseless)
{
    struct ks_byteset out = *set;

    for (unsigned upper = 'A'; caseless && upper <= 'Z'; upper++)
        if (ks_byteset_has(&out, upper | 32U))
            out.bits[upper / 64] &= ~((uint64_t)1 << upper % 64);
    return out;
}

/* A set of a few members is tried member by member: "[sr]k_live_". */
static bool walk_set(struct heads *heads, size_t len, const struct todo *todo)
{
    const struct ks_byteset set = folded(&todo->node->set, heads->caseless);
    unsigned members = 0;

    for (unsigned byte = 0; byte < 256; byte++)
        members += ks_byteset_has(&set, byte);
    if (members > 8) {
        heads->sets[len] = todo->node->set;
        return walk(heads, len + 1, todo->then);
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        if (!ks_byteset_has(&set, byte))
            continue;
        heads->sets[len] = (struct ks_byteset){{0}};
        ks_byteset_add(&heads->sets[len], byte);
        if (!walk(heads, len + 1, todo->then))
            return false;
    }
    return true;
}

/* Puts the children in front of what comes then. */
static bool walk_sequence(struct heads *heads, size_t len,
                          const struct ks_regex_node *child,
                          const struct todo *then)
{
    enum { BRANCH_MAX = 64 };
    struct todo chain[BRANCH_MAX];
    size_t count = 0;

    for (; child != NULL; child = child->next) {
        /* The tail beyond is of no use: the head is long by then. */
        if (count == BRANCH_MAX)
            return walk(heads, len, &chain[0]);
        chain[count] = (struct todo){child, 0, then};
        if (count > 0)
            chain[count - 1].then = &chain[count];
        count++;
    }
    return walk(heads, len, count == 0 ? then : &chain[0]);
}

static bool walk_repeat(struct heads *heads, size_t len,
                        const struct todo *todo)
{
    const struct ks_regex_node *node = todo->node;
    struct todo again = {node, todo->repeats + 1, todo->then};

    if (todo->repeats >= node->min && !walk(heads, len, todo->then))
        return false;
    if (todo->repeats >= node->max || todo->repeats > HEAD_MAX)
        return true;
    return walk(heads, len, &(struct todo){node->first, 0, &again});
}

/* Whether every way on from here spells a word. */
static bool walk(struct heads *heads, size_t len, const struct todo *todo)
{
    if (spells_a_word(heads, len))
        return true;
    if (todo == NULL || len == HEAD_MAX || ++heads->steps > HEADS_MAX)
        return false;
    switch (todo->node->kind) {
    case KS_REGEX_SET:
        return walk_set(heads, len, todo);
    case KS_REGEX_SEQ:
        return walk_sequence(heads, len, todo->node->first, todo->then);
    case KS_REGEX_ALT:
        for (const struct ks_regex_node *branch = todo->node->first;
             branch != NULL; branch = branch->next)
            if (!walk(heads, len, &(struct todo){branch, 0, todo->then}))
                return false;
        return true;
    case KS_REGEX_REPEAT:
        return walk_repeat(heads, len, todo);
    case KS_REGEX_AHEAD:
    case KS_REGEX_BEHIND:
    case KS_REGEX_EDGE:
        return walk(heads, len, todo->then);
    }
    return false;
}

bool ks_regex_starts_with(const struct ks_regex *regex, struct ks_texts words,
                          bool caseless)
{
    struct heads heads = {.words = words, .caseless = caseless};

    return walk(&heads, 0, &(struct todo){regex->root, 0, NULL});
}

/* -- heads ------------------------------------------------------------- */

enum {
    WORD_LEAST = 3,
    WORD_MOST = 8,
    FEW_WORDS = 32,   /* of more, shorter ones are better */
    MANY_WORDS = 512, /* more are none */
};

struct gather {
    char words[MANY_WORDS][WORD_MOST + 1];
    size_t count;
    size_t most; /* words that are wanted at most */
    size_t len;  /* of a word */
    char head[WORD_MOST + 1];
};

static bool gather(struct gather *g, size_t len, const struct todo *todo);

static bool gather_set(struct gather *g, size_t len, const struct todo *todo)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        if (!ks_byteset_has(&todo->node->set, byte))
            continue;
        g->head[len] = (char)byte;
        if (byte <= ' ' || byte > '~' || !gather(g, len + 1, todo->then))
            return false;
    }
    return true;
}

static bool gather_sequence(struct gather *g, size_t len,
                            const struct ks_regex_node *child,
                            const struct todo *then)
{
    enum { BRANCH_MAX = 32 };
    struct todo chain[BRANCH_MAX];
    size_t count = 0;

    for (; child != NULL && count < BRANCH_MAX; child = child->next) {
        chain[count] = (struct todo){child, 0, then};
        if (count > 0)
            chain[count - 1].then = &chain[count];
        count++;
    }
    return gather(g, len, count == 0 ? then : &chain[0]);
}

static bool gather_repeat(struct gather *g, size_t len, const struct todo *todo)
{
    const struct ks_regex_node *node = todo->node;
    struct todo again = {node, todo->repeats + 1, todo->then};

    if (todo->repeats >= node->min && !gather(g, len, todo->then))
        return false;
    if (todo->repeats >= node->max || todo->repeats > WORD_MOST)
        return true;
    return gather(g, len, &(struct todo){node->first, 0, &again});
}

/* Adds every head from here on; false if there are too many or too short. */
static bool gather(struct gather *g, size_t len, const struct todo *todo)
{
    if (len == g->len) {
        if (g->count == g->most)
            return false;
        memcpy(g->words[g->count++], g->head, len);
        return true;
    }
    if (todo == NULL)
        return false;
    switch (todo->node->kind) {
    case KS_REGEX_SET:
        return gather_set(g, len, todo);
    case KS_REGEX_SEQ:
        return gather_sequence(g, len, todo->node->first, todo->then);
    case KS_REGEX_ALT:
        for (const struct ks_regex_node *branch = todo->node->first;
             branch != NULL; branch = branch->next)
            if (!gather(g, len, &(struct todo){branch, 0, todo->then}))
                return false;
        return true;
    case KS_REGEX_REPEAT:
        return gather_repeat(g, len, todo);
    case KS_REGEX_AHEAD:
    case KS_REGEX_BEHIND:
    case KS_REGEX_EDGE:
        return gather(g, len, todo->then);
    }
    return false;
}

/* Words of `len` bytes, `most` at most; none if that cannot be. */
static size_t gather_words(struct gather *g, const struct ks_regex *regex,
                           size_t len, size_t most)
{
    *g = (struct gather){.len = len, .most = most};
    return gather(g, 0, &(struct todo){regex->root, 0, NULL}) ? g->count : 0;
}

static bool keep_words(struct ks_texts *out, struct ks_arena *arena,
                       const struct gather *g)
{
    const char **items = ks_arena_alloc(arena, g->count * sizeof(*items));

    for (size_t i = 0; items != NULL && i < g->count; i++) {
        items[i] = ks_arena_text(arena, ks_span_str(g->words[i]));
        if (items[i] == NULL)
            return false;
    }
    *out = (struct ks_texts){items, g->count};
    return items != NULL;
}

bool ks_regex_heads(struct ks_texts *out, struct ks_arena *arena,
                    const struct ks_regex *regex)
{
    struct gather *g = malloc(sizeof(*g));
    size_t count = 0;
    bool kept = true;

    if (g == NULL)
        return false;
    for (size_t len = WORD_MOST; count == 0 && len >= WORD_LEAST; len--)
        count = gather_words(g, regex, len, FEW_WORDS);
    if (count == 0)
        count = gather_words(g, regex, WORD_LEAST, MANY_WORDS);
    *out = (struct ks_texts){NULL, 0};
    if (count > 0)
        kept = keep_words(out, arena, g);
    free(g);
    return kept;
}
