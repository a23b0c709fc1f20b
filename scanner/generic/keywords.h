/* SPDX-License-Identifier: Apache-2.0 */
/* keywords.h: what the prefilter looks for on the generic classifier's behalf.
 */
#ifndef KS_SCANNER_GENERIC_KEYWORDS_H
#define KS_SCANNER_GENERIC_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a candidate is looked for around a hit. */
enum ks_generic_form {
    KS_GENERIC_WORD,       /* part of an identifier; a value follows */
    KS_GENERIC_URL,        /* `://`: user and password in a URL */
    KS_GENERIC_SCHEME,     /* `Bearer `: an authorization value follows */
    KS_GENERIC_IDENTIFIED, /* SQL: IDENTIFIED [WITH plugin] BY '...' */
    KS_GENERIC_CRYPT,      /* head of a password hash */
    KS_GENERIC_RUN,        /* head of an encoded token */
    KS_GENERIC_PEM,        /* label of a private key */
    KS_GENERIC_JWK,        /* `kty`: private members of a JSON Web Key */
    KS_GENERIC_PGPASS,     /* host:port:database:user:password */
    KS_GENERIC_COMMAND,    /* command whose options take a password */
    KS_GENERIC_ID,         /* prefix of an account's public identifier */
    KS_GENERIC_UUID,       /* tail of a UUID */
    KS_GENERIC_DSN,        /* Go's user:password@tcp(host) */
    KS_GENERIC_CALL,       /* function with a password at a known place */
    KS_GENERIC_MEMBER,     /* private member of a JSON Web Key */
    KS_GENERIC_INSERT,     /* SQL: INSERT INTO accounts VALUES (...) */
    KS_GENERIC_PIPE,       /* command that reads a password from a pipe */
    KS_GENERIC_TAIL,       /* text that a password follows */
    KS_GENERIC_DER,        /* head of a private key in bare base64 */
    KS_GENERIC_HOST,       /* tail of a host that names an account's store */
};

/*
 * One expression of the prefilter. ASCII case is ignored. `text` is a literal
 * unless `pattern`; then it is a Hyperscan expression of bounded width.
 */
struct ks_generic_keyword {
    const char *text;
    uint8_t len;   /* bytes of a literal, greatest width of a pattern */
    uint8_t form;  /* enum ks_generic_form */
    bool pattern;  /* `text` is an expression, not a literal */
    bool optional; /* wanted only if class KS_GENERIC_CLASS_ID is reported */
};

/* The whole table, immutable. A keyword's number is its index. */
const struct ks_generic_keyword *ks_generic_keywords(size_t *count);

#endif
