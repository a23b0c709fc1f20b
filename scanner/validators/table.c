/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/checks.h"

#include <string.h>

/* In order of name. */
static const struct ks_validator table[] = {
    {"atlassian-crc32", "CRC-32 at the end of an Atlassian API token",
     ks_check_atlassian_crc32},
    {"aws-access-key-id", "account number inside an AWS access key id",
     ks_check_aws_access_key_id},
    {"azure-cask", "form of Azure's common annotated keys",
     ks_check_azure_cask},
    {"azure-marvin32", "Marvin32 checksum of Azure's identifiable keys",
     ks_check_azure_marvin32},
    {"bech32", "Bech32 checksum of a Nostr, age or Sui key", ks_check_bech32},
    {"bip32-xprv", "Base58Check of an extended private key",
     ks_check_bip32_xprv},
    {"bip39", "word list and checksum of a mnemonic", ks_check_bip39},
    {"bitcoin-wif", "Base58Check of a Bitcoin private key",
     ks_check_bitcoin_wif},
    {"ed25519-keypair-base64", "public half belongs to the private half",
     ks_check_ed25519_keypair_base64},
    {"entra-secret", "form of an Entra client secret", ks_check_entra_secret},
    {"ethereum-keystore", "fields of an Ethereum keystore file",
     ks_check_ethereum_keystore},
    {"ethereum-private-key", "range of a secp256k1 key; names its address",
     ks_check_ethereum_private_key},
    {"gcp-service-account", "fields of a Google service account key file",
     ks_check_gcp_service_account},
    {"github-crc32", "CRC-32 at the end of a GitHub token",
     ks_check_github_crc32},
    {"github-fine-grained", "checksum inside a fine-grained GitHub token",
     ks_check_github_fine_grained},
    {"gitlab-routable", "CRC-32 and routing data of a GitLab token",
     ks_check_gitlab_routable},
    {"grafana-crc32", "CRC-32 at the end of a Grafana token",
     ks_check_grafana_crc32},
    {"jwk", "members of a private JSON Web Key", ks_check_jwk},
    {"jwt", "header and claims of a JSON Web Token", ks_check_jwt},
    {"known-sample", "keys of documentation, tests and development networks",
     ks_check_known_sample},
    {"luhn", "check digit of a card number", ks_check_luhn},
    {"nkey", "CRC-16 of a NATS seed", ks_check_nkey},
    {"npm-crc32", "CRC-32 at the end of an npm token", ks_check_npm_crc32},
    {"pem-private-key", "inner form of a private key",
     ks_check_pem_private_key},
    {"pgp-private-key", "CRC-24 and packets of an OpenPGP private key",
     ks_check_pgp_private_key},
    {"pypi-macaroon", "inner form of a PyPI token", ks_check_pypi_macaroon},
    {"solana-keypair", "public half belongs to the private half",
     ks_check_solana_keypair},
    {"stellar-secret", "CRC-16 of a Stellar secret seed",
     ks_check_stellar_secret},
    {"uuid-v4", "version and variant of a random UUID", ks_check_uuid_v4},
    {"xrp-seed", "Base58Check of an XRP Ledger seed", ks_check_xrp_seed},
};

const struct ks_validator *ks_validator_find(const char *name)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

const struct ks_validator *ks_validators(size_t *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}
