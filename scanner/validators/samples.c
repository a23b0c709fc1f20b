/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/samples.h"

#include <stdlib.h>

/*
 * The first eight bytes of the SHA-256 of each canonical form, in order:
 * `printf %s TOKEN | sha256sum | cut -c 1-16` for those that are text.
 * What they stand for:
 * - Hardhat and Anvil;
 * - Ganache;
 * - Truffle;
 * - Besu, Geth, Nitro, zkSync, Moonbeam and web3 documentation;
 * - Bitcoin wiki, EOS, and the numbers 1 to 16;
 * - BIP-32, test vectors 1 to 4;
 * - BIP-39, test vectors of python-mnemonic: phrases and master keys;
 * - Phrases of Hardhat, Ganache, Truffle, Substrate, ethers, Ledger, Cosmos and
 * Terra;
 * - Ed25519 and X25519: RFC 8032, RFC 8410, RFC 7748, Substrate;
 * - Public keys of RFC 8032, RFC 8410, Vagrant and jwt.io;
 * - XRP, Stellar, NATS, Nostr and age documentation;
 * - AWS, Azure, GitHub, Grafana, Stripe and jwt.io documentation.
 */
static const uint64_t digests[] = {
    0x0011cc25eb432071, 0x0bf58c4947650475, 0x0f388b04e512d7a0,
    0x15f41342748aa6c0, 0x184b585145efb203, 0x193ae84c4c9567c2,
    0x1a5d44a2dca19669, 0x1c4a1f4490074351, 0x22bfc7c07b19682f,
    0x22e300c4b8a6c672, 0x25061aad2bb09178, 0x25fc2a50f850b3a2,
    0x27f242aae80144bf, 0x28024a74943422cc, 0x29aedb051d65bcc8,
    0x2a3f128306951f1d, 0x2bc76ddd8c8ec023, 0x2cafc0970149a84f,
    0x2d1831e800ec18fe, 0x2d1f7723aabc5c7a, 0x30452ba5605dd252,
    0x33f36fbcad88bcdc, 0x33faf496687faa99, 0x3407c1890d719a17,
    0x341c225b06c91708, 0x3496eb0b6cee7563, 0x34ec71e14eadf154,
    0x3543c50b0cb9cea8, 0x37bd6f6e63829ae7, 0x38df1c1f64a24a77,
    0x3a64bcd9cea43c0a, 0x3b1c5e02107409ea, 0x3b9d4be212c477d2,
    0x3ba2581d53fbf070, 0x3c0949435a7e4277, 0x3c288e7842c7051b,
    0x3d10abbc9c3e287b, 0x3d2d9682cdba5296, 0x3e66de9ff95c6ac1,
    0x425ed4e4a36b30ea, 0x433b2e1dfcf07cc1, 0x437035edcfc9c833,
    0x45afe1104b4e2300, 0x48428bdb7ddd8294, 0x48df781f7a402c33,
    0x4917b14555685e2c, 0x4998ff08a7813035, 0x49b7a6a8b8a6392a,
    0x4a95cb3ba84ec644, 0x52da90595e80214e, 0x547e964d2262dfcf,
    0x5683701095df1272, 0x578d5216d0df566c, 0x58f81e104653bce1,
    0x59891c96881dfbcf, 0x59ad99d565557cc0, 0x5a801427c8b7be62,
    0x5e804a0f0484962c, 0x606ac7df3c41aa03, 0x644d50ab64864c20,
    0x64cb68631c4956a2, 0x6503803831c946cd, 0x662c451cc5886e1d,
    0x6718ba8966161cc8, 0x69b8f3f9f4e2873c, 0x69be79ef3c28f55d,
    0x6c5e8e17e826cc9d, 0x6c7d1c3b3faa45e0, 0x6d7fa4e64d4b1f3e,
    0x6d828debd306e21a, 0x6db5e9b8a1bace1c, 0x74f97a55058da1ba,
    0x77b8a0f88a30eba7, 0x78314b11be2e5815, 0x79b093e309093aa3,
    0x7d785b2fdac5a92a, 0x7e3a18fc36709fe6, 0x7ebf8ed1e0c24a0a,
    0x80998005ce3973fd, 0x80b40eb28b912c88, 0x81b04ae4944e1704,
    0x82e74299544e0073, 0x840a763dec9c7593, 0x8670e885b4ab4dc9,
    0x867f9f5929a7201c, 0x887bf140ce0b6a49, 0x8d2393aec6214e1d,
    0x8ed51c8438ac3806, 0x911fbacff01910c6, 0x918a483206abfc92,
    0x9267d3dbed802941, 0x93d9f803d3cc822c, 0x93e372c67f7238fa,
    0x9570cd66a5b365d3, 0x95ca9fd6e307ed32, 0x96de8fc8c256fa1e,
    0x97380bed40c76b62, 0x983c67a0812de630, 0x9c5d0a6656e5d3f3,
    0xa08d67bdf1e0aa7c, 0xa3ecde0c1d9daa6b, 0xa40f0f2e2974dc76,
    0xa5088b88526dfdbe, 0xa5fe1cb4158ffd2a, 0xa6d5adf87162cdcb,
    0xa82872b96246dac5, 0xa9c85ef9ebbbe068, 0xaa35a728658d512b,
    0xac29b3735d1b5718, 0xac70e04ef12b755b, 0xad5545d089ad23ba,
    0xae906a7b88f5406f, 0xb12ee277a669b18f, 0xb1bff22ae077ce1a,
    0xb2e71100d10bee74, 0xb3146d642538d280, 0xb80ce59648e1b53c,
    0xb83e96417f61cb14, 0xb8acf5d5eb4e7fd0, 0xb8ae5c99142647d1,
    0xbc3ae723f57c6b9e, 0xbca4c2c0761d850f, 0xbcec46d2789fd10e,
    0xc065f5ffb9bb9a19, 0xc09322c415a5ac9f, 0xc0cfc3f1c2c708af,
    0xc188a572f30c631c, 0xc191c88a89cfb12b, 0xc1db187b992c8ddd,
    0xc4546324c2acf02b, 0xc557eec878dfd852, 0xca4160de3d7e83e9,
    0xcc95a8a1b5e9bf13, 0xcf5f090ef5ad175d, 0xd16d608fce743a04,
    0xd1a58c83ff350a50, 0xd1cebb88f665a129, 0xd1ec675902ef1633,
    0xd4ce11ce13325ae1, 0xd6da54d12db9eac8, 0xd79f6da7f0e6e385,
    0xd8eca0cca720d33b, 0xd9147961436944f4, 0xda17d1e42c7c39e6,
    0xdb934e0f5fefe6a1, 0xdddb340ae3e6a05f, 0xdec72dce6581c1f6,
    0xdfc44dbc519c691c, 0xe0dc0d6fd1380dcd, 0xe11dc959f1759cc5,
    0xe14f5be83831f7fe, 0xe21b597ba6b9cafa, 0xe25a680eff8baac7,
    0xe282ae3d66ac66f4, 0xe3617fe4c44f9feb, 0xe38990d0c7fc0098,
    0xe39924ce02336590, 0xe770e8aa42a869cf, 0xe77b7f2257fe244c,
    0xe78b050b338fe10c, 0xe8a0614b6747a06f, 0xe96bfc1d78867126,
    0xea72a3e7d4937af3, 0xeaeed9f42605b549, 0xec4916dd28fc4c10,
    0xecb0e7ba498c5920, 0xee9eaa6fe278736a, 0xf03568887d444b72,
    0xf2d6ca16515033e5, 0xf56c8b01227f62dd, 0xf6bc07a640687625,
    0xf6dc1af5534a015e, 0xf79cd64f9cea2378, 0xf810d868d21fd859,
    0xf836a8bc30332b87, 0xfcfb1a3d686ec1d6, 0xfd375fcf38ac71dd,
    0xfd6c6237e96ac7bf, 0xfd8f34809b377e48, 0xff400cebff8dd000,
};

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

bool ks_sample_known(struct ks_span canonical)
{
    uint8_t digest[KS_SHA256_LEN];
    uint64_t head = 0;

    ks_sha256(digest, canonical);
    for (size_t i = 0; i < sizeof(head); i++)
        head = head << 8 | digest[i];
    return bsearch(&head, digests, sizeof(digests) / sizeof(digests[0]),
                   sizeof(digests[0]), compare) != NULL;
}
