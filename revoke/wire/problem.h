/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h: errors over HTTP (RFC 9457, application/problem+json). */
#ifndef KS_REVOKE_WIRE_PROBLEM_H
#define KS_REVOKE_WIRE_PROBLEM_H

#include "base/buf.h"

#define KS_PROBLEM_TYPE "application/problem+json"

/*
 * Appends what a problem body says, "title: detail" in printable ASCII of at
 * most 200 bytes; nothing when `body` is no problem.
 */
enum ks_rc ks_problem_read(struct ks_buf *out, struct ks_span body);

/* Appends a problem body. `detail` may be NULL. */
enum ks_rc ks_problem_write(struct ks_buf *out, unsigned status,
                            const char *title, const char *detail);

#endif
