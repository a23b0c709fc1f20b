/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>
#include <string.h>

enum {
    MATCH_STEPS = 1000000, /* backtracking steps of one call */
    HEAP_KIB = 20000,
    JIT_STACK_START = 32 * 1024,
    JIT_STACK_MOST = 1024 * 1024,
    MOST_GROUPS = 64, /* pairs of offsets kept for one match */
    ERROR_TEXT = 256,
};

struct ks_pattern {
    pcre2_code *code;
    uint32_t secret; /* number of the group; 0 is the whole match */
};

struct ks_pattern_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static enum ks_rc compile(pcre2_code **out, const char *text,
                          struct ks_err *err)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_UCHAR words[ERROR_TEXT];
    PCRE2_SIZE at = 0;
    int code = 0;

    if (context == NULL)
        return ks_fail_memory(err);
    *out = pcre2_compile((PCRE2_SPTR)text, strlen(text),
                         PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
                             PCRE2_USE_OFFSET_LIMIT,
                         &code, &at, context);
    pcre2_compile_context_free(context);
    if (*out != NULL)
        return KS_OK;
    (void)pcre2_get_error_message(code, words, sizeof(words));
    return ks_fail(err, KS_EINVAL, "the pattern does not compile at byte %zu: "
                   "%s", at, (const char *)words);
}

enum ks_rc ks_pattern_new(struct ks_pattern **out, const char *text,
                          struct ks_err *err)
{
    struct ks_pattern *pattern = calloc(1, sizeof(*pattern));
    enum ks_rc rc;
    int group;

    if (pattern == NULL)
        return ks_fail_memory(err);
    rc = compile(&pattern->code, text, err);
    if (rc != KS_OK) {
        free(pattern);
        return rc;
    }
    /* Without JIT the interpreter gives the same matches, slower. */
    (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    group = pcre2_substring_number_from_name(pattern->code,
                                             (PCRE2_SPTR) "secret");
    pattern->secret = group > 0 && group < MOST_GROUPS ? (uint32_t)group : 0;
    *out = pattern;
    return KS_OK;
}

void ks_pattern_free(struct ks_pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

enum ks_rc ks_pattern_scratch_new(struct ks_pattern_scratch **out,
                                  struct ks_err *err)
{
    struct ks_pattern_scratch *scratch = calloc(1, sizeof(*scratch));

    if (scratch == NULL)
        return ks_fail_memory(err);
    scratch->data = pcre2_match_data_create(MOST_GROUPS, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    scratch->stack =
        pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MOST, NULL);
    if (scratch->data == NULL || scratch->context == NULL ||
        scratch->stack == NULL) {
        ks_pattern_scratch_free(scratch);
        return ks_fail_memory(err);
    }
    (void)pcre2_set_match_limit(scratch->context, MATCH_STEPS);
    (void)pcre2_set_heap_limit(scratch->context, HEAP_KIB);
    pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    *out = scratch;
    return KS_OK;
}

void ks_pattern_scratch_free(struct ks_pattern_scratch *scratch)
{
    if (scratch == NULL)
        return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    free(scratch);
}

static uint32_t options_of(const struct ks_pattern_search *search)
{
    return (search->not_start ? PCRE2_NOTBOL : 0) |
           (search->not_end ? PCRE2_NOTEOL : 0);
}

enum ks_pattern_result ks_pattern_find(struct ks_pattern_match *out,
                                       const struct ks_pattern *pattern,
                                       struct ks_pattern_scratch *scratch,
                                       const struct ks_pattern_search *search)
{
    const PCRE2_SIZE *at;
    uint32_t group = pattern->secret;
    int found;

    (void)pcre2_set_offset_limit(scratch->context, search->last);
    found = pcre2_match(pattern->code, search->subject.ptr, search->subject.len,
                        search->from, options_of(search), scratch->data,
                        scratch->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return KS_PATTERN_NONE;
    if (found < 0)
        return KS_PATTERN_LIMIT;
    at = pcre2_get_ovector_pointer(scratch->data);
    if (at[2 * group] == PCRE2_UNSET)
        group = 0;
    *out = (struct ks_pattern_match){at[0], at[1], at[2 * group],
                                     at[2 * group + 1]};
    return KS_PATTERN_FOUND;
}

bool ks_pattern_matches(const struct ks_pattern *pattern,
                        struct ks_pattern_scratch *scratch, struct ks_span text)
{
    static const uint8_t nothing[1];
    struct ks_pattern_match match;
    struct ks_pattern_search search = {.subject = text, .last = text.len};

    if (search.subject.ptr == NULL)
        search.subject.ptr = nothing;
    return ks_pattern_find(&match, pattern, scratch, &search) ==
           KS_PATTERN_FOUND;
}
