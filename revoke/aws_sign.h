/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aws_sign.h: AWS Signature Version 4 (docs.aws.amazon.com, IAM user guide,
 * "Create a signed AWS API request").
 */
#ifndef KS_REVOKE_AWS_SIGN_H
#define KS_REVOKE_AWS_SIGN_H

#include "net/http.h"
#include "revoke/config.h"

/* What is signed and with what; all borrowed. */
struct ks_aws_request {
    const char *access_key, *secret_key;
    const char *region, *service;
    const char *host; /* with its port unless that is the scheme's own */
    const char *content_type;
    struct ks_span body;
    int64_t now;
};

/*
 * Appends the value of the Authorization header for a POST to "/" with the
 * headers content-type, host and x-amz-date.
 */
enum ks_rc ks_aws_authorization(struct ks_buf *out,
                                const struct ks_aws_request *request,
                                struct ks_err *err);

/* Adds the headers X-Amz-Date and Authorization to a request for IAM. */
enum ks_rc ks_aws_sign_request(struct ks_http_request *out,
                               const struct ks_channel *channel, int64_t now,
                               struct ks_err *err);

#endif
