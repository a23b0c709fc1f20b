/* SPDX-License-Identifier: Apache-2.0 */
/* regex_parse.c: PCRE2 patterns (pcre2pattern(3)) into trees. */
#include "rules/regex_tree.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 32,
    NODES_MAX = 20000,
    REPEAT_MAX = 65535, /* PCRE2's own */
};

struct parser {
    const char *text;
    size_t at;
    struct ks_regex *regex;
    size_t nodes;
    unsigned depth;
    bool caseless;
    bool dotall;
    struct ks_err *err;
};

static enum ks_rc parse_alternatives(struct ks_regex_node **out,
                                     struct parser *parser);

static enum ks_rc fail(const struct parser *parser, const char *words)
{
    return ks_fail(parser->err, KS_EINVAL, "offset %zu: %s", parser->at, words);
}

static char peek(const struct parser *parser)
{
    return parser->text[parser->at];
}

static bool take(struct parser *parser, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(parser->text + parser->at, word, len) != 0)
        return false;
    parser->at += len;
    return true;
}

static enum ks_rc node_new(struct ks_regex_node **out, struct parser *parser,
                           enum ks_regex_kind kind)
{
    struct ks_regex_node *node;

    if (++parser->nodes > NODES_MAX)
        return fail(parser, "the pattern is too large");
    node = ks_arena_alloc(&parser->regex->arena, sizeof(*node));
    if (node == NULL)
        return ks_fail_memory(parser->err);
    node->kind = kind;
    *out = node;
    return KS_OK;
}

static void append(struct ks_regex_node *parent, struct ks_regex_node *child)
{
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
}

static void add_range(struct ks_byteset *set, unsigned from, unsigned to)
{
    for (unsigned byte = from; byte <= to; byte++)
        ks_byteset_add(set, byte);
}

static void negate(struct ks_byteset *set)
{
    for (size_t i = 0; i < 4; i++)
        set->bits[i] = ~set->bits[i];
}

static void fold_case(struct ks_byteset *set)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        if (ks_byteset_has(set, c) || ks_byteset_has(set, c - 32)) {
            ks_byteset_add(set, c);
            ks_byteset_add(set, c - 32);
        }
    }
}

/* \d \w \s \h and their complements. */
static bool shorthand(struct ks_byteset *set, char letter)
{
    struct ks_byteset these = {{0}};

    switch (letter | 32) {
    case 'd':
        add_range(&these, '0', '9');
        break;
    case 'w':
        add_range(&these, '0', '9');
        add_range(&these, 'A', 'Z');
        add_range(&these, 'a', 'z');
        ks_byteset_add(&these, '_');
        break;
    case 's':
        add_range(&these, '\t', '\r');
        ks_byteset_add(&these, ' ');
        break;
    case 'h':
        ks_byteset_add(&these, '\t');
        ks_byteset_add(&these, ' ');
        ks_byteset_add(&these, 0xa0);
        break;
    default:
        return false;
    }
    if ((letter & 32) == 0)
        negate(&these);
    for (size_t i = 0; i < 4; i++)
        set->bits[i] |= these.bits[i];
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

/* What follows "\x": up to two digits, or digits in braces. */
static enum ks_rc parse_hex(unsigned *out, struct parser *parser)
{
    bool braced = take(parser, "{");
    unsigned value = 0;

    for (int i = 0; i < 2 && hex_digit(peek(parser)) >= 0; i++)
        value = value * 16 + (unsigned)hex_digit(parser->text[parser->at++]);
    if (braced && !take(parser, "}"))
        return fail(parser, "a byte is at most \\x{ff}");
    *out = value;
    return KS_OK;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* One byte written as an escape; the backslash is taken already. */
static enum ks_rc parse_escaped_byte(unsigned *out, struct parser *parser)
{
    static const char letters[] = "tnrfvae0";
    static const char bytes[] = "\t\n\r\f\v\a\033";
    char c = peek(parser);
    const char *known;

    if (c == '\0')
        return fail(parser, "a backslash at the end");
    parser->at++;
    if (c == 'x')
        return parse_hex(out, parser);
    known = strchr(letters, c);
    if (known != NULL)
        *out = (unsigned char)bytes[known - letters];
    else if (!is_alnum(c))
        *out = (unsigned char)c;
    else
        return fail(parser, "an escape that rules do without");
    return KS_OK;
}

/* One member of a class: a byte in *byte, or a set added with *byte = 256. */
static enum ks_rc parse_member(unsigned *byte, struct ks_byteset *set,
                               struct parser *parser)
{
    char c = parser->text[parser->at++];

    *byte = (unsigned char)c;
    if (c == '[' &&
        (peek(parser) == ':' || peek(parser) == '.' || peek(parser) == '='))
        return fail(parser, "POSIX classes are not used here");
    if (c != '\\')
        return KS_OK;
    if (shorthand(set, peek(parser))) {
        parser->at++;
        *byte = 256;
        return KS_OK;
    }
    if (peek(parser) == 'b') {
        parser->at++;
        *byte = '\b';
        return KS_OK;
    }
    return parse_escaped_byte(byte, parser);
}

static enum ks_rc parse_range(struct ks_byteset *set, struct parser *parser)
{
    unsigned from;
    unsigned to;
    enum ks_rc rc = parse_member(&from, set, parser);

    if (rc != KS_OK || from == 256)
        return rc;
    to = from;
    if (peek(parser) == '-' && parser->text[parser->at + 1] != ']' &&
        parser->text[parser->at + 1] != '\0') {
        parser->at++;
        rc = parse_member(&to, set, parser);
        if (rc != KS_OK)
            return rc;
        if (to == 256 || to < from)
            return fail(parser, "a range that ends before it begins");
    }
    add_range(set, from, to);
    return KS_OK;
}

static enum ks_rc parse_class(struct ks_regex_node **out, struct parser *parser)
{
    struct ks_byteset set = {{0}};
    bool negative = take(parser, "^");
    bool first = true;
    enum ks_rc rc;

    for (; first || peek(parser) != ']'; first = false) {
        if (peek(parser) == '\0')
            return fail(parser, "a class without its end");
        rc = parse_range(&set, parser);
        if (rc != KS_OK)
            return rc;
    }
    parser->at++;
    if (parser->caseless)
        fold_case(&set);
    if (negative)
        negate(&set);
    rc = node_new(out, parser, KS_REGEX_SET);
    if (rc == KS_OK)
        (*out)->set = set;
    return rc;
}

static enum ks_rc parse_byte_node(struct ks_regex_node **out,
                                  struct parser *parser, unsigned byte)
{
    enum ks_rc rc = node_new(out, parser, KS_REGEX_SET);

    if (rc != KS_OK)
        return rc;
    ks_byteset_add(&(*out)->set, byte);
    if (parser->caseless)
        fold_case(&(*out)->set);
    return KS_OK;
}

static enum ks_rc parse_escape(struct ks_regex_node **out,
                               struct parser *parser)
{
    struct ks_byteset set = {{0}};
    unsigned byte;
    enum ks_rc rc;

    if (peek(parser) != '\0' && strchr("bBAzZG", peek(parser)) != NULL) {
        rc = node_new(out, parser, KS_REGEX_EDGE);
        if (rc == KS_OK)
            (*out)->word = peek(parser) == 'b';
        parser->at++;
        return rc;
    }
    if (shorthand(&set, peek(parser))) {
        parser->at++;
        rc = node_new(out, parser, KS_REGEX_SET);
        if (rc == KS_OK)
            (*out)->set = set;
        return rc;
    }
    rc = parse_escaped_byte(&byte, parser);
    return rc == KS_OK ? parse_byte_node(out, parser, byte) : rc;
}

/* "i", "s", "-i" …; ends before ")" or ":". */
static enum ks_rc parse_flags(struct parser *parser)
{
    bool on = true;

    for (;; parser->at++) {
        switch (peek(parser)) {
        case 'i':
            parser->caseless = on;
            break;
        case 's':
            parser->dotall = on;
            break;
        case 'm':
            break;
        case '-':
            on = false;
            break;
        case ')':
        case ':':
            return KS_OK;
        default:
            return fail(parser, "a group or option that rules do without");
        }
    }
}

static enum ks_rc skip_name(struct parser *parser, char end)
{
    while (is_alnum(peek(parser)) || peek(parser) == '_')
        parser->at++;
    if (peek(parser) != end)
        return fail(parser, "a group's name without its end");
    parser->at++;
    return KS_OK;
}

/* What follows "(?": says the kind of the group, KS_REGEX_SEQ for plain. */
static enum ks_rc parse_group_head(enum ks_regex_kind *kind,
                                   struct parser *parser)
{
    *kind = KS_REGEX_SEQ;
    if (take(parser, "=") || take(parser, "!"))
        *kind = KS_REGEX_AHEAD;
    else if (take(parser, "<=") || take(parser, "<!"))
        *kind = KS_REGEX_BEHIND;
    else if (take(parser, "P<") || take(parser, "<"))
        return skip_name(parser, '>');
    else if (!take(parser, ">")) {
        enum ks_rc rc = parse_flags(parser);

        if (rc != KS_OK)
            return rc;
        parser->at += peek(parser) == ':';
    }
    return KS_OK;
}

static enum ks_rc parse_group_body(struct ks_regex_node **out,
                                   struct parser *parser,
                                   enum ks_regex_kind kind, bool negative)
{
    struct ks_regex_node *inner;
    enum ks_rc rc = parse_alternatives(&inner, parser);

    if (rc != KS_OK)
        return rc;
    if (!take(parser, ")"))
        return fail(parser, "a group without its end");
    if (kind == KS_REGEX_SEQ) {
        *out = inner;
        return KS_OK;
    }
    rc = node_new(out, parser, kind);
    if (rc != KS_OK)
        return rc;
    (*out)->negative = negative;
    append(*out, inner);
    return KS_OK;
}

/* The opening parenthesis is taken already. *out is NULL for "(?i)". */
static enum ks_rc parse_group(struct ks_regex_node **out, struct parser *parser)
{
    bool caseless = parser->caseless;
    bool dotall = parser->dotall;
    enum ks_regex_kind kind = KS_REGEX_SEQ;
    bool negative;
    enum ks_rc rc;

    if (++parser->depth > DEPTH_MAX)
        return fail(parser, "nested too deep");
    if (peek(parser) == '*')
        return fail(parser, "verbs are not used here");
    if (take(parser, "?")) {
        rc = parse_group_head(&kind, parser);
        if (rc != KS_OK)
            return rc;
        if (kind == KS_REGEX_SEQ && take(parser, ")")) {
            parser->depth--;
            *out = NULL;
            return KS_OK;
        }
    }
    negative = parser->text[parser->at - 1] == '!';
    rc = parse_group_body(out, parser, kind, negative);
    parser->caseless = caseless;
    parser->dotall = dotall;
    parser->depth--;
    return rc;
}

/* A decimal number; false if there is none or it is too large. */
static bool take_number(unsigned *out, struct parser *parser)
{
    size_t from = parser->at;
    unsigned value = 0;

    while (peek(parser) >= '0' && peek(parser) <= '9') {
        value = value * 10 + (unsigned)(parser->text[parser->at++] - '0');
        if (value > REPEAT_MAX)
            return false;
    }
    *out = value;
    return parser->at > from;
}

/* "{2}", "{2,}", "{2,5}"; anything else leaves the place as it was. */
static bool take_braces(unsigned *min, unsigned *max, struct parser *parser)
{
    size_t from = parser->at;

    if (take(parser, "{") && take_number(min, parser)) {
        *max = *min;
        if (take(parser, ",") && !take_number(max, parser))
            *max = KS_REGEX_UNBOUNDED;
        if (take(parser, "}") && *min <= *max)
            return true;
    }
    parser->at = from;
    return false;
}

static bool take_quantifier(unsigned *min, unsigned *max, struct parser *parser)
{
    *min = 0;
    *max = KS_REGEX_UNBOUNDED;
    if (take(parser, "?"))
        *max = 1;
    else if (take(parser, "+"))
        *min = 1;
    else if (!take(parser, "*") && !take_braces(min, max, parser))
        return false;
    if (!take(parser, "?"))
        (void)take(parser, "+");
    return true;
}

static enum ks_rc parse_atom(struct ks_regex_node **out, struct parser *parser)
{
    char c = parser->text[parser->at++];
    enum ks_rc rc;

    switch (c) {
    case '(':
        return parse_group(out, parser);
    case '[':
        return parse_class(out, parser);
    case '\\':
        return parse_escape(out, parser);
    case '^':
    case '$':
        return node_new(out, parser, KS_REGEX_EDGE);
    case '*':
    case '+':
    case '?':
        parser->at--;
        return fail(parser, "nothing to repeat");
    case '.':
        rc = node_new(out, parser, KS_REGEX_SET);
        if (rc != KS_OK)
            return rc;
        if (!parser->dotall)
            ks_byteset_add(&(*out)->set, '\n');
        negate(&(*out)->set);
        return KS_OK;
    default:
        return parse_byte_node(out, parser, (unsigned char)c);
    }
}

static enum ks_rc parse_piece(struct ks_regex_node *seq, struct parser *parser)
{
    struct ks_regex_node *node;
    struct ks_regex_node *repeat;
    unsigned min;
    unsigned max;
    enum ks_rc rc = parse_atom(&node, parser);

    if (rc != KS_OK || node == NULL)
        return rc;
    if (!take_quantifier(&min, &max, parser)) {
        append(seq, node);
        return KS_OK;
    }
    rc = node_new(&repeat, parser, KS_REGEX_REPEAT);
    if (rc != KS_OK)
        return rc;
    repeat->min = min;
    repeat->max = max;
    append(repeat, node);
    append(seq, repeat);
    return KS_OK;
}

static enum ks_rc parse_sequence(struct ks_regex_node **out,
                                 struct parser *parser)
{
    enum ks_rc rc = node_new(out, parser, KS_REGEX_SEQ);

    while (rc == KS_OK && peek(parser) != '\0' && peek(parser) != '|' &&
           peek(parser) != ')')
        rc = parse_piece(*out, parser);
    return rc;
}

static enum ks_rc parse_alternatives(struct ks_regex_node **out,
                                     struct parser *parser)
{
    struct ks_regex_node *alt;
    struct ks_regex_node *branch;
    enum ks_rc rc = node_new(&alt, parser, KS_REGEX_ALT);

    do {
        if (rc == KS_OK)
            rc = parse_sequence(&branch, parser);
        if (rc == KS_OK)
            append(alt, branch);
    } while (rc == KS_OK && take(parser, "|"));
    if (rc == KS_OK)
        *out = alt;
    return rc;
}

enum ks_rc ks_regex_parse(struct ks_regex **out, const char *pattern,
                          struct ks_err *err)
{
    struct ks_regex *regex = calloc(1, sizeof(*regex));
    struct parser parser = {.text = pattern, .regex = regex, .err = err};
    enum ks_rc rc;

    if (regex == NULL)
        return ks_fail_memory(err);
    rc = parse_alternatives(&regex->root, &parser);
    if (rc == KS_OK && peek(&parser) != '\0')
        rc = fail(&parser, "a group that ends without a beginning");
    if (rc != KS_OK) {
        ks_regex_free(regex);
        return rc;
    }
    *out = regex;
    return KS_OK;
}

void ks_regex_free(struct ks_regex *regex)
{
    if (regex == NULL)
        return;
    ks_arena_release(&regex->arena);
    free(regex);
}
