#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rules/classifier/common.c: a Bloom filter of common passwords.

usage: commonlist.py OUT.c

The list is zxcvbn's (MIT). Placeholders are no passwords, and the words that
humans.outside() draws from are left out, so that one can see how passwords
fare that the filter lacks. Same list, same output.
"""
import sys

import humans
import wordlists

BITS = 1 << 18
PROBES = 4


def probes(word):
    """The same arithmetic as ks_vocabulary_is_common()."""
    h = wordlists.fnv(word)
    g = ((h * 0x9E3779B1) & 0xFFFFFFFF) | 1
    for i in range(PROBES):
        yield ((h + i * g) & 0xFFFFFFFF) >> 14


def main():
    words = [w for w in humans.COMMON if w not in humans.EMPTY and not humans.is_outside(w)]
    bits = bytearray(BITS // 8)
    for w in words:
        for p in probes(w):
            bits[p >> 3] |= 1 << (p & 7)
    with open(sys.argv[1], "w") as f:
        f.write("/* SPDX-License-Identifier: Apache-2.0 */\n/* Written by tools/classifier/commonlist.py; sources: docs/accuracy.md. */\n"
                "#include \"rules/classifier/words.h\"\n\n/* clang-format off */\n"
                + wordlists.array("ks_words_common", "uint8_t", list(bits), 24) + "\n/* clang-format on */\n")
    print(f"{len(words)} passwords, filter {sum(bin(b).count('1') for b in bits) / BITS:.2f} full")


if __name__ == "__main__":
    main()
