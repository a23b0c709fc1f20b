/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

#include "rules/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATTERN_MAX = 16 * 1024,
    SAMPLE_MAX = 8 * 1024,
    SEEDS = 24,
    FIXED_MAX = 6,
    FEW_WORDS = 8, /* tried one after the other */
    FACTORED = 3   /* bytes that more of them are told apart by */
};

/*
 * Between word and token: anything that a line or two of configuration, code
 * or prose put there. What names a digest of something public, or a picture or
 * snippet named by one, ends the search.
 */
#define GAP                                                                    \
    "(?:(?!(?i:sha-?(?:1|256|384|512)|md5|integrity|checksum|digest|commit|"   \
    "fingerprint|avatar|\\brev(?:ision)?\\b|/blob/|/tree/|/raw/|gist\\.))"     \
    "[^\\x00-\\x08]){0,45}?"

/*
 * The token is whole: it is not a piece of a longer run, except for the last
 * part of a path; and it does not pin a version ("name@sha1", "name#sha1").
 */
#define LEFT "(?<![0-9A-Za-z_+@#%-])"
#define RIGHT "(?![0-9A-Za-z_+/]|-[0-9A-Za-z])"

/*
 * Random letters and digits have a digit soon: 996 of 1,000 base62 tokens of 32
 * bytes, 970 of 20 and 939 of 16. The others are given up: the digit is what
 * the prefilter tells tokens from words by. JSON in base64 ("eyJ") is not
 * random.
 */
#define DIGIT "(?=[A-Za-z_+/=.-]{0,31}[0-9])"

/*
 * Template "named": the word begins a name, and the token is that name's value:
 * few bytes of name, then an operator, bracket or blank. Names end in what says
 * that the value only names something.
 */
#define NAME_START "(?:(?<![0-9A-Za-z])|(?<=[a-z])(?=[A-Z]))"
#define NAME_WHOLE                                                             \
    "(?:(?![A-Za-z])|(?<=[a-z])(?=[A-Z])|"                                     \
    "(?=(?i:api|key|token|secret|auth|access|pass|client|private)))"
#define NOT_A_KEY                                                              \
    "(?<! )(?<!(?i:id))(?<!(?i:sha|rev|ref|tag))(?<!(?i:hash|host))"           \
    "(?<!(?i:image|build))(?<!(?i:commit|digest|tenant))"                      \
    "(?<!(?i:account|project|version))"
#define NAME_VALUE                                                             \
    "[0-9A-Za-z_ .-]{0,24}?" NOT_A_KEY "[\"'\\])}]{0,3}[ \\t]{0,3}"            \
    "(?:(?:[=:,(>?|[] ?){1,3}\\s{0,3}|\\b(?i:is)\\b:? ?|[ "                    \
    "\\t])[(\"'\\[`]{0,3}"
#define VALUE_END "(?![=-]|\\.[0-9A-Za-z])"

struct shape {
    const char *head;  /* before the words */
    const char *gap;   /* between word and token */
    const char *right; /* after the token */
};

static const struct shape shapes[] = {
    [KS_TEMPLATE_ASSIGNED] = {"(?i:", ")" GAP LEFT, RIGHT},
    [KS_TEMPLATE_NAMED] = {NAME_START "(?i:",
                           ")" NAME_WHOLE NAME_VALUE LEFT "(?<![.])",
                           RIGHT VALUE_END},
};

static enum ks_rc out_of_room(enum ks_rc rc, const struct ks_read *read,
                              struct ks_mark at)
{
    if (rc == KS_ELIMIT)
        return ks_read_fail(read, at, NULL, "the rule is too long");
    return rc == KS_ENOMEM ? ks_fail_memory(read->err) : rc;
}

static enum ks_rc add_literal(struct ks_buf *buf, const char *word)
{
    enum ks_rc rc = KS_OK;

    for (; rc == KS_OK && *word != '\0'; word++) {
        if (strchr("\\^$.|?*+()[]{}-/", *word) != NULL)
            rc = ks_buf_add_byte(buf, '\\');
        if (rc == KS_OK)
            rc = ks_buf_add_byte(buf, (uint8_t)*word);
    }
    return rc;
}

static bool has_digits(const char *token)
{
    return (strstr(token, "0-9") != NULL || strstr(token, "\\d") != NULL ||
            strstr(token, "\\w") != NULL) &&
           strstr(token, "eyJ") == NULL;
}

/*
 * Whether a digit comes soon: few of the first bytes are given, and all are a
 * run's.
 */
static bool has_digit_soon(const char *token, const struct ks_regex *regex)
{
    unsigned width = ks_regex_reach(regex).min_width;

    return has_digits(token) && width >= KS_TOKEN_RUN &&
           ks_regex_lead(regex) >=
               (width < KS_TOKEN_HEAD ? width : (unsigned)KS_TOKEN_HEAD) &&
           ks_regex_fixed_bytes(regex) <= FIXED_MAX;
}

/* The first of the words from `at` on that differs from it at `depth`. */
static size_t group_end(struct ks_texts words, size_t at, size_t depth)
{
    size_t end = at + 1;

    while (end < words.len &&
           strncmp(words.items[end], words.items[at], depth + 1) == 0)
        end++;
    return end;
}

static enum ks_rc add_byte(struct ks_buf *buf, char byte)
{
    char text[2] = {byte, '\0'};

    return add_literal(buf, text);
}

/*
 * The words, of which the first `depth` bytes are written. Many of them are
 * written by their first bytes, so that few have to be tried at a place.
 */
static enum ks_rc write_words(struct ks_buf *buf, struct ks_texts words,
                              size_t depth)
{
    bool factor = depth < FACTORED && words.len > FEW_WORDS;
    enum ks_rc rc = KS_OK;

    for (size_t at = 0, end; rc == KS_OK && at < words.len; at = end) {
        const char *word = words.items[at];
        struct ks_texts group = {words.items + at, 0};

        end = factor && word[depth] != '\0' ? group_end(words, at, depth)
                                            : at + 1;
        group.len = end - at;
        if (at > 0)
            rc = ks_buf_add_byte(buf, '|');
        if (rc == KS_OK && group.len == 1) {
            rc = add_literal(buf, word + depth);
            continue;
        }
        if (rc == KS_OK)
            rc = add_byte(buf, word[depth]);
        if (rc == KS_OK)
            rc = ks_buf_add_str(buf, "(?:");
        if (rc == KS_OK)
            rc = write_words(buf, group, depth + 1);
        if (rc == KS_OK)
            rc = ks_buf_add_byte(buf, ')');
    }
    return rc;
}

static enum ks_rc write_pattern(struct ks_buf *buf, const struct shape *shape,
                                struct ks_texts words, const char *token,
                                bool digit)
{
    enum ks_rc rc = ks_buf_add_str(buf, shape->head);

    if (rc == KS_OK)
        rc = write_words(buf, words, 0);
    if (rc == KS_OK)
        rc = ks_buf_add_str(buf, shape->gap);
    if (rc == KS_OK)
        rc = ks_buf_add_str(buf, digit ? DIGIT "(?<secret>" : "(?<secret>");
    if (rc == KS_OK)
        rc = ks_buf_add_str(buf, token);
    if (rc == KS_OK)
        rc = ks_buf_add_str(buf, ")");
    return rc == KS_OK ? ks_buf_add_str(buf, shape->right) : rc;
}

/* What a random token of that form has, almost surely. */
static void default_demands(struct ks_demands *demands, const char *token,
                            unsigned width)
{
    bool letters = strstr(token, "a-") != NULL || strstr(token, "A-") != NULL ||
                   strstr(token, "\\w") != NULL;

    if (!letters || width < 12)
        demands->entropy_milli = 2000;
    else
        demands->entropy_milli = width < 24 ? 2500 : 3000;
    demands->digits = letters && has_digits(token) && width >= 16;
}

/* How much a text looks like chance made it. */
static unsigned variety(struct ks_span text)
{
    bool seen[256] = {false};
    unsigned distinct = 0;
    unsigned digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        distinct += !seen[text.ptr[i]];
        seen[text.ptr[i]] = true;
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return distinct + (digits > 0 ? 8 : 0);
}

/* The most varied of some samples of the token, in `best`. */
static enum ks_rc pick_token(struct ks_buf *best, const struct ks_regex *regex)
{
    struct ks_buf one;
    enum ks_rc rc = KS_OK;

    ks_buf_init(&one, SAMPLE_MAX);
    for (uint64_t seed = 1; rc == KS_OK && seed <= SEEDS; seed++) {
        ks_buf_clear(&one);
        rc = ks_regex_sample(&one, regex, seed);
        if (rc != KS_OK ||
            variety(ks_buf_span(&one)) <= variety(ks_buf_span(best)))
            continue;
        ks_buf_clear(best);
        rc = ks_buf_add(best, ks_buf_span(&one));
    }
    ks_buf_release(&one);
    return rc;
}

/* `format` takes the keyword and the token. */
static enum ks_rc add_sample(const char **out, const char *format,
                             const char *word, const char *token,
                             struct ks_arena *arena)
{
    size_t room = strlen(format) + strlen(word) + strlen(token) + 1;
    char *text = ks_arena_alloc(arena, room);
    const char *at = format;
    size_t len = 0;

    if (text == NULL)
        return KS_ENOMEM;
    for (; *at != '\0'; at++) {
        const char *piece = *at == '$' ? word : *at == '&' ? token : NULL;

        if (piece == NULL) {
            text[len++] = *at;
            continue;
        }
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    *out = text;
    return KS_OK;
}

/* "$" stands for the word, "&" for the token. */
static enum ks_rc add_samples(struct ks_texts *out, const char *const *formats,
                              size_t count, const char *word, const char *token,
                              struct ks_arena *arena)
{
    const char **items = ks_arena_alloc(arena, count * sizeof(*items));
    enum ks_rc rc = items == NULL ? KS_ENOMEM : KS_OK;

    for (size_t i = 0; rc == KS_OK && i < count; i++)
        rc = add_sample(&items[i], formats[i], word, token, arena);
    if (rc == KS_OK)
        *out = (struct ks_texts){items, count};
    return rc;
}

/* `width` is the least that a token has. */
static enum ks_rc write_samples(struct ks_rule *rule, struct ks_buf *token,
                                unsigned width, struct ks_arena *arena)
{
    const char *const right[] = {
        "$_API_KEY = \"&\"\n",
        rule->named ? "$-token: &\n" : "$:\n  token: &\n",
        "{\"$Secret\": \"&\"}\n",
    };
    static const char *const wrong[] = {
        "$ is named here, but what follows is far away from it and belongs to "
        "something else: &\n",
        "$_api_key = \"<put the token of your account here>\"\n",
    };
    static const char *const cut[] = {"$_api_key = \"&\"\n"};
    const char *word = rule->keywords.items[0];
    struct ks_texts far = {0};
    struct ks_texts near = {0};
    const char **all = ks_arena_alloc(arena, 3 * sizeof(*all));
    enum ks_rc rc = all == NULL ? KS_ENOMEM : KS_OK;

    if (rc == KS_OK)
        rc = add_samples(&rule->examples, right, 3, word, ks_buf_text(token),
                         arena);
    if (rc == KS_OK)
        rc = add_samples(&far, wrong, 2, word, ks_buf_text(token), arena);
    if (token->len >= width && width > 0)
        token->len = width - 1;
    if (rc == KS_OK)
        rc = add_samples(&near, cut, 1, word, ks_buf_text(token), arena);
    if (rc != KS_OK)
        return rc;
    all[0] = far.items[0];
    all[1] = far.items[1];
    all[2] = near.items[0];
    if (rule->counterexamples.len == 0)
        rule->counterexamples = (struct ks_texts){all, 3};
    return KS_OK;
}

static enum ks_rc fill_samples(struct ks_rule *rule,
                               const struct ks_regex *regex,
                               struct ks_arena *arena)
{
    struct ks_texts own = rule->examples;
    struct ks_buf token;
    enum ks_rc rc;

    if (rule->examples.len > 0 && rule->counterexamples.len > 0)
        return KS_OK;
    ks_buf_init(&token, SAMPLE_MAX);
    rc = pick_token(&token, regex);
    if (rc == KS_OK && ks_buf_text(&token) == NULL)
        rc = KS_ENOMEM;
    if (rc == KS_OK)
        rc =
            write_samples(rule, &token, ks_regex_reach(regex).min_width, arena);
    if (own.len > 0)
        rule->examples = own;
    ks_buf_release(&token);
    return rc;
}

enum ks_rc ks_template_write(struct ks_rule *rule, enum ks_template kind,
                             const char *token, struct ks_mark token_at,
                             bool own_demands, const struct ks_read *read)
{
    struct ks_regex *regex = NULL;
    struct ks_err why;
    struct ks_buf buf;
    enum ks_rc rc = ks_regex_parse(&regex, token, &why);

    if (rc == KS_EINVAL)
        return ks_read_fail(read, token_at, NULL, "token: %s", why.text);
    ks_buf_init(&buf, PATTERN_MAX);
    if (rc == KS_OK)
        rc = write_pattern(&buf, &shapes[kind], rule->keywords, token,
                           has_digit_soon(token, regex));
    if (rc == KS_OK) {
        rule->pattern = ks_arena_text(read->arena, ks_buf_span(&buf));
        rule->keywords_caseless = true;
        rule->named = kind == KS_TEMPLATE_NAMED;
        if (!own_demands)
            default_demands(&rule->demands, token,
                            ks_regex_reach(regex).min_width);
        rc = rule->pattern == NULL ? KS_ENOMEM
                                   : fill_samples(rule, regex, read->arena);
    }
    ks_buf_release(&buf);
    ks_regex_free(regex);
    return out_of_room(rc, read, token_at);
}
