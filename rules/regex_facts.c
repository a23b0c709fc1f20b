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

/* -- what matches begin with ------------------------------------------- */

enum { HEAD_MAX = 32, HEADS_MAX = 16384 };

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

/* Whether the branch is nothing but the word, in whatever case. */
static bool is_word(const struct ks_regex_node *branch, const char *word)
{
    const struct ks_regex_node *node = branch->first;

    for (; node != NULL && *word != '\0'; node = node->next, word++)
        if (node->kind != KS_REGEX_SET ||
            !ks_byteset_has(&node->set, (unsigned char)*word))
            return false;
    return node == NULL && *word == '\0';
}

static bool is_one_of(const struct ks_regex_node *branch, struct ks_texts words)
{
    for (size_t i = 0; i < words.len; i++)
        if (is_word(branch, words.items[i]))
            return true;
    return false;
}

/*
 * How many bytes of the head may come behind the end of a keyword that it
 * begins with.
 */
static unsigned beyond_word(const struct ks_regex_node *head,
                            struct ks_texts words)
{
    const struct ks_regex_node *branch =
        head->kind == KS_REGEX_ALT ? head->first : NULL;
    size_t shortest = KS_REGEX_UNBOUNDED;

    while (branch != NULL && is_one_of(branch, words))
        branch = branch->next;
    if (head->kind == KS_REGEX_ALT && branch == NULL)
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

/* -- samples ----------------------------------------------------------- */

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
