/* SPDX-License-Identifier: Apache-2.0 */
/* pem.c: private keys in the armour of RFC 7468 and its older relatives. */
#include "base/secret.h"
#include "scanner/validators/armor.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/pkey.h"

#include <stdlib.h>
#include <string.h>

/* RFC 1421's way to encrypt: headers, then blocks of a cipher. */
static enum ks_validity check_encrypted_body(struct ks_proof_facts *facts,
                                             size_t len)
{
    if (len < 64 || len % 8 != 0)
        return KS_VALIDITY_UNKNOWN;
    ks_proof_fact(facts, "encrypted", "yes");
    return KS_VALIDITY_STRUCTURE;
}

static enum ks_validity check_bytes(struct ks_proof_facts *facts,
                                    const char *label, struct ks_span bytes)
{
    if (strcmp(label, "OPENSSH PRIVATE KEY") == 0)
        return ks_pkey_openssh(facts, bytes);
    if (strcmp(label, "ENCRYPTED PRIVATE KEY") == 0)
        return ks_pkey_encrypted_der(facts, bytes);
    return ks_pkey_der(facts, bytes);
}

static enum ks_validity check_block(struct ks_proof_facts *facts,
                                    const struct ks_armor *block)
{
    struct ks_span body, checksum;
    struct ks_span headers = ks_armor_headers(block->body, &body);
    enum ks_validity verdict;
    uint8_t *bytes;
    size_t len;

    bytes = ks_armor_decode(body, &len, &checksum);
    if (bytes == NULL)
        return KS_VALIDITY_UNKNOWN;
    if (ks_span_find(headers, 0, ks_span_str("ENCRYPTED")) != SIZE_MAX)
        verdict = check_encrypted_body(facts, len);
    else
        verdict =
            check_bytes(facts, block->label, (struct ks_span){bytes, len});
    ks_secret_wipe(bytes, len);
    free(bytes);
    return verdict;
}

KS_CHECK(pem_private_key)
{
    struct ks_armor block;

    (void)now;
    if (!ks_armor_find(&block, secret) && !ks_armor_find(&block, match))
        return KS_VALIDITY_UNKNOWN;
    if (!block.whole || strstr(block.label, "PRIVATE KEY") == NULL)
        return KS_VALIDITY_UNKNOWN;
    return check_block(facts, &block);
}
