/* SPDX-License-Identifier: Apache-2.0 */
/* validators_util.h: how the tests of validators call them. */
#ifndef KS_TESTS_UNIT_VALIDATORS_UTIL_H
#define KS_TESTS_UNIT_VALIDATORS_UTIL_H

#include "scanner/validators/validator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1800000000, TOKEN_ROOM = 8192 };

/* The verdict on `len` bytes that end where their allocation ends. */
static inline enum ks_validity check_bytes(struct ks_proof_facts *facts,
                                           const char *validator,
                                           const void *bytes, size_t len)
{
    const struct ks_validator *row = ks_validator_find(validator);
    uint8_t *copy = malloc(len + (len == 0));
    struct ks_span span = {copy, len};
    enum ks_validity verdict;

    assert_non_null(row);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    *facts = (struct ks_proof_facts){.len = 0};
    verdict = row->check(facts, span, span, NOW);
    free(copy);
    return verdict;
}

static inline enum ks_validity check_text(const char *validator,
                                          const char *token)
{
    struct ks_proof_facts facts;

    return check_bytes(&facts, validator, token, strlen(token));
}

/* The parts of a token, joined, so that no whole one stands in the source. */
static inline const char *join(char out[TOKEN_ROOM], const char *a,
                               const char *b, const char *c)
{
    (void)snprintf(out, TOKEN_ROOM, "%s%s%s", a, b, c);
    return out;
}

static inline const char *fact_of(const struct ks_proof_facts *facts,
                                  const char *name)
{
    for (size_t i = 0; i < facts->len; i++) {
        if (strcmp(facts->items[i].name, name) == 0)
            return facts->items[i].value;
    }
    return "(none)";
}

static inline void assert_fact(const char *validator, const char *token,
                               const char *name, const char *value)
{
    struct ks_proof_facts facts;

    (void)check_bytes(&facts, validator, token, strlen(token));
    assert_string_equal(fact_of(&facts, name), value);
}

/*
 * Every change of one letter or digit behind `prefix` characters into another
 * gives `verdict`.
 */
static inline void assert_broken(const char *validator, const char *token,
                                 size_t prefix, enum ks_validity verdict)
{
    char text[TOKEN_ROOM];

    for (size_t i = prefix; token[i] != '\0'; i++) {
        (void)snprintf(text, sizeof(text), "%s", token);
        if (text[i] >= '2' && text[i] <= '6')
            text[i]++;
        else if (text[i] >= 'A' && text[i] <= 'F')
            text[i] = text[i] == 'C' ? 'F' : 'C';
        else if (text[i] >= 'a' && text[i] <= 'f')
            text[i] = text[i] == 'c' ? 'f' : 'c';
        else
            continue;
        if (check_text(validator, text) != verdict)
            fail_msg("%s: position %zu changed: %d", validator, i,
                     (int)check_text(validator, text));
    }
}

#endif
