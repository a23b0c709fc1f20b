/* SPDX-License-Identifier: Apache-2.0 */
/* address.h: which network addresses may be talked to. */
#ifndef KS_NET_ADDRESS_H
#define KS_NET_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

enum ks_address_kind {
    KS_ADDRESS_PUBLIC,
    KS_ADDRESS_LOOPBACK,
    KS_ADDRESS_PRIVATE,    /* RFC 1918, RFC 6598, unique local */
    KS_ADDRESS_LINK_LOCAL, /* also where clouds serve their credentials */
    KS_ADDRESS_RESERVED,   /* multicast, unspecified, documentation, others */
};

/*
 * An IPv6 address that holds an IPv4 one (mapped, compatible, NAT64, 6to4)
 * counts as what that one is, if that is not public.
 */
enum ks_address_kind ks_address_kind(const struct sockaddr *address);

/*
 * Whether the host of a URL, an address or a name, is this machine by its
 * spelling: no name is looked up.
 */
bool ks_address_is_loopback_host(const char *host);

const char *ks_address_kind_name(enum ks_address_kind kind);

#endif
