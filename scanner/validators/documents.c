/* SPDX-License-Identifier: Apache-2.0 */
/* documents.c: JSON documents that hold a credential. */
#include "scanner/validators/checks.h"
#include "scanner/validators/json.h"

#include <string.h>

static void tell(struct ks_proof_facts *facts, const char *fact,
                 const struct ks_json *object, const char *member)
{
    const char *text = ks_vjson_text(object, member);

    if (text != NULL)
        ks_proof_fact(facts, fact, "%s", text);
}

static enum ks_validity check_account(struct ks_proof_facts *facts,
                                      const struct ks_json *file, int64_t now)
{
    const char *type = ks_vjson_text(file, "type");
    const char *key = ks_vjson_text(file, "private_key");

    if (type == NULL || strcmp(type, "service_account") != 0 || key == NULL)
        return KS_VALIDITY_UNKNOWN;
    tell(facts, "project", file, "project_id");
    tell(facts, "account", file, "client_email");
    tell(facts, "key id", file, "private_key_id");
    return ks_check_pem_private_key(facts, ks_span_str(key), ks_span_str(key),
                                    now);
}

/* Source: cloud.google.com/iam/docs/keys-create-delete. */
KS_CHECK(gcp_service_account)
{
    struct ks_json *file = ks_vjson_parse(match);
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    if (file == NULL)
        file = ks_vjson_parse(secret);
    if (file != NULL)
        verdict = check_account(facts, file, now);
    ks_vjson_free(file);
    return verdict;
}
