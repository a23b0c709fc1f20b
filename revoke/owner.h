/* SPDX-License-Identifier: Apache-2.0 */
/* owner.h: who this process is, for leases and for the audit log. */
#ifndef KS_REVOKE_OWNER_H
#define KS_REVOKE_OWNER_H

#include <stdbool.h>

enum { KS_OWNER_TEXT = 160 };

struct ks_owner {
    char process[KS_OWNER_TEXT]; /* boot, process namespace, pid, start time */
    char user[64];
    char host[65];
};

void ks_owner_init(struct ks_owner *owner);

/*
 * Whether the process of that text is surely no more: it was of this boot and
 * process namespace, and its pid is free or somebody else's.
 */
bool ks_owner_is_gone(const char *process);

#endif
