/* SPDX-License-Identifier: Apache-2.0 */
/* jose.c: JSON Web Tokens (RFC 7519) and JSON Web Keys (RFC 7517). */
#include "base/secret.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/json.h"
#include "scanner/validators/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The JSON object that a part encodes, or NULL. */
static struct ks_json *decode_part(struct ks_span part)
{
    struct ks_json *object = NULL;
    uint8_t *bytes;
    size_t len;

    if (part.len == 0 || part.len > KS_JSON_LARGEST)
        return NULL;
    bytes = malloc(part.len);
    if (bytes == NULL)
        return NULL;
    len = ks_codec_base64(bytes, part.len, part);
    if (len != KS_CODEC_BAD)
        object = ks_vjson_parse((struct ks_span){bytes, len});
    ks_secret_wipe(bytes, part.len);
    free(bytes);
    return object;
}

/* Splits at the dots; returns how many parts there are, at most `room` + 1. */
static size_t split(struct ks_span parts[], size_t room, struct ks_span text)
{
    size_t count = 0;
    size_t from = 0;

    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '.')
            continue;
        if (count == room)
            return room + 1;
        parts[count++] = ks_span_slice(text, from, i);
        from = i + 1;
    }
    return count;
}

static void tell_text(struct ks_proof_facts *facts, const char *fact,
                      const struct ks_json *object, const char *member)
{
    const char *text = ks_vjson_first_text(object, member);

    if (text != NULL)
        ks_proof_fact(facts, fact, "%s", text);
}

/* A NumericDate, if the member is one that a calendar can show. */
static bool read_time(const struct ks_json *claims, const char *member,
                      int64_t *seconds)
{
    double value;

    if (!ks_vjson_number(claims, member, &value) || !isfinite(value) ||
        value < 0 || value > 253402300799.0)
        return false;
    *seconds = (int64_t)value;
    return true;
}

static void tell_time(struct ks_proof_facts *facts, const char *fact,
                      int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[32];

    if (gmtime_r(&when, &parts) != NULL &&
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) > 0)
        ks_proof_fact(facts, fact, "%s", text);
}

/* The payload that jwt.io shows, and whatever was copied from it. */
static bool is_sample(const struct ks_json *claims)
{
    const char *subject = ks_vjson_text(claims, "sub");
    const char *name = ks_vjson_text(claims, "name");

    return subject != NULL && strcmp(subject, "1234567890") == 0 &&
           name != NULL && strcmp(name, "John Doe") == 0;
}

static enum ks_validity check_claims(struct ks_proof_facts *facts,
                                     const struct ks_json *claims, int64_t now)
{
    int64_t expiry;

    if (is_sample(claims))
        return KS_VALIDITY_SAMPLE;
    tell_text(facts, "issuer", claims, "iss");
    tell_text(facts, "audience", claims, "aud");
    tell_text(facts, "role", claims, "role");
    if (read_time(claims, "exp", &expiry)) {
        tell_time(facts, "expires", expiry);
        facts->expired = expiry <= now;
        facts->expires = expiry;
    }
    if (read_time(claims, "iat", &expiry))
        tell_time(facts, "issued", expiry);
    return KS_VALIDITY_STRUCTURE;
}

/* A header says how the rest is signed or encrypted, in `alg`. */
static enum ks_validity check_token(struct ks_proof_facts *facts,
                                    const struct ks_span *parts, size_t count,
                                    int64_t now)
{
    struct ks_json *header = decode_part(parts[0]);
    struct ks_json *claims = count == 3 ? decode_part(parts[1]) : NULL;
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    if (header != NULL && ks_vjson_text(header, "alg") != NULL) {
        tell_text(facts, "algorithm", header, "alg");
        if (count == 5)
            verdict = KS_VALIDITY_STRUCTURE;
        else if (claims != NULL)
            verdict = check_claims(facts, claims, now);
    }
    ks_vjson_free(claims);
    ks_vjson_free(header);
    return verdict;
}

KS_CHECK(jwt)
{
    enum { SIGNED = 3, ENCRYPTED = 5 };
    struct ks_span parts[ENCRYPTED];
    size_t count = split(parts, ENCRYPTED, secret);

    (void)match;
    if (count != SIGNED && count != ENCRYPTED)
        return KS_VALIDITY_UNKNOWN;
    if (ks_sample_known(secret))
        return KS_VALIDITY_SAMPLE;
    return check_token(facts, parts, count, now);
}

/* For Ed25519 the public member must follow from the private one. */
static enum ks_validity check_okp(const struct ks_json *key)
{
    const char *curve = ks_vjson_text(key, "crv");
    const char *private_text = ks_vjson_text(key, "d");
    const char *public_text = ks_vjson_text(key, "x");
    uint8_t private[KS_CURVE_KEY], public[KS_CURVE_KEY], given[KS_CURVE_KEY];
    enum ks_validity verdict = KS_VALIDITY_STRUCTURE;

    if (curve == NULL || strcmp(curve, "Ed25519") != 0 || public_text == NULL ||
        ks_codec_base64(private, sizeof(private), ks_span_str(private_text)) !=
            sizeof(private) ||
        ks_codec_base64(given, sizeof(given), ks_span_str(public_text)) !=
            sizeof(given))
        return verdict;
    if (ks_sample_known((struct ks_span){private, sizeof(private)}))
        verdict = KS_VALIDITY_SAMPLE;
    else if (ks_ed25519_public(public, private) &&
             memcmp(public, given, sizeof(given)) == 0)
        verdict = KS_VALIDITY_CHECKSUM;
    ks_secret_wipe(private, sizeof(private));
    return verdict;
}

static bool is_base64_member(const struct ks_json *key, const char *name)
{
    const char *text = ks_vjson_text(key, name);

    return text != NULL && text[0] != '\0' &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-_") == strlen(text);
}

static enum ks_validity check_key(struct ks_proof_facts *facts,
                                  const struct ks_json *key)
{
    const char *type = ks_vjson_text(key, "kty");
    bool symmetric = type != NULL && strcmp(type, "oct") == 0;

    if (type == NULL || !is_base64_member(key, symmetric ? "k" : "d"))
        return KS_VALIDITY_UNKNOWN;
    ks_proof_fact(facts, "type", "%s", type);
    tell_text(facts, "curve", key, "crv");
    tell_text(facts, "algorithm", key, "alg");
    tell_text(facts, "key id", key, "kid");
    if (strcmp(type, "OKP") == 0)
        return check_okp(key);
    return KS_VALIDITY_STRUCTURE;
}

/* The whole object where the match holds it, else what is the secret. */
KS_CHECK(jwk)
{
    struct ks_json *key = ks_vjson_parse(match);
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    (void)now;
    if (key == NULL)
        key = ks_vjson_parse(secret);
    if (key != NULL)
        verdict = check_key(facts, key);
    ks_vjson_free(key);
    return verdict;
}
