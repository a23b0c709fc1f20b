/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "rules/rule.h"

/* Changes when the fields below or their order do. */
static const char FORMAT[] = "keysweep.rules/1";

static void add_text(struct ks_sha256 *hash, const char *text)
{
    ks_sha256_add_field(hash, ks_span_str(text == NULL ? "" : text));
}

static void add_number(struct ks_sha256 *hash, uint64_t number)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    ks_sha256_add(hash, (struct ks_span){bytes, sizeof(bytes)});
}

static void add_texts(struct ks_sha256 *hash, struct ks_texts texts)
{
    add_number(hash, texts.len);
    for (size_t i = 0; i < texts.len; i++)
        add_text(hash, texts.items[i]);
}

static void add_demands(struct ks_sha256 *hash,
                        const struct ks_demands *demands)
{
    add_number(hash, demands->entropy_milli);
    add_number(hash, demands->digits);
    add_number(hash, demands->upper);
    add_number(hash, demands->lower);
    add_number(hash, demands->special);
    add_number(hash, demands->distinct);
}

static void add_parts(struct ks_sha256 *hash, const struct ks_parts *parts)
{
    add_number(hash, parts->len);
    for (size_t i = 0; i < parts->len; i++) {
        add_text(hash, parts->items[i].rule);
        add_number(hash, parts->items[i].within_lines);
        add_number(hash, parts->items[i].within_bytes);
        add_number(hash, parts->items[i].optional);
    }
}

static void add_rule(struct ks_sha256 *hash, const struct ks_rule *rule)
{
    add_text(hash, rule->id);
    add_number(hash, rule->severity);
    add_number(hash, rule->kind);
    add_number(hash, rule->generic);
    add_text(hash, rule->pattern);
    add_texts(hash, rule->keywords);
    add_number(hash, rule->keywords_caseless);
    add_text(hash, rule->prefilter);
    add_number(hash, rule->named);
    add_number(hash, rule->starts_at_keyword);
    add_number(hash, rule->run);
    add_number(hash, rule->run_len);
    add_number(hash, rule->window_before);
    add_number(hash, rule->window_after);
    add_demands(hash, &rule->demands);
    add_texts(hash, rule->validators);
    add_number(hash, rule->classifier);
    add_texts(hash, rule->allow.regexes);
    add_texts(hash, rule->allow.stopwords);
    add_texts(hash, rule->allow.paths);
    add_parts(hash, &rule->parts);
    add_number(hash, rule->part_only);
}

enum ks_rc ks_ruleset_hash(uint8_t out[32], const struct ks_ruleset *set,
                           struct ks_err *err)
{
    struct ks_sha256 *hash;
    enum ks_rc rc = ks_sha256_new(&hash, err);

    if (rc != KS_OK)
        return rc;
    add_text(hash, FORMAT);
    add_number(hash, set->len);
    for (size_t i = 0; i < set->len; i++)
        add_rule(hash, set->rules[i]);
    ks_sha256_finish(hash, out);
    ks_sha256_free(hash);
    return KS_OK;
}
