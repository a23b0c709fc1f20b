#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the C scores against an evaluation of model.c's numbers in Python.

usage: verify.py --dump PROGRAM --model model.c [--vectors FILE.h] FILE...

Every candidate of the files must get the same score, bit for bit. --vectors
writes some of them as the test vectors of tests/unit/generic_model_test.c.
"""
import argparse
import re
import subprocess
import sys

import numpy as np

import emit


def read(path):
    """(trees as of emit.trees(), number of window trees) of a model.c."""
    text = open(path).read()

    def block(name):
        return re.search(name + r"\[\d+\] = \{(.*?)\n\};", text, re.S).group(1)

    nodes = [tuple(map(int, r)) for r in re.findall(r"\{(-?\d+), \{(-?\d+), (-?\d+)\}, (\d+)\}", block("nodes"))]
    leaves = list(map(int, re.findall(r"-?\d+", block("leaves"))))
    trees = [tuple(map(int, r)) for r in re.findall(r"\{(\d+), (\d+), (\d+)\}", block("trees"))]
    windows = int(re.search(r"\.windows = (\d+)", text).group(1))
    ends = [t[1] for t in trees[1:]] + [len(leaves)]
    return [(i >= windows, [(f, t, l, r) for t, l, r, f in nodes[a:a + n]], leaves[b:e])
            for i, ((a, b, n), e) in enumerate(zip(trees, ends))]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--dump", required=True)
    a.add_argument("--model", required=True)
    a.add_argument("--vectors")
    a.add_argument("files", nargs="*")
    o = a.parse_args()
    names = subprocess.run([o.dump, "--names"], capture_output=True, text=True, check=True).stdout.split()
    first = min(i for i, n in enumerate(names) if n.startswith("path_"))
    record = np.dtype([(n, "u4") for n in ("file", "hit", "vf", "vt", "kf", "kt", "kw", "class")] + [("score", "i4"), ("x", "i2", (len(names),))])
    files = o.files or [line.rstrip("\n") for line in sys.stdin]
    out = subprocess.run([o.dump], input="".join(f + "\n" for f in files).encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True).stdout
    d = np.frombuffer(out, dtype=record)
    trees = [(p, [(f + first * p, t, l, r) for f, t, l, r in n], v) for p, n, v in read(o.model)]
    window, path = emit.evaluate(trees, d["x"])
    bad = int(np.count_nonzero(window + path != d["score"]))
    print(f"{len(d)} candidates, {bad} scores differ")
    if o.vectors:
        _, at = np.unique(window, return_index=True)
        pick = at[np.linspace(0, len(at) - 1, 64).astype(int)]
        with open(o.vectors, "w") as f:
            f.write("/* SPDX-License-Identifier: Apache-2.0 */\n/* Written by tools/classifier/verify.py: features and the window's score. */\n"
                    "/* clang-format off */\n")
            for i in pick:
                f.write("{" + str(int(window[i])) + ", {" + ", ".join(str(int(v)) for v in d["x"][i][:first]) + "}},\n")
            f.write("/* clang-format on */\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
