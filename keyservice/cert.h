/* SPDX-License-Identifier: Apache-2.0 */
/* cert.h: a certificate for trying the service out. */
#ifndef KS_KEYSERVICE_CERT_H
#define KS_KEYSERVICE_CERT_H

#include "base/err.h"

/*
 * Writes a new EC key (0600) and a certificate that it signs itself, good for
 * a year, for localhost, 127.0.0.1, ::1 and `host` (NULL: no more).
 */
enum ks_rc ks_cert_create(const char *cert_path, const char *key_path,
                          const char *host, struct ks_err *err);

#endif
