/* SPDX-License-Identifier: Apache-2.0 */
/* key_service.h: what only the channel "key-service" has. */
#ifndef KS_REVOKE_KEY_SERVICE_H
#define KS_REVOKE_KEY_SERVICE_H

#include "revoke/channel.h"

/* GET of the types that it can revoke: {"types": ["…"]}. */
enum ks_rc ks_key_service_types_request(struct ks_http_request *out,
                                        const struct ks_channel *channel,
                                        struct ks_err *err);

#endif
