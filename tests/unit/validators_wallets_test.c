/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and seeds of wallets, and the primitives below them. */
#include "base/hash.h"
#include "scanner/validators/base58.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/keccak.h"
#include "tests/unit/validators_util.h"

/* Changes the character in the middle. */
static const char *spoil(char text[TOKEN_ROOM])
{
    char *c = text + strlen(text) / 2;

    *c = *c == 'Q' ? 'R' : 'Q';
    return text;
}

static void test_keccak(void **state)
{
    uint8_t digest[KS_KECCAK_LEN];
    char text[2 * KS_KECCAK_LEN + 1];

    (void)state;
    ks_keccak256(digest, ks_span_str(""));
    ks_hex(text, digest, sizeof(digest));
    assert_string_equal(text, "c5d2460186f7233c927e7db2dcc703c0"
                              "e500b653ca82273b7bfad8045d85a470");
    ks_keccak256(digest, ks_span_str("abc"));
    ks_hex(text, digest, sizeof(digest));
    assert_string_equal(text, "4e03657aea45a94fc7d47ba826c8d667"
                              "c0d1e6e33a64a036ec44f58fa12d6c45");
}

static void test_crc16(void **state)
{
    (void)state;
    assert_int_equal(ks_codec_crc16(ks_span_str("123456789")), 0x31c3);
}

static void test_base58_round_trip(void **state)
{
    uint8_t bytes[KS_BASE58_MOST] = {0};
    uint8_t back[KS_BASE58_MOST];
    char text[256];

    (void)state;
    for (size_t len = 0; len <= 100; len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = i < len / 4 ? 0 : (uint8_t)(i * 37 + len);
        ks_base58_encode(text, sizeof(text), (struct ks_span){bytes, len},
                         ks_base58_bitcoin);
        assert_int_equal(ks_base58_decode(back, sizeof(back), ks_span_str(text),
                                          ks_base58_bitcoin),
                         len);
        assert_memory_equal(bytes, back, len);
    }
}

/* Of the pure codecs: decode is the inverse of encode at every length. */
static void test_codec_round_trip(void **state)
{
    uint8_t bytes[64], back[64];
    char text[128];

    (void)state;
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(i * 91 + len * 7);
        ks_codec_to_base64(text, sizeof(text), (struct ks_span){bytes, len});
        assert_int_equal(ks_codec_base64(back, sizeof(back), ks_span_str(text)),
                         len);
        assert_memory_equal(bytes, back, len);
        ks_codec_to_base32(text, sizeof(text), (struct ks_span){bytes, len});
        assert_int_equal(ks_codec_base32(back, sizeof(back), ks_span_str(text)),
                         len);
        assert_memory_equal(bytes, back, len);
    }
    assert_int_equal(ks_codec_base64(back, 2, ks_span_str("AAAA")),
                     KS_CODEC_BAD);
    assert_int_equal(ks_codec_base64(back, 2, ks_span_str("A")), KS_CODEC_BAD);
    assert_int_equal(ks_codec_hex(back, 2, ks_span_str("abc")), KS_CODEC_BAD);
}

/* Vectors of "Mastering Bitcoin", chapter 4. */
static void test_wif(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "KxFC1jmwwCoACiCAWZ3eXa", "96mBM6tb3TYzGmf6YwgdGW", "ZgawvrtJ");
    assert_int_equal(check_text("bitcoin-wif", text), KS_VALIDITY_CHECKSUM);
    assert_fact("bitcoin-wif", text, "address",
                "1J7mdg5rbQyUHENYdx39WVWK7fsLpEoXZy");
    assert_fact("bitcoin-wif", text, "network", "mainnet");
    assert_broken("bitcoin-wif", text, 1, KS_VALIDITY_FAKE);
    join(text, "5J3mBbAH58CpQ3Y5RNJpUK", "PE62SQ5tfcvU2JpbnkeyhfsY", "B1Jcn");
    assert_fact("bitcoin-wif", text, "address",
                "1424C2F4bC9JidNjjTUZCbUxv6Sa1Mt62x");
    assert_int_equal(check_text("bitcoin-wif", "5J3mBbAH58"),
                     KS_VALIDITY_UNKNOWN);
    join(text, "5HueCGU8rMjxEXxiPuD5BDku", "4MkFqeZyd4dZ1jvhTVqvbTL", "vyTJ");
    assert_int_equal(check_text("bitcoin-wif", text), KS_VALIDITY_SAMPLE);
}

static void test_xprv(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "xprv9s21ZrQH143K3Cpjsuk9dYgJAgjvUDGmc3DxmPb9ovq4Ku",
         "STXQQ2Jjg6vh6xwwUkkmisHKpv3nPGgGHxDz4V2CqvZUgp5RPmJ6", "boAnfkdrH");
    assert_int_equal(check_text("bip32-xprv", text), KS_VALIDITY_CHECKSUM);
    assert_fact("bip32-xprv", text, "depth", "0");
    assert_fact("bip32-xprv", text, "address",
                "1NqVZbCU48XsAfki6XinNRuh5YVUqjcfhf");
    assert_broken("bip32-xprv", text, 4, KS_VALIDITY_FAKE);
    /* BIP-32, test vector 1, chain m */
    join(text, "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jP",
         "PqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGB", "xrMPHi");
    assert_int_equal(check_text("bip32-xprv", text), KS_VALIDITY_SAMPLE);
}

/* Vectors of ripple-keypairs. */
static void test_xrp(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "sEdSKaCy2JT7Ja", "M7v95H9Sxk", "hP9wS2r");
    assert_int_equal(check_text("xrp-seed", text), KS_VALIDITY_CHECKSUM);
    assert_fact("xrp-seed", text, "address",
                "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD");
    join(text, "sp5fghtJtpUorT", "wvof1NpDXA", "zNwf5");
    assert_fact("xrp-seed", text, "address",
                "rU6K7V3Po4snVhBBaU29sesqs2qTQJWDw1");
    assert_int_equal(check_text("xrp-seed", spoil(text)), KS_VALIDITY_FAKE);
    join(text, "snoPBrXtMeMyMH", "UVTgbuqAfg", "1SUTb");
    assert_int_equal(check_text("xrp-seed", text), KS_VALIDITY_SAMPLE);
}

/* SEP-5, test 1, account 1. */
static void test_stellar(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "SCEPFFWGAG5P2VX5DHIYK3XE", "MZYLTYWIPWYEKXFHSK25RVMI",
         "UNJ7CTIS");
    assert_int_equal(check_text("stellar-secret", text), KS_VALIDITY_CHECKSUM);
    assert_fact("stellar-secret", text, "address",
                "GBAW5XGWORWVFE2XTJYDTLDHXTY2Q2MO73HYCGB3XMFMQ562Q2W2GJQX");
    assert_broken("stellar-secret", text, 1, KS_VALIDITY_FAKE);
}

static void test_nkey(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "SUAP6C6G2TMXY22D3KGC5WK", "DTBG6BUNHPIFJDXBGE2SJ4Q",
         "LTVSLKVJZREE");
    assert_int_equal(check_text("nkey", text), KS_VALIDITY_CHECKSUM);
    assert_fact("nkey", text, "type", "user");
    assert_fact("nkey", text, "public key",
                "UBUKICMA3GOQTLPO4ZCMWE4KCHDSLYURNW7XL7BUGNNNP4JWSZEU5ZNK");
    assert_broken("nkey", text, 1, KS_VALIDITY_FAKE);
}

static void test_bech32(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    /* NIP-06 */
    join(text, "nsec10allq0gjx7fddtzef0ax00m", "dps9t2kmtrldkyjfs8l5xruwvh",
         "2dq0lhhkp");
    assert_int_equal(check_text("bech32", text), KS_VALIDITY_CHECKSUM);
    assert_fact(
        "bech32", text, "public key",
        "npub1zutzeysacnf9rru6zqwmxd54mud0k44tst6l70ja5mhv8jjumytsd2x7nu");
    assert_broken("bech32", text, 5, KS_VALIDITY_FAKE);
    join(text, "AGE-SECRET-KEY-1", "LU9UD4XE03458K5V9MV58XZDURG6W7S2J8WZ",
         "VF4YNEQH8TYK42NSUFHTF4");
    assert_int_equal(check_text("bech32", text), KS_VALIDITY_CHECKSUM);
    assert_fact(
        "bech32", text, "recipient",
        "age1yj3k25ere2eu5zg4327yv6xdqzjpekyzsl9rh64p7kfettj7c4nqpxfn3u");
    assert_int_equal(check_text("bech32", spoil(text)), KS_VALIDITY_FAKE);
    join(text, "suiprivkey1", "qrlsh3k5m97xks763shdjsucfhsdrfm6p2gacf3x5",
         "j0yzuavj642wkejxv3");
    assert_fact("bech32", text, "curve", "ed25519");
}

/* Addresses of "Mastering Ethereum", chapter 4, and of "Ethereum development
 * with Go". */
static void test_ethereum_key(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "f8f8a2f43c8376ccb0871305060d7b27b0554d2c",
         "c72bccf41b2705608452f315", "");
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_UNKNOWN);
    assert_fact("ethereum-private-key", text, "address",
                "0x001d3F1ef827552Ae1114027BD3ECF1f086bA0F9");
    join(text, "0xfad9c8855b740a0b7ed4c221dbad0f33a83a",
         "49cad6b3fe8d5817ac83d38b6a19", "");
    assert_fact("ethereum-private-key", text, "address",
                "0x96216849c49358B10257cb55b28eA603c874b05E");
}

static void test_ethereum_key_that_is_none(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "ac0974bec39a17e36ba4a6b4d238ff944bacb478c",
         "bed5efcae784d7bf4f2ff80", "");
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_SAMPLE);
    memset(text, '4', 64);
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_SAMPLE);
    memset(text, '0', 64);
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_FAKE);
    text[63] = '7';
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_SAMPLE);
    join(text, "fffffffffffffffffffffffffffffffebaaedce6af48a03b",
         "bfd25e8cd0364141", "");
    assert_int_equal(check_text("ethereum-private-key", text),
                     KS_VALIDITY_FAKE);
    assert_int_equal(check_text("ethereum-private-key", "abcd"),
                     KS_VALIDITY_UNKNOWN);
}

static void test_ethereum_keystore(void **state)
{
    static const char keystore[] =
        "{\"crypto\": {\"cipher\": \"aes-128-ctr\", \"cipherparams\": {\"iv\":"
        "\"83dbcc02d8ccb40e466191a123791e0e\"}, \"ciphertext\": "
        "\"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c\","
        "\"kdf\": \"scrypt\", \"kdfparams\": {\"dklen\": 32, \"n\": 262144,"
        "\"r\": 1, \"p\": 8, \"salt\": \"ab0c\"}, \"mac\": "
        "\"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097\"},"
        "\"address\": \"008aeeda4d805471df9b2a5b0f38a0c3bcba786b\","
        "\"version\": 3} and more";
    char text[TOKEN_ROOM];

    (void)state;
    assert_int_equal(check_text("ethereum-keystore", keystore),
                     KS_VALIDITY_STRUCTURE);
    assert_fact("ethereum-keystore", keystore, "address",
                "008aeeda4d805471df9b2a5b0f38a0c3bcba786b");
    assert_fact("ethereum-keystore", keystore, "rounds", "262144");
    (void)snprintf(text, sizeof(text), "%s", keystore);
    memcpy(strstr(text, "\"mac\""), "\"mad\"", 5);
    assert_int_equal(check_text("ethereum-keystore", text),
                     KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("ethereum-keystore", "{\"version\": 3}"),
                     KS_VALIDITY_UNKNOWN);
}

static const uint8_t pair[64] = {
    0xff, 0x0b, 0xc6, 0xd4, 0xd9, 0x7c, 0x6b, 0x43, 0xda, 0x8c, 0x2e,
    0xd9, 0x43, 0x98, 0x4d, 0xe0, 0xd1, 0xa7, 0x7a, 0x0a, 0x91, 0xdc,
    0x26, 0x26, 0xa4, 0x9e, 0x41, 0x73, 0xac, 0x96, 0xaa, 0xa7, 0x68,
    0xa4, 0x09, 0x80, 0xd9, 0x9d, 0x09, 0xad, 0xee, 0xe6, 0x44, 0xcb,
    0x13, 0x8a, 0x11, 0xc7, 0x25, 0xe2, 0x91, 0x6d, 0xbf, 0x75, 0xfc,
    0x34, 0x33, 0x5a, 0xd7, 0xf1, 0x36, 0x96, 0x49, 0x4e};

static void pair_as_array(char text[TOKEN_ROOM])
{
    size_t len = 0;

    for (size_t i = 0; i < sizeof(pair); i++)
        len += (size_t)snprintf(text + len, TOKEN_ROOM - len, "%s%u",
                                i == 0 ? "[" : ", ", pair[i]);
    (void)snprintf(text + len, TOKEN_ROOM - len, "]");
}

static void test_solana(void **state)
{
    char text[TOKEN_ROOM], address[64];

    (void)state;
    pair_as_array(text);
    ks_base58_encode(address, sizeof(address), (struct ks_span){pair + 32, 32},
                     ks_base58_bitcoin);
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_CHECKSUM);
    assert_fact("solana-keypair", text, "address", address);
    memcpy(strstr(text, "78]"), "79]", 3);
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_FAKE);
    strstr(text, ", 79]")[0] = ']';
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_FAKE);
    ks_base58_encode(text, sizeof(text), (struct ks_span){pair, sizeof(pair)},
                     ks_base58_bitcoin);
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_CHECKSUM);
    assert_int_equal(check_text("solana-keypair", spoil(text)),
                     KS_VALIDITY_FAKE);
}

static void test_solana_of_other_lengths(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    pair_as_array(text);
    (void)snprintf(strchr(text, ']'), 8, ", 1]");
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_UNKNOWN);
    pair_as_array(text);
    (void)snprintf(strchr(text, ']'), 8, ", 1");
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_UNKNOWN);
    pair_as_array(text);
    strrchr(text, ',')[0] = '\0';
    assert_int_equal(check_text("solana-keypair", text), KS_VALIDITY_UNKNOWN);
}

static void test_ed25519_base64(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    ks_codec_to_base64(text, sizeof(text),
                       (struct ks_span){pair, sizeof(pair)});
    (void)snprintf(text + strlen(text), 4, "==");
    assert_int_equal(check_text("ed25519-keypair-base64", text),
                     KS_VALIDITY_CHECKSUM);
    assert_int_equal(check_text("ed25519-keypair-base64", spoil(text)),
                     KS_VALIDITY_FAKE);
}

/* RFC 8032, test 1: everybody has this key. */
static void test_ed25519_of_an_rfc(void **state)
{
    static const char half[] =
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    uint8_t bytes[64];
    char text[TOKEN_ROOM];

    (void)state;
    assert_true(ks_unhex(bytes, 32, half));
    assert_true(ks_ed25519_public(bytes + 32, bytes));
    ks_codec_to_base64(text, sizeof(text), (struct ks_span){bytes, 64});
    assert_int_equal(check_text("ed25519-keypair-base64", text),
                     KS_VALIDITY_SAMPLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keccak),
        cmocka_unit_test(test_crc16),
        cmocka_unit_test(test_base58_round_trip),
        cmocka_unit_test(test_codec_round_trip),
        cmocka_unit_test(test_wif),
        cmocka_unit_test(test_xprv),
        cmocka_unit_test(test_xrp),
        cmocka_unit_test(test_stellar),
        cmocka_unit_test(test_nkey),
        cmocka_unit_test(test_bech32),
        cmocka_unit_test(test_ethereum_key),
        cmocka_unit_test(test_ethereum_key_that_is_none),
        cmocka_unit_test(test_ethereum_keystore),
        cmocka_unit_test(test_solana),
        cmocka_unit_test(test_solana_of_other_lengths),
        cmocka_unit_test(test_ed25519_base64),
        cmocka_unit_test(test_ed25519_of_an_rfc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
