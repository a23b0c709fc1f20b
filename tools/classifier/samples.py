#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/accuracy/samples.tsv: the fast subset that CI holds to a floor.

usage: samples.py OUT.tsv

A row is a label (1 a secret, 0 none), a path, a text and a value, by tabs. In
the text \\n and \\t stand for themselves and @VALUE@ for the value. Text and value
stand backwards, so that no scanner reports the file itself. The passwords are of styles that
no model is trained on.
"""
import random
import re
import sys

import humans
import synthetic

KINDS = ("pw", "key", "hex", "hex32", "hex40", "hex128", "key40", "salt")


def row(number, slot, label):
    path, text = synthetic.TEMPLATES[number]
    r = random.Random(f"samples:{number}:{slot}:{label}")
    kind = re.match(r"\{(\w+)", slot).group(1)
    if label == 0:
        value = synthetic.placeholder(r, kind)
    elif kind == "pw":
        value = humans.STYLES[r.choice(humans.HELD_OUT)](r)
    else:
        value = synthetic.secret(r, kind)
    text = text.replace("{{", "\1").replace("}}", "\2").replace(slot, "\3", 1)

    def other(m):
        k = m.group(1)
        return synthetic.placeholder(r, k) if k in synthetic.SECRET else synthetic.scenery(r, k)

    text = re.sub(r"\{(\w+)(:\d+)?\}", other, text).replace("\1", "{").replace("\2", "}").replace("\3", "@VALUE@")
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "@VALUE@" in line)
    text = "\n".join(lines[max(0, at - 3):at + 3])
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return "\t".join([str(label), path, text[::-1], value[::-1]])


def main():
    out = []
    for n, (_, text) in enumerate(synthetic.TEMPLATES):
        slots = sorted({m.group(0) for m in re.finditer(r"\{(\w+)(:\d+)?\}", text.replace("{{", "").replace("}}", "")) if m.group(1) in KINDS})
        for slot in slots[:3]:
            out.append(row(n, slot, 1))
        if slots and "{pw}" in slots:
            out.append(row(n, "{pw}", 0))
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0; written by tools/classifier/samples.py\n" + "\n".join(out) + "\n")
    print(len(out))


if __name__ == "__main__":
    main()
