/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/validator.h"

#include <stdarg.h>
#include <stdio.h>

/* What comes out of a token is a stranger's text: no terminal escape passes. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
    }
}

void ks_proof_fact(struct ks_proof_facts *facts, const char *name,
                   const char *format, ...)
{
    char *value;
    va_list args;

    if (facts->len == KS_FACTS_MAX)
        return;
    value = facts->items[facts->len].value;
    va_start(args, format);
    (void)vsnprintf(value, KS_FACT_VALUE, format, args);
    va_end(args);
    make_printable(value);
    facts->items[facts->len++].name = name;
}
