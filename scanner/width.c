/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/width.h"

#include <hs.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Length of "(?<name>" or "(?P<name>" at `at`, 0 if there is none. */
static size_t named_group(const char *at)
{
    size_t skip = strncmp(at, "(?P<", 4) == 0 ? 4 : 3;

    if (strncmp(at, "(?<", 3) != 0 && skip == 3)
        return 0;
    if (at[skip] == '=' || at[skip] == '!')
        return 0;
    while (at[skip] != '\0' && at[skip] != '>')
        skip++;
    return at[skip] == '>' ? skip + 1 : 0;
}

/* The pattern with plain groups for named ones, which Hyperscan refuses. */
static char *without_names(const char *pattern)
{
    char *out = malloc(strlen(pattern) + 1);
    size_t len = 0;

    if (out == NULL)
        return NULL;
    while (*pattern != '\0') {
        size_t skip = named_group(pattern);

        if (skip > 0) {
            out[len++] = '(';
            pattern += skip;
            continue;
        }
        if (pattern[0] == '\\' && pattern[1] != '\0')
            out[len++] = *pattern++;
        out[len++] = *pattern++;
    }
    out[len] = '\0';
    return out;
}

static enum ks_rc refused(hs_compile_error_t *why, struct ks_err *err)
{
    enum ks_rc rc = ks_fail(err, KS_EINVAL, "%s",
                            why == NULL ? "not a pattern" : why->message);

    hs_free_compile_error(why);
    return rc;
}

enum ks_rc ks_pattern_width(unsigned *out, const char *pattern, bool caseless,
                            struct ks_err *err)
{
    unsigned flags = HS_FLAG_PREFILTER | HS_FLAG_ALLOWEMPTY |
                     (caseless ? HS_FLAG_CASELESS : 0);
    char *plain = without_names(pattern);
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *why = NULL;
    enum ks_rc rc = KS_OK;

    if (plain == NULL)
        return ks_fail_memory(err);
    if (hs_expression_info(plain, flags, &info, &why) != HS_SUCCESS)
        rc = refused(why, err);
    else if (info->max_width == UINT_MAX)
        rc = ks_fail(err, KS_ELIMIT, "matches have no greatest width");
    else
        *out = info->max_width;
    free(info);
    free(plain);
    return rc;
}
