/* SPDX-License-Identifier: Apache-2.0 */
#include "keyservice/cert.h"

#include "base/file.h"
#include "revoke/wire/secret_file.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { YEAR = 365 * 24 * 3600, BACKDATE = -300, SERIAL_BITS = 120 };

static bool add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;
    bool good;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    good = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool set_serial(X509 *cert)
{
    BIGNUM *number = BN_new();
    bool good = number != NULL &&
                BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY,
                        BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;

    BN_free(number);
    return good;
}

static bool fill(X509 *cert, EVP_PKEY *key, const char *host)
{
    static const char own[] = "DNS:localhost,IP:127.0.0.1,IP:::1";
    X509_NAME *name = X509_get_subject_name(cert);
    char names[512];

    (void)snprintf(names, sizeof(names), "%s%s%s", own,
                   host == NULL ? "" : ",DNS:", host == NULL ? "" : host);
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), BACKDATE) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(cert), YEAR) != NULL &&
           X509_set_pubkey(cert, key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"keysweepd", -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 &&
           add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(cert, NID_key_usage,
                         "critical,digitalSignature,keyCertSign") &&
           add_extension(cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, NID_subject_alt_name, names) &&
           X509_sign(cert, key, EVP_sha256()) > 0;
}

static enum ks_rc write_pem(BIO *bio, const char *path, bool secret,
                            struct ks_err *err)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);
    struct ks_span text = {(const uint8_t *)bytes, len < 0 ? 0 : (size_t)len};

    return secret ? ks_secret_file_create(path, text, err)
                  : ks_file_replace(path, text, 0644, err);
}

enum ks_rc ks_cert_create(const char *cert_path, const char *key_path,
                          const char *host, struct ks_err *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    BIO *key_pem = BIO_new(BIO_s_secmem()), *cert_pem = BIO_new(BIO_s_mem());
    enum ks_rc rc;

    if (key == NULL || cert == NULL || key_pem == NULL || cert_pem == NULL ||
        !fill(cert, key, host) || PEM_write_bio_X509(cert_pem, cert) != 1 ||
        PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1)
        rc = ks_fail(err, KS_EIO, "cannot make a certificate");
    else
        rc = write_pem(key_pem, key_path, true, err);
    if (rc == KS_OK)
        rc = write_pem(cert_pem, cert_path, false, err);
    BIO_free(key_pem);
    BIO_free(cert_pem);
    X509_free(cert);
    EVP_PKEY_free(key);
    return rc;
}
