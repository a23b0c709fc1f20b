/* SPDX-License-Identifier: Apache-2.0 */
/* types.h: which types of token a key service can revoke. */
#ifndef KS_REVOKE_TYPES_H
#define KS_REVOKE_TYPES_H

#include "revoke/spool.h"

struct ks_types; /* one thread */

/*
 * `spool` caches for an hour and may be NULL. With `offline` nothing is asked
 * for, and what is not cached is not known.
 */
enum ks_rc ks_types_new(struct ks_types **out,
                        const struct ks_revoke_config *config,
                        struct ks_spool *spool, bool offline,
                        struct ks_err *err);
void ks_types_free(struct ks_types *types);

/*
 * Whether the channel revokes the type: asks the service at the first question.
 * A service that does not say (and any other kind of channel) counts as yes;
 * why it did not say is in ks_types_trouble().
 */
bool ks_types_hold(struct ks_types *types, const struct ks_channel *channel,
                   const char *type);

/* Words on the last service that could not be asked, or NULL. */
const char *ks_types_trouble(const struct ks_types *types);

#endif
