#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes scanner/generic/lexicon.c: every word of the *.def beside it, hashed.

usage: lexicon.py SCANNER_GENERIC_DIR OUT.c

Same files, same output. unit/generic_vocabulary_test fails where it is stale.
"""
import os
import re
import sys

BITS = 12


def hash_of(word):
    """The same arithmetic as ks_vocabulary_find()."""
    b = word.encode().ljust(16, b"\0")
    head, tail = int.from_bytes(b[:8], "little"), int.from_bytes(b[8:], "little")
    mix = head ^ (tail * 0x9E3779B97F4A7C15 & (1 << 64) - 1)
    return (mix * 0xD6E8FEB86659FD93 & (1 << 64) - 1) >> (64 - BITS)


def words(top, name, macro):
    text = open(os.path.join(top, name), encoding="utf-8").read()
    return re.findall(macro + r'\("([a-z0-9]+)"(?:, (\w+))?\)', text)


def main():
    top, out = sys.argv[1:]
    table = {}
    for column, (name, macro) in enumerate((("near.def", "N"), ("vocabulary.def", "W"), ("placeholders.def", "P"), ("settings.def", "S"))):
        for word, kind in words(top, name, macro):
            row = table.setdefault(word, ["KS_NEAR_NONE", "KS_WORD_NONE", "0", "0"])
            row[column] = ("KS_NEAR_" + kind, "KS_WORD_" + kind, "1", "1")[column]
    order = sorted(table)
    assert all(len(w) <= 16 for w in order)
    slots = [0] * (1 << BITS)
    for i, w in enumerate(order):
        at = hash_of(w)
        while slots[at]:
            at = (at + 1) % len(slots)
        slots[at] = i + 1
    lines = ["/* SPDX-License-Identifier: Apache-2.0 */",
             "/* Written by tools/classifier/lexicon.py from scanner/generic/. */",
             '#include "scanner/generic/vocabulary.h"', "", "/* clang-format off */",
             f"const struct ks_lexeme ks_lexicon[{len(order) + 1}] = {{",
             '    {"", KS_NEAR_NONE, KS_WORD_NONE, 0, 0},']
    lines += ['    {"%s", %s},' % (w, ", ".join(table[w])) for w in order]
    lines += ["};", f"const uint16_t ks_lexicon_slots[{len(slots)}] = {{"]
    lines += ["    " + ", ".join(map(str, slots[i:i + 24])) + "," for i in range(0, len(slots), 24)]
    lines += ["};", "/* clang-format on */", ""]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    print(f"{len(order)} words in {len(slots)} slots")


if __name__ == "__main__":
    main()
