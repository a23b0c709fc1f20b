/* SPDX-License-Identifier: Apache-2.0 */
/* checks.h: the functions behind the table; nobody else calls them. */
#ifndef KS_SCANNER_VALIDATORS_CHECKS_H
#define KS_SCANNER_VALIDATORS_CHECKS_H

#include "scanner/validators/validator.h"

#define KS_CHECK(name)                                                         \
    enum ks_validity ks_check_##name(struct ks_proof_facts *facts,             \
                                     struct ks_span secret,                    \
                                     struct ks_span match, int64_t now)

/* checksums.c */
KS_CHECK(github_crc32);
KS_CHECK(github_fine_grained);
KS_CHECK(npm_crc32);
KS_CHECK(gitlab_routable);
KS_CHECK(atlassian_crc32);
KS_CHECK(grafana_crc32);

/* azure.c */
KS_CHECK(azure_marvin32);
KS_CHECK(azure_cask);
KS_CHECK(entra_secret);

/* aws.c */
KS_CHECK(aws_access_key_id);

/* macaroon.c */
KS_CHECK(pypi_macaroon);

/* bitcoin.c */
KS_CHECK(bitcoin_wif);
KS_CHECK(bip32_xprv);

/* seeds.c */
KS_CHECK(xrp_seed);
KS_CHECK(stellar_secret);
KS_CHECK(nkey);
KS_CHECK(bech32);

/* bip39.c */
KS_CHECK(bip39);

/* ethereum.c */
KS_CHECK(ethereum_private_key);
KS_CHECK(ethereum_keystore);

/* ed25519.c */
KS_CHECK(solana_keypair);
KS_CHECK(ed25519_keypair_base64);

/* pem.c, pgp.c */
KS_CHECK(pem_private_key);
KS_CHECK(pgp_private_key);

/* jose.c */
KS_CHECK(jwt);
KS_CHECK(jwk);

/* documents.c */
KS_CHECK(gcp_service_account);

/* simple.c */
KS_CHECK(known_sample);
KS_CHECK(uuid_v4);
KS_CHECK(luhn);

#endif
