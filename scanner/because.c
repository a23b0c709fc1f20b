/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/because.h"

#include "scanner/detect.h"
#include "scanner/generic/score.h"
#include "scanner/unwrap.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 40, LONGEST = 96 };

struct list {
    const char *items[MOST];
    size_t len;
    struct ks_arena *arena;
    bool memory;
};

static void add(struct list *list, const char *words)
{
    if (list->len < MOST)
        list->items[list->len++] = words;
}

static void add_copy(struct list *list, const char *words)
{
    const char *copy = ks_arena_text(list->arena, ks_span_str(words));

    list->memory = list->memory && copy != NULL;
    if (copy != NULL)
        add(list, copy);
}

/* What a rule with a pattern goes by. */
static void add_shape(struct list *list, const struct ks_leak *leak,
                      const struct ks_occurrence *occurrence)
{
    if (leak->proof == KS_PROOF_CHECKSUM)
        add(list, "its checksum is right, which cannot be chance");
    if (leak->proof == KS_PROOF_STRUCTURE)
        add(list, "what it is made of fits together");
    if (occurrence->specificity == KS_SPECIFIC_SHAPE)
        add(list, "it has the form of this credential");
    else
        add(list, "a name of this credential stands beside it");
}

static void add_decoding(struct list *list,
                         const struct ks_occurrence *occurrence)
{
    char name[LONGEST / 2];
    char words[LONGEST];

    if (ks_unwrap_name(name, sizeof(name), occurrence->decoded) == NULL)
        return;
    (void)snprintf(words, sizeof(words), "it stands there as %s", name);
    add_copy(list, words);
}

static void add_entropy(struct list *list, const struct ks_leak *leak)
{
    char words[LONGEST];

    (void)snprintf(words, sizeof(words), "its entropy is %u.%u bits a byte",
                   leak->entropy_milli / 1000, leak->entropy_milli / 100 % 10);
    add_copy(list, words);
}

bool ks_because(struct ks_texts *out, struct ks_arena *arena,
                const struct ks_rule *rule, const struct ks_leak *leak,
                const struct ks_occurrence *occurrence, const char *path)
{
    struct list list = {.arena = arena, .memory = true};
    const char **copy;

    if (rule->kind == KS_RULE_GENERIC)
        list.len =
            ks_generic_reasons(list.items, MOST, occurrence->reasons, path);
    else
        add_shape(&list, leak, occurrence);
    add_decoding(&list, occurrence);
    add_entropy(&list, leak);
    if (leak->facts != NULL && leak->facts->expired)
        add(&list, "but it has expired");
    copy = ks_arena_alloc(arena, list.len * sizeof(*copy));
    if (copy == NULL || !list.memory)
        return false;
    memcpy(copy, list.items, list.len * sizeof(*copy));
    *out = (struct ks_texts){copy, list.len};
    return true;
}
