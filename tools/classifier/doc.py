# SPDX-License-Identifier: Apache-2.0
"""Puts the figures of a training into docs/accuracy.md, between its marks."""
import re

import judge


def put(path, mark, text):
    """Replaces what stands between <!-- mark --> and <!-- /mark -->."""
    old = open(path, encoding="utf-8").read()
    new, n = re.subn(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", lambda m: m[1] + text.rstrip("\n") + "\n" + m[2], old, flags=re.S)
    if n != 1:
        raise SystemExit(f"{path}: no mark {mark}")
    open(path, "w", encoding="utf-8").write(new)


def model(version, trees, size, medium, high, candidates, tables):
    windows = sum(1 for t in trees if not t[0])
    return (f"Version `{version}`: {len(trees)} trees of at most {max(len(t[2]) for t in trees)} leaves ({windows} over the window, {len(trees) - windows} over the path), "
            f"{size // 1024} KB; with the dictionary's filter and the trigram tables {(size + tables) // 1024} KB in all. Thresholds in 1/1024 log odds: "
            f"low {round((medium - 1.5) * judge.SCALE)}, medium {round(medium * judge.SCALE)}, high {round(high * judge.SCALE)}. "
            f"Trained on {candidates} candidates.\n")


def bar(share):
    return "█" * round(20 * share) + "░" * (20 - round(20 * share))


def reliability(rows):
    out = ["| confidence | findings on labelled lines | true | |", "| --- | --- | --- | --- |"]
    out += [f"| {a:.1f} to {a + 0.1:.1f} | {n} | {t / n:.2f} | `{bar(t / n)}` |" for a, n, t in rows]
    return "\n".join(out)


def figures(report):
    out = ["| cross-validated | level | P | R | F1 labelled | F1 strict |", "| --- | --- | --- | --- | --- | --- |"]
    for name, levels in report["figures"].items():
        out += [f"| {name} | {level} | {p:.3f} | {r:.3f} | {f:.3f} | {s:.3f} |" for level, (p, r, f, s) in levels.items()]
    out += ["", "Bootstrap over repositories, 5 to 95 %, medium: " + "; ".join(
        f"{name}: labelled {a[0]:.3f} to {a[1]:.3f}, strict {b[0]:.3f} to {b[1]:.3f}" for name, (a, b) in report["spread"].items()) + ".", ""]
    out += ["| what no judging model saw | medium | high |", "| --- | --- | --- |"]
    out += [f"| {name} | {m:.3f} | {h:.3f} |" for name, (m, h) in report["rates"].items()]
    out += ["", "| clean tree, unseen | findings at medium | at high |", "| --- | --- | --- |"]
    out += [f"| {name} | {m} | {h} |" for name, (m, h) in report["clean"].items()]
    out += ["", reliability(report["reliability"])]
    return "\n".join(out)
