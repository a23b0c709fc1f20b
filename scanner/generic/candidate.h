/* SPDX-License-Identifier: Apache-2.0 */
/* candidate.h: finds what might be a secret around one keyword hit. */
#ifndef KS_SCANNER_GENERIC_CANDIDATE_H
#define KS_SCANNER_GENERIC_CANDIDATE_H

#include "scanner/generic/window.h"

#include <stddef.h>
#include <stdint.h>

/* A hit yields at most this many candidates. */
#define KS_GENERIC_CANDIDATES 6

/* What stands between key and value. */
enum ks_generic_op {
    KS_GENERIC_OP_NONE,    /* the form says it all */
    KS_GENERIC_OP_ASSIGN,  /* = := += ?= */
    KS_GENERIC_OP_COLON,   /* : */
    KS_GENERIC_OP_ARROW,   /* => -> */
    KS_GENERIC_OP_COMPARE, /* == != =~ */
    KS_GENERIC_OP_COMMA,   /* 'key', value */
    KS_GENERIC_OP_CALL,    /* key(value) */
    KS_GENERIC_OP_TAG,     /* <key>value, key</..><..>value */
    KS_GENERIC_OP_SPACE,   /* key value */
    KS_GENERIC_OP_SIBLING, /* name: key, value: value */
    KS_GENERIC_OP_COLUMN,  /* (a, key) VALUES (x, value) */
};

/* How the value is delimited. */
enum ks_generic_quote {
    KS_GENERIC_BARE,
    KS_GENERIC_SINGLE,
    KS_GENERIC_DOUBLE,
    KS_GENERIC_BACKTICK,
    KS_GENERIC_ESCAPED, /* \" or &quot; */
};

/* What the value is wrapped in. */
enum ks_generic_wrap {
    KS_GENERIC_PLAIN,
    KS_GENERIC_LIST,   /* [ or { */
    KS_GENERIC_INCALL, /* an argument of a call */
    KS_GENERIC_ORELSE, /* x || "value", x or "value", ${x:-value} */
    KS_GENERIC_BYTES,  /* a list of numbers */
    KS_GENERIC_INDEX,  /* x["value"] */
};

enum {
    KS_GENERIC_KEY_QUOTED = 1,
    KS_GENERIC_ANNOTATED = 2, /* a type stood between key and operator */
    KS_GENERIC_NEXT_LINE = 4,
    KS_GENERIC_CUT = 8, /* the window ended before the value did */
    KS_GENERIC_IN_QUERY = 16,
    KS_GENERIC_CLI_FLAG = 32,
};

/* One candidate. Offsets are relative to the window. */
struct ks_generic_candidate {
    uint16_t key_from, key_to; /* empty if the form has no key */
    uint16_t value_from, value_to;
    uint8_t keyword; /* number of the keyword that hit */
    uint8_t form;    /* enum ks_generic_form */
    uint8_t op;      /* enum ks_generic_op */
    uint8_t quote;   /* enum ks_generic_quote */
    uint8_t wrap;    /* enum ks_generic_wrap */
    uint8_t flags;
    uint8_t nth; /* 0 for the first value behind the operator */
};

/*
 * Finds the candidates of the keyword hit that ends at `hit` in the window.
 * Most hits have none and are dismissed within some ten bytes.
 *
 * Writes at most `cap` candidates to `out` and returns their number. The
 * result depends on the window's bytes and the keyword only. No allocation;
 * O(size of the window).
 */
size_t ks_generic_candidates(struct ks_generic_candidate *out, size_t cap,
                             const struct ks_generic_window *window, size_t hit,
                             unsigned keyword);

#endif
