/* SPDX-License-Identifier: Apache-2.0 */
/* uri.h: places as URI references. */
#ifndef KS_REPORT_URI_H
#define KS_REPORT_URI_H

#include "base/buf.h"

/*
 * Appends a path as a URI reference (RFC 3986): relative paths stay relative
 * without a leading "./", absolute ones become "file:///…"; bytes that are no
 * unreserved characters are percent-encoded.
 */
enum ks_rc ks_uri_from_path(struct ks_buf *out, struct ks_span path);

#endif
