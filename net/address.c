/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

struct range {
    uint8_t prefix[16];
    unsigned bits;
    enum ks_address_kind kind;
};

/* IANA IPv4 Special-Purpose Address Registry, and multicast. */
static const struct range v4[] = {
    {{127}, 8, KS_ADDRESS_LOOPBACK},
    {{169, 254}, 16, KS_ADDRESS_LINK_LOCAL},
    {{10}, 8, KS_ADDRESS_PRIVATE},
    {{172, 16}, 12, KS_ADDRESS_PRIVATE},
    {{192, 168}, 16, KS_ADDRESS_PRIVATE},
    {{100, 64}, 10, KS_ADDRESS_PRIVATE},
    {{0}, 8, KS_ADDRESS_RESERVED},
    {{192, 0, 0}, 24, KS_ADDRESS_RESERVED},
    {{192, 0, 2}, 24, KS_ADDRESS_RESERVED},
    {{192, 88, 99}, 24, KS_ADDRESS_RESERVED},
    {{198, 18}, 15, KS_ADDRESS_RESERVED},
    {{198, 51, 100}, 24, KS_ADDRESS_RESERVED},
    {{203, 0, 113}, 24, KS_ADDRESS_RESERVED},
    {{224}, 3, KS_ADDRESS_RESERVED},
};

/* IANA IPv6 Special-Purpose Address Registry, and multicast. */
static const struct range v6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
     128,
     KS_ADDRESS_LOOPBACK},
    {{0xfe, 0x80}, 10, KS_ADDRESS_LINK_LOCAL},
    {{0xfe, 0xc0}, 10, KS_ADDRESS_PRIVATE},
    {{0xfc}, 7, KS_ADDRESS_PRIVATE},
    {{0}, 128, KS_ADDRESS_RESERVED},
    {{0x01}, 64, KS_ADDRESS_RESERVED},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, KS_ADDRESS_RESERVED},
    {{0x20, 0x01, 0x00}, 23, KS_ADDRESS_RESERVED},
    {{0xff}, 8, KS_ADDRESS_RESERVED},
};

/* IPv6 prefixes behind which an IPv4 address stands. */
static const struct range embedding[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 0}, /* mapped */
    {{0}, 96, 0},                                        /* compatible */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 0},                   /* NAT64 */
    {{0x20, 0x02}, 16, 0},                               /* 6to4 */
};

static bool within(const uint8_t *address, const struct range *range)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;

    if (memcmp(address, range->prefix, whole) != 0)
        return false;
    return rest == 0 || (uint8_t)((address[whole] ^ range->prefix[whole]) >>
                                  (8 - rest)) == 0;
}

static enum ks_address_kind kind_in(const struct range *ranges, size_t count,
                                    const uint8_t *address)
{
    for (size_t i = 0; i < count; i++)
        if (within(address, &ranges[i]))
            return ranges[i].kind;
    return KS_ADDRESS_PUBLIC;
}

static enum ks_address_kind kind_v4(const uint8_t *address)
{
    return kind_in(v4, sizeof(v4) / sizeof(v4[0]), address);
}

static enum ks_address_kind kind_v6(const uint8_t *address)
{
    enum ks_address_kind kind =
        kind_in(v6, sizeof(v6) / sizeof(v6[0]), address);

    for (size_t i = 0; i < sizeof(embedding) / sizeof(embedding[0]) &&
                       kind == KS_ADDRESS_PUBLIC;
         i++)
        if (within(address, &embedding[i]))
            kind = kind_v4(address + embedding[i].bits / 8);
    return kind;
}

enum ks_address_kind ks_address_kind(const struct sockaddr *address)
{
    const void *any = address;

    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = any;
        uint8_t bytes[4];

        memcpy(bytes, &in->sin_addr, sizeof(bytes));
        return kind_v4(bytes);
    }
    if (address->sa_family == AF_INET6)
        return kind_v6(((const struct sockaddr_in6 *)any)->sin6_addr.s6_addr);
    return KS_ADDRESS_RESERVED;
}

/* "localhost" and what is below it: RFC 6761, section 6.3. */
static bool is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t len = strlen(host), own = sizeof(name) - 1;

    return len >= own && strcasecmp(host + len - own, name) == 0 &&
           (len == own || host[len - own - 1] == '.');
}

bool ks_address_is_loopback_host(const char *host)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, host, bytes) == 1)
        return kind_v4(bytes) == KS_ADDRESS_LOOPBACK;
    if (inet_pton(AF_INET6, host, bytes) == 1)
        return kind_v6(bytes) == KS_ADDRESS_LOOPBACK;
    return is_localhost(host);
}

const char *ks_address_kind_name(enum ks_address_kind kind)
{
    switch (kind) {
    case KS_ADDRESS_PUBLIC:
        return "public";
    case KS_ADDRESS_LOOPBACK:
        return "loopback";
    case KS_ADDRESS_PRIVATE:
        return "private";
    case KS_ADDRESS_LINK_LOCAL:
        return "link-local";
    case KS_ADDRESS_RESERVED:
        return "reserved";
    }
    return "?";
}
