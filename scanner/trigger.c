/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/trigger.h"

#include "base/map.h"
#include "base/vec.h"
#include "rules/regex.h"
#include "scanner/generic/keywords.h"
#include "scanner/generic/window.h"
#include "scanner/width.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHORTEST = 3, WIDEST_WINDOW = 32768, MOST_TRIGGERS = 60000 };

KS_VEC(indices, uint32_t);

/* A trigger while its rules are still being gathered. */
struct draft {
    struct ks_trigger trigger;
    struct indices rules;
};

KS_VEC(drafts, struct draft);

struct builder {
    struct ks_triggers *out;
    struct drafts drafts;
    struct ks_map by_text; /* "<kind><text>" to index in drafts */
};

static enum ks_rc rule_fault(struct ks_err *err, const struct ks_rule *rule,
                             struct ks_mark mark, const char *what)
{
    if (rule->file == NULL)
        return ks_fail(err, KS_EINVAL, "rule %s: %s", rule->id, what);
    return ks_fail(err, KS_EINVAL, "%s:%u:%u: rule %s: %s", rule->file,
                   mark.line, mark.column, rule->id, what);
}

static enum ks_rc window_of(struct ks_window *window,
                            const struct ks_rule *rule, struct ks_err *err)
{
    struct ks_err inner = {0};
    unsigned width = 0;
    enum ks_rc rc;

    *window = (struct ks_window){rule->window_before, rule->window_after};
    if (window->before == 0 && window->after == 0) {
        rc = ks_pattern_width(&width, rule->pattern, false, &inner);
        if (rc == KS_ELIMIT)
            return rule_fault(err, rule, rule->pattern_at,
                              "the pattern has no longest match (hint: write "
                              "{0,n} for * and +, or set 'window')");
        if (rc != KS_OK)
            return rule_fault(err, rule, rule->pattern_at, inner.text);
        *window = (struct ks_window){width, width};
    }
    if (window->before > WIDEST_WINDOW || window->after > WIDEST_WINDOW)
        return rule_fault(err, rule, rule->pattern_at,
                          "the pattern can match more than 32768 bytes (hint: "
                          "bound its repeats, or set 'window')");
    return KS_OK;
}

/* The draft for a text, new if it is the first of its kind. */
static enum ks_rc draft_for(struct draft **out, struct builder *b,
                            const char *text, bool literal, bool caseless,
                            enum ks_token_run run, struct ks_err *err)
{
    size_t len = strlen(text);
    char *key = ks_arena_alloc(&b->out->arena, len + 2);
    size_t *at;

    if (key == NULL)
        return ks_fail_memory(err);
    key[0] = (char)('0' + (int)run * 4 + literal * 2 + caseless);
    for (size_t i = 0; i <= len; i++)
        key[i + 1] = caseless && literal && text[i] >= 'A' && text[i] <= 'Z'
                         ? (char)(text[i] + ('a' - 'A'))
                         : text[i];
    at = ks_map_put(&b->by_text, ks_span_str(key), SIZE_MAX);
    if (at == NULL)
        return ks_fail_memory(err);
    if (*at == SIZE_MAX) {
        struct draft draft = {
            .trigger = {.text = key + 1,
                        .literal = literal && run == KS_RUN_NONE,
                        .caseless = caseless,
                        .run = run,
                        .width = (unsigned)len,
                        .keyword = KS_NO_KEYWORD}};

        if (b->drafts.len >= MOST_TRIGGERS)
            return ks_fail(err, KS_ELIMIT, "more than %d keywords in all rules",
                           MOST_TRIGGERS);
        *at = b->drafts.len;
        if (!KS_VEC_PUSH(&b->drafts, draft))
            return ks_fail_memory(err);
    }
    *out = &b->drafts.items[*at];
    return KS_OK;
}

static void raise(unsigned *out, unsigned value)
{
    if (*out < value)
        *out = value;
}

static void widen(struct ks_trigger *trigger, struct ks_window window)
{
    raise(&trigger->before, window.before + KS_LOOKAROUND);
    raise(&trigger->after, window.after + KS_LOOKAROUND);
}

bool ks_trigger_asks_model(const struct ks_rule *rule)
{
    return rule->classifier != KS_ADVICE_NONE || rule->run == KS_RUN_FOLLOWS;
}

static enum ks_rc attach(struct draft *draft, const struct ks_rule *owner,
                         size_t rule, struct ks_window window,
                         struct ks_err *err)
{
    widen(&draft->trigger, window);
    if (ks_trigger_asks_model(owner))
        widen(&draft->trigger,
              (struct ks_window){KS_GENERIC_BACK, KS_GENERIC_AHEAD});
    if (draft->rules.len > 0 &&
        draft->rules.items[draft->rules.len - 1] == rule)
        return KS_OK;
    if (!KS_VEC_PUSH(&draft->rules, (uint32_t)rule))
        return ks_fail_memory(err);
    return KS_OK;
}

/* Asks for no more than all rules of the trigger have in common. */
static void add_lead(struct ks_trigger *trigger, const struct ks_rule *rule)
{
    if (trigger->run_len == 0 || rule->run_len < trigger->run_len)
        trigger->run_len = rule->run_len;
    trigger->width = KS_RUN_BORDER + trigger->run_len;
}

static enum ks_rc add_keywords(struct builder *b, const struct ks_rule *rule,
                               size_t index, struct ks_window window,
                               struct ks_err *err)
{
    for (size_t i = 0; i < rule->keywords.len; i++) {
        const char *word = rule->keywords.items[i];
        struct draft *draft = NULL;
        enum ks_rc rc;

        if (strlen(word) < SHORTEST || strchr(word, '\n') != NULL)
            return rule_fault(err, rule, rule->at,
                              "a keyword needs 3 bytes and no line end");
        rc = draft_for(&draft, b, word, true, rule->keywords_caseless,
                       rule->run, err);
        if (rc == KS_OK)
            rc = attach(draft, rule, index, window, err);
        if (rc != KS_OK)
            return rc;
        if (rule->run == KS_RUN_LEADS)
            add_lead(&draft->trigger, rule);
        else if (rule->run == KS_RUN_FOLLOWS)
            draft->trigger.width =
                (unsigned)strlen(word) + KS_TOKEN_GAP + KS_TOKEN_HEAD;
    }
    return KS_OK;
}

/*
 * The longest match of an expression: as its text tells, or, where that is
 * beyond our parser, as Hyperscan counts, which takes a thousand times as long.
 * `nuls`: whether a match may hold a NUL.
 */
static enum ks_rc expression_width(unsigned *out, bool *nuls, const char *text,
                                   struct ks_err *err)
{
    struct ks_regex *regex = NULL;
    unsigned width;

    *nuls = true;
    if (ks_regex_parse(&regex, text, NULL) != KS_OK)
        return ks_pattern_width(out, text, false, err);
    width = ks_regex_reach(regex).max_width;
    *nuls = ks_regex_may_hold(regex, '\0');
    ks_regex_free(regex);
    if (width == KS_REGEX_UNBOUNDED)
        return ks_fail(err, KS_ELIMIT, "no longest match");
    *out = width;
    return KS_OK;
}

static enum ks_rc add_prefilter(struct builder *b, const struct ks_rule *rule,
                                size_t index, struct ks_window window,
                                struct ks_err *err)
{
    /* A border in front only narrows; the pattern sees to it. */
    const char *text =
        rule->prefilter + (strncmp(rule->prefilter, "\\b", 2) == 0 ? 2 : 0);
    struct draft *draft = NULL;
    struct ks_err inner = {0};
    unsigned width = 0;
    bool nuls;
    enum ks_rc rc;

    if (strstr(text, "\\b") != NULL || strstr(text, "(?=") != NULL ||
        strstr(text, "(?!") != NULL || strstr(text, "(?<") != NULL)
        return rule_fault(err, rule, rule->prefilter_at,
                          "a prefilter cannot look around (hint: leave \\b and "
                          "lookaround to the pattern)");
    rc = expression_width(&width, &nuls, text, &inner);
    if (rc == KS_ELIMIT)
        return rule_fault(err, rule, rule->prefilter_at,
                          "the prefilter has no longest match (hint: write "
                          "{0,n} for * and +)");
    if (rc != KS_OK)
        return rule_fault(err, rule, rule->prefilter_at, inner.text);
    rc = draft_for(&draft, b, text, false, false, KS_RUN_NONE, err);
    if (rc != KS_OK)
        return rc;
    draft->trigger.width = width;
    if (nuls)
        raise(&b->out->gap, width + 1);
    return attach(draft, rule, index, window, err);
}

static enum ks_rc add_generic(struct builder *b, bool identifiers,
                              struct ks_err *err)
{
    size_t count = 0;
    const struct ks_generic_keyword *words = ks_generic_keywords(&count);

    for (size_t i = 0; i < count; i++) {
        struct draft *draft = NULL;
        enum ks_rc rc;

        if (words[i].optional && !identifiers)
            continue;
        rc = draft_for(&draft, b, words[i].text, !words[i].pattern, true,
                       KS_RUN_NONE, err);
        if (rc != KS_OK)
            return rc;
        draft->trigger.width = words[i].len;
        draft->trigger.keyword = (uint16_t)i;
        widen(&draft->trigger,
              (struct ks_window){KS_GENERIC_BACK, KS_GENERIC_AHEAD});
    }
    return KS_OK;
}

/* Leaves the beginning of a long literal to whoever is told of a hit. */
static void cut_head(struct ks_trigger *trigger)
{
    if (!trigger->literal || trigger->width <= KS_TRIGGER_LONGEST)
        return;
    trigger->head = trigger->width - KS_TRIGGER_LONGEST;
    trigger->text += trigger->head;
    trigger->width = KS_TRIGGER_LONGEST;
    raise(&trigger->before, trigger->head + trigger->width);
}

/* Moves the drafts' rules into the arena and sums up the widths. */
static enum ks_rc publish(struct builder *b, struct ks_err *err)
{
    struct ks_triggers *out = b->out;

    out->items = calloc(b->drafts.len + 1, sizeof(*out->items));
    if (out->items == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < b->drafts.len; i++) {
        struct draft *draft = &b->drafts.items[i];
        size_t bytes = draft->rules.len * sizeof(uint32_t);
        uint32_t *rules = ks_arena_alloc(&out->arena, bytes + 1);

        if (rules == NULL)
            return ks_fail_memory(err);
        if (bytes > 0)
            memcpy(rules, draft->rules.items, bytes);
        cut_head(&draft->trigger);
        draft->trigger.rules = rules;
        draft->trigger.rule_count = (uint32_t)draft->rules.len;
        out->items[out->len++] = draft->trigger;
        raise(draft->trigger.run == KS_RUN_NONE ? &out->widest_database
                                                : &out->widest_word,
              draft->trigger.width);
        raise(&out->widest, draft->trigger.width);
        raise(&out->before, draft->trigger.before);
        raise(&out->after, draft->trigger.after);
    }
    return KS_OK;
}

enum ks_rc ks_triggers_init(struct ks_triggers *triggers,
                            struct ks_window *windows,
                            const struct ks_ruleset *set, bool uuids,
                            bool identifiers, struct ks_err *err)
{
    struct builder b = {.out = triggers};
    enum ks_rc rc = KS_OK;
    bool generic = false;

    *triggers = (struct ks_triggers){.gap = 1};
    for (size_t i = 0; i < set->len && rc == KS_OK; i++) {
        const struct ks_rule *rule = set->rules[i];

        if (rule->kind == KS_RULE_GENERIC) {
            generic = true;
            continue;
        }
        if (!identifiers && ks_rule_tagged(rule, KS_TAG_IDENTIFIER))
            continue;
        rc = window_of(&windows[i], rule, err);
        if (rc == KS_OK && rule->prefilter != NULL)
            rc = add_prefilter(&b, rule, i, windows[i], err);
        else if (rc == KS_OK)
            rc = add_keywords(&b, rule, i, windows[i], err);
    }
    if (rc == KS_OK && generic)
        rc = add_generic(&b, uuids, err);
    if (rc == KS_OK)
        rc = publish(&b, err);
    for (size_t i = 0; i < b.drafts.len; i++)
        KS_VEC_RELEASE(&b.drafts.items[i].rules);
    KS_VEC_RELEASE(&b.drafts);
    ks_map_release(&b.by_text);
    if (rc != KS_OK)
        ks_triggers_release(triggers);
    return rc;
}

bool ks_trigger_stands(const struct ks_trigger *trigger, struct ks_span text,
                       size_t end)
{
    const char *head = trigger->text - trigger->head;
    size_t whole = (size_t)trigger->head + trigger->width;
    const char *at;

    if (trigger->head == 0)
        return true;
    if (end < whole)
        return false;
    at = (const char *)text.ptr + end - whole;
    return trigger->caseless ? strncasecmp(at, head, trigger->head) == 0
                             : memcmp(at, head, trigger->head) == 0;
}

void ks_triggers_release(struct ks_triggers *triggers)
{
    free(triggers->items);
    ks_arena_release(&triggers->arena);
    *triggers = (struct ks_triggers){0};
}
