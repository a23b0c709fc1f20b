#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rules/classifier/words.c: Bloom filters and trigram tables.

usage: wordlists.py --dict DIR --code DIR... --out words.c

DIR of --dict holds Debian's american-english-small, american-english and the
other languages' lists of /usr/share/dict; those of --code hold source trees
whose identifiers and words teach the trigrams of code. Same input, same output.
"""
import argparse, collections, math, os, re

WORD_BITS = 1 << 19
NAMES = ["english", "code"]


def fnv(word):
    h = 2166136261
    for c in word.encode():
        h = ((h ^ c) * 16777619) & 0xFFFFFFFF
    return h


def probes(word):
    """The same arithmetic as ks_words_known()."""
    h = fnv(word)
    g = ((h * 0x9E3779B1) & 0xFFFFFFFF) | 1
    for i in range(5):
        yield ((h + i * g) & 0xFFFFFFFF) >> 13


def words_of(path):
    for line in open(path, encoding="utf-8", errors="ignore"):
        w = line.strip().lower()
        if re.fullmatch(r"[a-z]{3,16}", w):
            yield w


def trigrams(counter):
    """Log2 odds of a trigram against an even one, in eighths, as int8."""
    total = sum(counter.values())
    out = []
    for i in range(27 ** 3):
        p = (counter[i] + 0.4) / (total + 0.4 * 27 ** 3)
        out.append(max(-127, min(127, round(8 * math.log2(p * 27 ** 3)))))
    return out


def code(c):
    return ord(c) - 96 if "a" <= c <= "z" else 0


def count(counter, word, weight=1):
    w = "\0" + word + "\0"
    for a, b, c in zip(w, w[1:], w[2:]):
        counter[(code(a) * 27 + code(b)) * 27 + code(c)] += weight


def array(name, ctype, values, per=16):
    rows = [f"const {ctype} {name}[{len(values)}] = {{"]
    for i in range(0, len(values), per):
        rows.append("    " + ", ".join(str(v) for v in values[i:i + per]) + ",")
    rows.append("};")
    return "\n".join(rows)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--dict", required=True)
    a.add_argument("--code", nargs="+", required=True)
    a.add_argument("--out", required=True)
    o = a.parse_args()

    known = set(words_of(os.path.join(o.dict, "american-english-small")))
    extra = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "jargon.txt"), encoding="utf-8").read()
    known |= {w for w in re.findall(r"[a-z]{3,16}", re.sub(r"#.*", "", extra))}
    bits = bytearray(WORD_BITS // 8)
    three = bytearray((27 ** 3 + 7) // 8)
    for w in sorted(known):
        if len(w) == 3:
            i = (code(w[0]) * 27 + code(w[1])) * 27 + code(w[2])
            three[i >> 3] |= 1 << (i & 7)
            continue
        for p in probes(w):
            bits[p >> 3] |= 1 << (p & 7)

    english = collections.Counter()
    for w in sorted(known):
        count(english, w, 4)
    for name in ("american-english", "french", "ngerman", "spanish", "italian", "portuguese", "dutch", "swedish"):
        listed = sorted(set(words_of(os.path.join(o.dict, name))))
        step = max(1, len(listed) // 20000)
        for w in listed[::step]:
            count(english, w)

    source = collections.Counter()
    for top in sorted(o.code):
        for root, dirs, files in os.walk(top):
            dirs.sort()
            for f in sorted(files):
                if not f.endswith((".py", ".js", ".c", ".h", ".ts", ".md", ".rst", ".sh", ".yml", ".json")):
                    continue
                path = os.path.join(root, f)
                if os.path.getsize(path) > 300000:
                    continue
                text = open(path, encoding="utf-8", errors="ignore").read()
                for w in re.findall(r"[A-Za-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text)):
                    if 2 <= len(w) <= 16:
                        count(source, w.lower())

    body = [
        "/* SPDX-License-Identifier: Apache-2.0 */",
        "/* Written by tools/classifier/wordlists.py; sources: docs/accuracy.md. */",
        '#include "rules/classifier/words.h"',
        "",
        "/* clang-format off */",
        array("ks_words_bloom", "uint8_t", list(bits), 24),
        "",
        array("ks_words_three", "uint8_t", list(three), 24),
        "",
        array("ks_words_english", "int8_t", trigrams(english), 24),
        "",
        array("ks_words_code", "int8_t", trigrams(source), 24),
        "/* clang-format on */",
        "",
    ]
    with open(o.out, "w") as f:
        f.write("\n".join(body))
    ones = sum(bin(b).count("1") for b in bits)
    print(f"{len(known)} words, filter {ones / WORD_BITS:.2f} full")


if __name__ == "__main__":
    main()
