# SPDX-License-Identifier: Apache-2.0
"""Writes a LightGBM model as integer tables, and evaluates them in integers."""
import hashlib
import math
import re

import numpy as np

ONE = 1024
WORDS_SIZE = 65536 + 2 * 19683 + 2461  # bytes of words.c: the filter, both trigram tables, words of three letters


def trees(model, names):
    """[(is_path, nodes, leaves)]; a node is (feature, threshold, left, right)."""
    out = []
    paths = {n for n in names if n.startswith("path_")}
    for info in model.dump_model()["tree_info"]:
        nodes, leaves, used = [], [], set()

        def walk(t):
            if "leaf_value" in t:
                leaves.append(max(-32767, min(32767, round(t["leaf_value"] * ONE))))
                return -len(leaves)
            i = len(nodes)
            nodes.append(None)
            used.add(names[t["split_feature"]])
            left = walk(t["left_child"])
            right = walk(t["right_child"])
            nodes[i] = (t["split_feature"], max(-32768, min(32767, math.floor(t["threshold"]))), left, right)
            return i

        walk(info["tree_structure"])
        is_path = bool(used) and used <= paths
        assert is_path or not used & paths, "a tree mixes the window and the path"
        out.append((is_path, nodes, leaves))
    return out


def evaluate(ts, x, limit=3 * ONE // 2):
    """Integer scores of rows of features: window part, clamped path part."""
    window, path = np.zeros(len(x), np.int64), np.zeros(len(x), np.int64)
    for is_path, nodes, leaves in ts:
        lv = np.array(leaves)
        if not nodes:
            window += lv[0]
            continue
        f, t, l, r = (np.array(c) for c in zip(*nodes))
        at = np.zeros(len(x), np.int64)
        live = at >= 0
        while live.any():
            rows = np.flatnonzero(live)
            n = at[rows]
            at[rows] = np.where(x[rows, f[n]] <= t[n], l[n], r[n])
            live = at >= 0
        (path if is_path else window)[:] += lv[-1 - at]
    return window, np.clip(path, -limit, limit)


def calibration(points):
    """65 values at scores -8..8 in quarters, in 1/1000, interpolated."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [int(round(1000 * float(v))) for v in np.clip(np.interp(np.arange(-32, 33) / 4, xs, ys), 0.001, 0.999)]


VERSION = "0" * 16


def stamp(text):
    """The text with the hash of itself as its version."""
    text = re.sub(r'(\.version = ")[0-9a-f]{16}', r"\g<1>" + VERSION, text)
    return text.replace(VERSION, hashlib.sha256(text.encode()).hexdigest()[:16], 1)


def write(ts, names, medium, high, points, to):
    # The trees that can lift a score the most come first, so that it is early known when no other can.
    order = sorted((t for t in ts if not t[0]), key=lambda t: -max(t[2])) + [t for t in ts if t[0]]
    nodes, leaves, rows = [], [], []
    for _, n, l in order:
        rows.append((len(nodes), len(leaves), len(n)))
        nodes += n
        leaves += l
    assert len(nodes) < 65536 and len(leaves) < 65536
    windows = sum(1 for t in order if not t[0])
    most = [max(l) for _, _, l in order[:windows]]
    rest = [sum(most[i + 1:]) for i in range(windows)]
    first = min(i for i, n in enumerate(names) if n.startswith("path_"))
    h = 2166136261
    for c in "\n".join(names).encode():
        h = ((h ^ c) * 16777619) & 0xFFFFFFFF
    body = ["/* clang-format off */", f"static const struct ks_model_node nodes[{len(nodes)}] = {{"]
    # Features of the path are numbered from 0 in their own trees.
    body += [f"    {{{t}, {{{l}, {r}}}, {f if f < first else f - first}}}," for f, t, l, r in nodes]
    body += ["};", f"static const int16_t leaves[{len(leaves)}] = {{"]
    body += ["    " + ", ".join(map(str, leaves[i:i + 16])) + "," for i in range(0, len(leaves), 16)]
    body += ["};", f"static const struct ks_model_tree trees[{len(rows)}] = {{"]
    body += [f"    {{{a}, {b}, {c}}}," for a, b, c in rows]
    body += ["};", f"static const int32_t rest[{windows}] = {{"]
    body += ["    " + ", ".join(map(str, rest[i:i + 12])) + "," for i in range(0, windows, 12)]
    body += ["};", "/* clang-format on */", ""]
    cal = calibration(points)
    text = ["/* SPDX-License-Identifier: Apache-2.0 */", "/* Written by tools/classifier/train.py; see docs/accuracy.md. */",
            '#include "rules/classifier/model.h"', ""] + body + [
        "const struct ks_model ks_model = {", f'    .version = "{VERSION}",', f"    .features = {h}u,", "    .window = trees,",
        f"    .windows = {windows},", "    .rest = rest,", f"    .path = trees + {windows},", f"    .paths = {len(rows) - windows},", "    .nodes = nodes,",
        "    .leaves = leaves,", f"    .medium = {round(medium)},", f"    .high = {round(high)},", "    .calibration = {"]
    text += ["        " + ", ".join(map(str, cal[i:i + 10])) + "," for i in range(0, 65, 10)]
    text += ["    },", "};", ""]
    with open(to, "w") as f:
        f.write(stamp("\n".join(text)))
    return 8 * len(nodes) + 2 * len(leaves) + 6 * len(rows) + 4 * windows
