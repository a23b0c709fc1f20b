/* SPDX-License-Identifier: Apache-2.0 */
/* Values that a list of names and a list of values put together by place. */
#include "scanner/generic/lex.h"
#include "scanner/generic/vocabulary.h"

/* How far a list of names reaches on either side of the key, in bytes. */
#define NAMES_REACH 160u

/* Rows of a table that are looked at. */
#define ROWS 3

static bool is_name_byte(uint8_t c)
{
    return ks_is_word(c) || c == '$' || c == '@' || c == '.';
}

static bool is_assignment(const struct ks_lex *x, size_t at)
{
    if (at + 1 < x->end && x->p[at] == ':')
        at++;
    return at + 1 < x->end && x->p[at] == '=' && x->p[at + 1] != '=' &&
           x->p[at + 1] != '>';
}

/* Moves `at` back over `a, b, ` to the first name; counts the names. */
static size_t names_before(const struct ks_lex *x, size_t *at)
{
    size_t count = 0, from = *at;

    while (from > 0 && *at - from < NAMES_REACH) {
        size_t to = from;

        while (to > 0 && ks_is_blank(x->p[to - 1]))
            to--;
        if (to == 0 || x->p[to - 1] != ',')
            break;
        to--;
        from = to;
        while (from > 0 && is_name_byte(x->p[from - 1]))
            from--;
        if (from == to)
            return 0;
        count++;
    }
    *at = from;
    return count;
}

/* Whether a statement may start at `at`: on its line, or behind `let`. */
static bool starts_statement(const struct ks_lex *x, size_t at)
{
    size_t blanks = at;

    while (blanks > 0 && ks_is_blank(x->p[blanks - 1]))
        blanks--;
    if (blanks == 0 || x->p[blanks - 1] == '\n' || x->p[blanks - 1] == ';')
        return true;
    return blanks < at && blanks >= 3 &&
           (ks_lex_is(x, blanks - 3, "var") || ks_lex_is(x, blanks - 3, "let"));
}

/* The end of the value at `at`: a comma, or the end of the list or line. */
static size_t value_end(const struct ks_lex *x, size_t at)
{
    uint8_t quote = 0;
    int depth = 0;

    for (; at < x->end && x->p[at] != '\n'; at++) {
        uint8_t c = x->p[at];

        if (quote != 0 && c == '\\')
            at++;
        else if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (ks_lex_is_quote(c))
            quote = c;
        else if (depth == 0 && (c == ',' || c == ')' || c == ';'))
            break;
        else
            depth += (c == '(') - (c == ')');
    }
    return at < x->end ? at : x->end;
}

/* Moves to value number `index` of the list at x->at; false if it is short. */
static bool nth_value(struct ks_lex *x, size_t index)
{
    for (; index > 0; index--) {
        size_t to = value_end(x, x->at);

        if (to >= x->end || x->p[to] != ',')
            return false;
        x->at = to + 1;
    }
    while (x->at < x->end && ks_is_space(x->p[x->at]))
        x->at++;
    return true;
}

/* `name=value` at x->at: an argument of a call, no value of a list. */
static bool is_argument(const struct ks_lex *x)
{
    size_t at = x->at;

    while (at < x->end && ks_is_word(x->p[at]))
        at++;
    return at > x->at && at + 1 < x->end && x->p[at] == '=' &&
           x->p[at + 1] != '=';
}

bool ks_lex_tuple(struct ks_lex *x)
{
    size_t first = x->draft.key_from, at = x->draft.key_to, back;
    size_t before = names_before(x, &first), after = 0;

    while (at < x->end && at - x->draft.key_to < NAMES_REACH) {
        while (at < x->end && ks_is_blank(x->p[at]))
            at++;
        if (at >= x->end || x->p[at] != ',')
            break;
        at++;
        while (at < x->end && ks_is_blank(x->p[at]))
            at++;
        while (at < x->end && is_name_byte(x->p[at]))
            at++;
        after++;
    }
    if (before + after == 0 || !is_assignment(x, at) ||
        !starts_statement(x, first))
        return false;
    x->at = at + (x->p[at] == ':' ? 2 : 1);
    back = x->at;
    x->draft.op = KS_GENERIC_OP_ASSIGN;
    if (!nth_value(x, before)) {
        x->at = back;
        ks_lex_blanks(x);
        if (before > 0 && !ks_lex_is_quote(ks_lex_peek(x, 0)))
            return true;
    } else if (before > 0 && is_argument(x)) {
        return false;
    }
    ks_lex_values(x);
    return true;
}

static bool is_column_byte(uint8_t c)
{
    return ks_is_word(c) || ks_is_space(c) || ks_lex_is_quote(c) || c == ',' ||
           c == '.' || c == '[' || c == ']';
}

/* Emits value number `index` of each tuple at x->at. */
static void tuples(struct ks_lex *x, size_t index)
{
    for (int row = 0; row < ROWS && ks_lex_peek(x, 0) == '('; row++) {
        x->at++;
        if (!nth_value(x, index) || !ks_lex_string(x))
            return;
        while (x->at < x->end && x->p[x->at] == ',') {
            x->at++;
            x->at = value_end(x, x->at);
        }
        if (ks_lex_peek(x, 0) != ')')
            return;
        x->at++;
        while (x->at < x->end &&
               (ks_is_space(x->p[x->at]) || x->p[x->at] == ','))
            x->at++;
    }
}

bool ks_lex_insert(struct ks_lex *x)
{
    size_t to = x->draft.key_to, from = x->draft.key_from, index = 0;

    while (to < x->end && to - x->draft.key_to < NAMES_REACH &&
           is_column_byte(x->p[to]))
        to++;
    if (to >= x->end || x->p[to] != ')')
        return false;
    to++;
    while (to < x->end && ks_is_space(x->p[to]))
        to++;
    if (!ks_lex_is(x, to, "values"))
        return false;
    while (from > 0 && x->draft.key_from - from < NAMES_REACH &&
           is_column_byte(x->p[from - 1])) {
        from--;
        index += x->p[from] == ',';
    }
    if (from == 0 || x->p[from - 1] != '(')
        return false;
    x->at = to + strlen("values");
    while (x->at < x->end && ks_is_space(x->p[x->at]))
        x->at++;
    x->draft.op = KS_GENERIC_OP_COLUMN;
    tuples(x, index);
    return true;
}

/* A digest or token in hexadecimal, of the lengths that they have. */
static bool is_digest(const struct ks_lex *x, size_t from, size_t to)
{
    size_t len = to - from;

    if (len != 32 && len != 40 && len != 64 && len != 128)
        return false;
    for (size_t i = from; i < to; i++) {
        if (!ks_is_hex(x->p[i]))
            return false;
    }
    return true;
}

/* Whether the words of the name speak of people or credentials. */
static bool names_accounts(const struct ks_lex *x, size_t from, size_t to)
{
    uint8_t word[24];
    size_t n = 0;

    for (size_t i = from; i <= to; i++) {
        if (i < to && ks_is_alpha(x->p[i]) && n < sizeof(word)) {
            word[n++] = ks_to_lower(x->p[i]);
            continue;
        }
        if (n > 0) {
            enum ks_word_kind kind =
                ks_vocabulary_kind((struct ks_span){word, n});

            if (kind == KS_WORD_USER || kind >= KS_WORD_SESSION ||
                (n >= 7 && memcmp(word, "account", 7) == 0))
                return true;
        }
        n = 0;
    }
    return false;
}

/* INSERT INTO users VALUES (...): without columns, only digests are told. */
void ks_form_insert(struct ks_lex *x, size_t hit)
{
    size_t from = hit, to, limit = hit + 220 < x->end ? hit + 220 : x->end;

    if (from < x->end && ks_lex_is_quote(x->p[from]))
        from++;
    for (to = from; to < x->end && is_name_byte(x->p[to]); to++)
        ;
    x->at = to;
    while (x->at < x->end &&
           (ks_is_space(x->p[x->at]) || ks_lex_is_quote(x->p[x->at])))
        x->at++;
    if (!ks_lex_is(x, x->at, "values") || !names_accounts(x, from, to))
        return;
    x->draft.key_from = (uint16_t)from;
    x->draft.key_to = (uint16_t)to;
    x->draft.op = KS_GENERIC_OP_COLUMN;
    while (x->at < limit) {
        uint8_t q = x->p[x->at++];
        size_t end = x->at;

        if (q != '\'' && q != '"')
            continue;
        while (end < x->end && x->p[end] != q && x->p[end] != '\n')
            end++;
        x->draft.quote = ks_lex_quote_kind(q);
        if (end < x->end && x->p[end] == q && is_digest(x, x->at, end))
            ks_lex_emit(x, x->at, end);
        x->at = end + 1;
    }
}

static bool is_separator(uint8_t c)
{
    return c == ',' || c == ';' || c == '\t' || c == '|';
}

/* How many times `c` stands in [from, to). */
static size_t count_of(const struct ks_lex *x, size_t from, size_t to,
                       uint8_t c)
{
    size_t n = 0;

    for (size_t i = from; i < to; i++)
        n += x->p[i] == c;
    return n;
}

static size_t line_end(const struct ks_lex *x, size_t at)
{
    const uint8_t *end =
        at < x->end ? memchr(x->p + at, '\n', x->end - at) : NULL;

    return end == NULL ? x->end : (size_t)(end - x->p);
}

/* Emits field number `index` of the line [from, to). */
static void field(struct ks_lex *x, size_t from, size_t to, size_t index,
                  uint8_t separator)
{
    size_t end;

    for (; index > 0; index--) {
        while (x->p[from] != separator)
            from++;
        from++;
    }
    for (end = from; end < to && x->p[end] != separator; end++)
        ;
    while (from < end &&
           (ks_is_space(x->p[from]) || ks_lex_is_quote(x->p[from])))
        from++;
    while (end > from &&
           (ks_is_space(x->p[end - 1]) || ks_lex_is_quote(x->p[end - 1])))
        end--;
    ks_lex_emit(x, from, end);
}

/* A rule under the head of a Markdown table. */
static bool is_rule(const struct ks_lex *x, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (x->p[i] != '-' && x->p[i] != '|' && x->p[i] != ':' &&
            !ks_is_space(x->p[i]))
            return false;
    }
    return to > from;
}

/* Whether the last byte of [from, to) but blanks is `c`. */
static bool ends_with(const struct ks_lex *x, size_t from, size_t to, uint8_t c)
{
    while (to > from && x->p[to - 1] != c && ks_is_space(x->p[to - 1]))
        to--;
    return to > from && x->p[to - 1] == c;
}

/* What the line of a table's head is made of. */
static bool is_head_byte(uint8_t c)
{
    return ks_is_word(c) || ks_is_blank(c) || c == '\r' || is_separator(c) ||
           ks_lex_is_quote(c) || c == '-' || c == '.';
}

/* Moves `from` back to the start of the line; false if it is no table's head.
 */
static bool head_start(const struct ks_lex *x, size_t *from)
{
    size_t at = *from;

    while (at > 0 && x->p[at - 1] != '\n') {
        if (!is_head_byte(x->p[at - 1]) || *from - at == NAMES_REACH)
            return false;
        at--;
    }
    *from = at;
    return true;
}

/* The byte between the names of [from, to), by what stands next to the key. */
static uint8_t separator_of(const struct ks_lex *x, size_t from, size_t to)
{
    size_t at = x->draft.key_to;

    while (at < to && (ks_lex_is_quote(x->p[at]) || x->p[at] == ' '))
        at++;
    if (at < to && x->p[at] != '\r')
        return is_separator(x->p[at]) ? x->p[at] : 0;
    for (at = x->draft.key_from; at > from; at--) {
        if (is_separator(x->p[at - 1]))
            return x->p[at - 1];
    }
    return 0;
}

bool ks_lex_table(struct ks_lex *x)
{
    size_t from = x->draft.key_from, to, index, all;
    size_t before = x->count;
    uint8_t separator;

    if (!head_start(x, &from))
        return false;
    to = line_end(x, x->draft.key_to);
    separator = to < x->end ? separator_of(x, from, to) : 0;
    if (separator == 0 ||
        (separator == '\t' && x->p[from] == '\t') || /* indented */
        (separator != '|' && ends_with(x, from, to, separator)))
        return false;
    for (size_t i = x->draft.key_to; i < to; i++) {
        if (!is_head_byte(x->p[i]))
            return false;
    }
    index = count_of(x, from, x->draft.key_from, separator);
    all = count_of(x, from, to, separator);
    x->draft.op = KS_GENERIC_OP_COLUMN;
    for (int row = 0; row < ROWS; row++) {
        from = to + 1;
        to = line_end(x, from);
        if (from >= x->end || (to == x->end && !x->whole) ||
            count_of(x, from, to, separator) != all)
            break;
        if (!is_rule(x, from, to))
            field(x, from, to, index, separator);
    }
    return x->count > before;
}
